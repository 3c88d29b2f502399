//! Access policies and roles: who may do what.

use crate::{
    bulk_invitations::sent_list,
    sso_settings::db_sso_test,
    stage::{
        LIST, USERS, caller, colleague, db_count, deactivate, group, id_of, invite, policy, reactivate,
        send_invitation, settings, sign_in, token,
    },
    visitor::{PASSWORD, TestConsole, Visitor},
};
use app::routes::{
    API_REFERENCE, FILES, GROUPS, HOME, INVITE_LIST, INVITE_LIST_FILE, INVITE_LIST_PROGRESS, INVITE_MANY,
    POLICIES, PUBLIC_ACTIONS, SETTINGS, SSO, TOKENS, is_public_page,
};
use backend::access::Intent;
use domain::access::{
    Role,
    policy::{PolicyDraft, RuleDraft},
};
use sqlx::PgPool;

/// What every signed-in person may do.
const ABOUT_ONESELF: [&str; 9] = [
    // Of nobody at all.
    "/api/api_reference/read",
    "/api/access/administrators",
    "/api/account/settings",
    "/api/account/choose_theme",
    "/api/identities/proof_ways",
    "/api/sessions/end_others",
    "/api/sessions/sign_out",
    "/api/two_factor/look",
    "/api/two_factor/turn_off",
];

/// What an IAM Viewer sees beside that.
const SEEN_BY_VIEWERS: [&str; 15] = [
    "/api/users/find",
    "/api/access/explain_role",
    "/api/access/offer_groups",
    "/api/access/offer_users",
    "/api/access/roles",
    "/api/audit/list",
    "/api/groups/find",
    "/api/groups/list",
    "/api/policies/list",
    "/api/scim/view",
    "/api/services/list",
    "/api/sso/view",
    "/api/tokens/list",
    "/api/two_factor/demand",
    "/api/users/list",
];

/// What holders of a token role do with their own tokens, which no other role allows: with these forms the first sees them
/// all, the second is told what is wrong, and the third finds nothing.
const OWN_TOKENS: [(&str, u16); 3] = [
    ("/api/tokens/list_own", 200),
    ("/api/tokens/create", 422),
    ("/api/tokens/delete", 404),
];

/// Pages that are there for changing something, which an IAM Viewer can't.
const FOR_CHANGES: [&str; 8] = [
    "/organization/iam/access-policies/create",
    "/organization/iam/access-policies/{id}/edit",
    // What an identity provider says of a person is for those alone who can act on it.
    "/organization/iam/sso/tests/{id}",
    "/organization/users/groups/{id}/add",
    INVITE_MANY,
    INVITE_LIST,
    INVITE_LIST_FILE,
    INVITE_LIST_PROGRESS,
];

/// Something of each kind, so that no answer is a 404.
struct Things {
    user: String,
    group: String,
    policy: String,
    sso_test: String,
    list: String,
}

impl Things {
    async fn of(console: &TestConsole, ada: &Visitor) -> Self {
        Self {
            user: id_of(console, "ada@example.test").await,
            group: group(console, ada, "read").await,
            policy: policy(console, ada, "Default read").await,
            sso_test: db_sso_test(&console.pool).await,
            list: sent_list(console, ada, "listed@example.test").await,
        }
    }

    /// What any action asks for.
    fn fields(&self) -> Vec<(&'static str, &str)> {
        let fields = [
            ("user", self.user.as_str()),
            ("users[]", &self.user),
            ("email", "ada@example.test"),
            ("theme", "dark"),
            ("group", &self.group),
            ("policy", &self.policy),
            ("role", "iam-admin"),
            ("version", "0"),
            ("name", "New"),
            ("step", "save"),
            ("search", ""),
            ("seen", "0"),
            ("session", &self.user),
            ("current_password", "not theirs"),
            ("password", "short"),
            ("authenticator", &self.user),
            ("identity", &self.user),
            ("provider", "google"),
            ("code", "000000"),
            ("from", "2100-01-01"),
            ("enabled", "false"),
            ("test", &self.sso_test),
            ("token", &self.user),
            ("service", &self.user),
            ("expires", "some day"),
            ("id", &self.user),
            ("part", "users"),
            ("on", "true"),
            ("job", &self.list),
            ("list", ""),
        ];
        [&fields[..], &LIST].concat()
    }

    /// The address of a page that wants a session.
    fn address(&self, page: &str) -> String {
        let id = match page {
            _ if page.starts_with(POLICIES) => &self.policy,
            _ if page.starts_with(GROUPS) => &self.group,
            _ if page.starts_with(SSO) => &self.sso_test,
            _ if page.starts_with(INVITE_MANY) => &self.list,
            _ => &self.user,
        };
        page.replace("{id}", id).replace("{key}", "iam-admin")
    }
}

/// All that want a session, files included.
fn pages() -> Vec<String> {
    let pages = leptos_axum::generate_route_list(app::App);
    let pages = pages.iter().map(leptos_axum::AxumRouteListing::path);
    pages
        .chain(FILES.map(|(file, _)| file))
        .filter(|page| !is_public_page(page))
        .map(str::to_owned)
        .collect()
}

/// What somebody with this one role, or with none, is answered. Who may do it is as `matrix.txt` has it.
async fn meets_each_endpoint(person: &Visitor, role: Option<Role>, things: &Things) {
    let sees = role == Some(Role::IamViewer);
    for page in pages() {
        let expected = match page.as_str() {
            HOME | SETTINGS | API_REFERENCE => 200,
            TOKENS if matches!(role, Some(Role::AccessTokenViewer | Role::AccessTokenAdmin)) => 200,
            TOKENS => 403,
            _ if role == Some(Role::IamAdmin) => 200,
            page if sees && !FOR_CHANGES.contains(&page) => 200,
            _ => 403,
        };
        let status = person.open(&things.address(&page)).await.status;
        assert_eq!(status, expected, "{role:?} {page}");
    }
    for (action, _) in server_fn::axum::server_fn_paths() {
        if PUBLIC_ACTIONS.contains(&action) || action == "/api/sessions/sign_out" {
            continue;
        }
        let status = person.call(action, &things.fields()).await.status.as_u16();
        if let Some((_, done)) = OWN_TOKENS.iter().find(|(own, _)| *own == action) {
            let expected = match role {
                Some(Role::AccessTokenAdmin) => *done,
                Some(Role::AccessTokenViewer) if action == OWN_TOKENS[0].0 => *done,
                _ => 403,
            };
            assert_eq!(status, expected, "{role:?} {action}");
            continue;
        }
        if role == Some(Role::IamAdmin) {
            // What is wrong with these forms is said to whoever may send them.
            assert!(status != 403 && status < 500, "{role:?} {action}: {status}");
            continue;
        }
        let expected = match action {
            _ if sees && SEEN_BY_VIEWERS.contains(&action) => 200,
            _ if ABOUT_ONESELF.contains(&action) => 200,
            // Everybody may, and these forms are not right.
            "/api/account/change_password" | "/api/two_factor/start" => 422,
            "/api/account/mail_password_link" | "/api/two_factor/confirm" => 409,
            "/api/sessions/end"
            | "/api/two_factor/remove"
            | "/api/two_factor/make_codes"
            // No provider is configured.
            | "/api/identities/depart_to_link"
            | "/api/identities/unlink" => 404,
            _ => 403,
        };
        assert_eq!(status, expected, "{role:?} {action}");
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn pol_01_each_role_meets_each_endpoint_as_documented(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let things = Things::of(&console, &ada).await;
    let nobody = colleague(&console, &ada, "nobody@example.test", &[]).await;
    meets_each_endpoint(&nobody, None, &things).await;
    // Whoever may do everything does it: they come last.
    let others = Role::ALL.iter().filter(|role| **role != Role::IamAdmin);
    for role in others.chain([&Role::IamAdmin]) {
        let email = format!("{}@example.test", role.key());
        let person = colleague(&console, &ada, &email, &[]).await;
        let id = id_of(&console, &email).await;
        policy_for(&console, &ada, *role, &id).await;
        let held: Vec<_> = settings(&person).await.roles.iter().collect();
        assert!(
            held.contains(role)
                && held
                    .iter()
                    .all(|other| role == other || role.includes().contains(other))
        );
        meets_each_endpoint(&person, Some(*role), &things).await;
    }
}

/// A policy that gives one role to one person, and names nobody else.
pub(crate) async fn policy_for(console: &TestConsole, by: &Visitor, role: Role, user: &str) {
    let only = RuleDraft {
        roles: vec![role.into()],
        users: vec![user.parse().unwrap()],
        ..RuleDraft::default()
    };
    let draft = PolicyDraft {
        name: format!("Only {}", role.name()),
        rules: vec![only],
        ..PolicyDraft::default()
    };
    let by = caller(console, by).await;
    console
        .backend
        .save_policy(&by, None, &draft, Intent::Confirmed)
        .await
        .unwrap();
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn pol_01_neither_the_invited_nor_the_deactivated_reach_anything(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let things = Things::of(&console, &ada).await;
    let fields = things.fields();
    assert_eq!(ada.call("/api/users/list", &LIST).await.status, 200);

    // The invited have no session that could be judged; the deactivated have one no more.
    let gone = colleague(&console, &ada, "gone@example.test", &["admin"]).await;
    let replay = gone.cookie("usher").unwrap();
    assert_eq!(deactivate(&console, &ada, "gone@example.test").await.status, 200);
    invite(&console, &ada, "soon@example.test", &["admin"]).await;
    let invited = console.stranger();
    assert_eq!(
        sign_in(&invited, "soon@example.test", PASSWORD).await.redirect(),
        (303, "/sign-in")
    );
    for (action, _) in server_fn::axum::server_fn_paths() {
        if !PUBLIC_ACTIONS.contains(&action) {
            gone.set_cookie("usher", &replay);
            for person in [&gone, &invited] {
                assert_eq!(person.call(action, &fields).await.status, 401, "{action}");
            }
        }
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn pol_03_a_lost_role_is_lost_at_the_next_request_on_every_server(pool: PgPool) {
    let (console, other) = (
        TestConsole::start(pool.clone()).await,
        TestConsole::start(pool.clone()).await,
    );
    let ada = console.ada().await;
    let ben = colleague(&console, &ada, "ben@example.test", &["admin"]).await;
    let elsewhere = other.stranger();
    elsewhere.set_cookie("usher", &ben.cookie("usher").unwrap());
    for jar in [&ben, &elsewhere] {
        assert_eq!(jar.open(USERS).await.status, 200);
    }
    sqlx::query(
        "delete from memberships m using users u where u.id = m.user_id and u.email = 'ben@example.test'",
    )
    .execute(&pool)
    .await
    .unwrap();
    for jar in [&ben, &elsewhere] {
        assert_eq!(jar.open(USERS).await.status, 403);
        let invited = jar
            .call("/api/invitations/invite", &[("email", "x@example.test")])
            .await;
        assert_eq!(invited.status, 403);
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn pol_08_the_audit_log_says_who_did_what_to_whom_and_no_secret(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    let link = invite(&console, &ada, "ben@example.test", &[]).await;
    crate::stage::accept(&console, &link, &[]).await;
    deactivate(&console, &ada, "ben@example.test").await;
    reactivate(&console, &ada, "ben@example.test").await;
    sign_in(&ada, "ada@example.test", PASSWORD).await;
    assert_eq!(
        send_invitation(&console, &ada, "x\r\ny@example.test", &[])
            .await
            .status,
        422
    );
    let entries: Vec<(String, String, String, String, String)> = sqlx::query_as(
        "select action, actor_label, target_label, address, request_id from audit order by id",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    let find = |action: &str| entries.iter().find(|entry| entry.0 == action).unwrap();
    for (action, actor, target) in [
        ("invitations.create", "ada@example.test", "ben@example.test"),
        ("invitations.accept", "ben@example.test", "ben@example.test"),
        ("users.deactivate", "ada@example.test", "ben@example.test"),
        ("users.reactivate", "ada@example.test", "ben@example.test"),
        ("sessions.sign_in", "ada@example.test", "ada@example.test"),
    ] {
        let (_, by, of, ..) = find(action);
        assert_eq!((by.as_str(), of.as_str()), (actor, target), "{action}");
    }
    let (_, _, _, address, request) = find("users.deactivate");
    assert_eq!((address.as_str(), request.len()), ("127.0.0.1", 36));
    for secret in [PASSWORD, token(&link), &ada.cookie("usher").unwrap()] {
        assert_eq!(
            db_count(
                &pool,
                &format!("audit a where position('{secret}' in a::text) > 0")
            )
            .await,
            0
        );
    }
}
