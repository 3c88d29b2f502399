//! Access policies and roles: who may do what.

use crate::{
    stage::{
        LIST, USERS, colleague, create_group, db_count, db_rows, deactivate, group, id_of, invite, policy,
        reactivate, send_invitation, settings, sign_in, token,
    },
    visitor::{PASSWORD, TestConsole},
};
use app::routes::{AUDIT, AUDIT_CSV, AUDIT_JSON};
use domain::access::Role;
use sqlx::PgPool;

/// What every signed-in person may do.
const ABOUT_ONESELF: [&str; 7] = [
    "/api/access/administrators",
    "/api/account/settings",
    "/api/account/choose_theme",
    "/api/sessions/end_others",
    "/api/sessions/sign_out",
    "/api/two_factor/look",
    "/api/two_factor/turn_off",
];

/// What an IAM Viewer sees beside that.
const SEEN_BY_VIEWERS: [&str; 11] = [
    "/api/users/find",
    "/api/access/explain_role",
    "/api/access/offer_groups",
    "/api/access/offer_users",
    "/api/access/roles",
    "/api/audit/list",
    "/api/groups/find",
    "/api/groups/list",
    "/api/policies/list",
    "/api/two_factor/demand",
    "/api/users/list",
];

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn pol_01_each_role_meets_each_endpoint_as_documented(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let victim = id_of(&console, "ada@example.test").await;
    let readers = group(&console, &ada, "read").await;
    let default = policy(&console, &ada, "Default read").await;
    let fields = [
        ("user", victim.as_str()),
        ("users[]", &victim),
        ("email", "ada@example.test"),
        ("theme", "dark"),
        ("group", &readers),
        ("policy", &default),
        ("role", "iam-admin"),
        ("version", "0"),
        ("name", "New"),
        ("step", "save"),
        ("search", ""),
        ("seen", "0"),
        ("session", &victim),
        ("current_password", "not theirs"),
        ("password", "short"),
        ("authenticator", &victim),
        ("code", "000000"),
        ("from", "2100-01-01"),
    ];
    let fields = [&fields[..], &LIST].concat();
    for name in ["", "write", "read", "metrics", "billing_viewer"] {
        let groups: Vec<_> = [name].into_iter().filter(|name| !name.is_empty()).collect();
        let person = colleague(&console, &ada, &format!("p-{name}@example.test"), &groups).await;
        for (action, _) in server_fn::axum::server_fn_paths() {
            if app::routes::PUBLIC_ACTIONS.contains(&action) || action == "/api/sessions/sign_out" {
                continue;
            }
            let expected = match action {
                _ if name == "read" && SEEN_BY_VIEWERS.contains(&action) => 200,
                _ if ABOUT_ONESELF.contains(&action) => 200,
                // Everybody may, and these forms are not right.
                "/api/account/change_password" | "/api/two_factor/start" => 422,
                "/api/account/mail_password_link" | "/api/two_factor/confirm" => 409,
                "/api/sessions/end" | "/api/two_factor/remove" | "/api/two_factor/make_codes" => 404,
                _ => 403,
            };
            assert_eq!(
                person.call(action, &fields).await.status,
                expected,
                "{name} {action}"
            );
        }
        let status = if name == "read" { 200 } else { 403 };
        for page in [USERS, AUDIT, AUDIT_CSV, AUDIT_JSON] {
            assert_eq!(person.open(page).await.status, status, "{name} {page}");
        }
    }
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
        if !app::routes::PUBLIC_ACTIONS.contains(&action) {
            gone.set_cookie("usher", &replay);
            for person in [&gone, &invited] {
                assert_eq!(person.call(action, &fields).await.status, 401, "{action}");
            }
        }
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn pol_02_nobody_raises_themselves(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    let admins = group(&console, &ada, "admin").await;
    invite(&console, &ada, "second@example.test", &["read"]).await;
    let second = id_of(&console, "second@example.test").await;
    let viewer = colleague(&console, &ada, "viewer@example.test", &["read"]).await;
    let own = id_of(&console, "viewer@example.test").await;
    let named = group(&console, &ada, "write").await;
    let own_group = create_group(&console, &ada, "Mine").await;
    let policy = policy(&console, &ada, "Default admin").await;
    let before = db_rows(&pool).await;
    let grants_all = |policy: Option<&'static str>| {
        let mut fields = vec![
            ("name", "Mine"),
            ("rules[0][roles][]", "iam-admin"),
            ("rules[0][users][]", own.as_str()),
            ("version", "0"),
        ];
        fields.extend(policy.map(|step| ("step", step)));
        fields
    };
    let mut in_place = grants_all(Some("confirm-0"));
    in_place.push(("policy", &policy));
    for (action, fields) in [
        ("/api/policies/save", grants_all(Some("save"))),
        ("/api/policies/save", grants_all(Some("confirm-0"))),
        ("/api/policies/save", grants_all(Some("add-rule"))),
        ("/api/policies/save", in_place),
        (
            "/api/policies/delete",
            vec![("policy", policy.as_str()), ("version", "0"), ("seen", "0")],
        ),
        // Into a group that a policy names, by any of its names, now or with another end.
        (
            "/api/groups/add_members",
            vec![("group", admins.as_str()), ("users[]", &own), ("seen", "0")],
        ),
        (
            "/api/groups/add_members",
            vec![
                ("group", named.as_str()),
                ("users[]", &own),
                ("ends", "2027-01-01T00:00"),
            ],
        ),
        (
            "/api/groups/add_members",
            vec![("group", own_group.as_str()), ("users[]", &own)],
        ),
        (
            "/api/groups/remove_members",
            vec![("group", admins.as_str()), ("users[]", &own)],
        ),
        ("/api/groups/create", vec![("name", "Admins")]),
        (
            "/api/groups/rename",
            vec![
                ("group", own_group.as_str()),
                ("version", "0"),
                ("name", "admin2"),
            ],
        ),
        (
            "/api/groups/delete",
            vec![("group", own_group.as_str()), ("seen", "0")],
        ),
        (
            "/api/invitations/invite",
            vec![("email", "me2@example.test"), ("groups[]", &admins)],
        ),
        (
            "/api/invitations/edit_groups",
            vec![("user", &second), ("groups[]", &admins)],
        ),
        (
            "/api/invitations/edit_groups",
            vec![("user", &own), ("groups[]", &admins)],
        ),
        ("/api/invitations/copy_link", vec![("user", &second)]),
        (
            "/api/invitations/resend_to",
            vec![("email", "second@example.test")],
        ),
    ] {
        assert_eq!(viewer.call(action, &fields).await.status, 403, "{action}");
    }
    assert_eq!(db_rows(&pool).await, before);
    assert!(!settings(&viewer).await.roles.holds(Role::IamAdmin));
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
