//! Cross-site request forgery: what another site sends with somebody's cookies has no effect.

mod paths;

use crate::{
    api::{scim_token_of, service_of, token_of},
    bulk_invitations::{drafted_list, failed_list},
    stage::{
        Post, caller, colleague, db_rows, deactivate, group, id_of, invite, new_group, send_invitation,
        set_up, sign_in, token,
    },
    visitor::{PASSWORD, TestConsole, Visitor, encoded},
};
use backend::{Client, access::Intent};
use domain::access::{
    Role,
    policy::{PolicyDraft, RuleDraft},
};
use paths::READS;
pub(in crate::security) use paths::{OF_IDENTITIES, OF_SSO, OF_TWO_FACTOR};
use reqwest::{Method, header};
use server_fn::axum::server_fn_paths;
use sqlx::PgPool;
use std::collections::BTreeSet;

const URL_ENCODED: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data; boundary=edge";
const PLAIN: &str = "text/plain";
const JSON: &str = "application/json";

pub(super) struct Act {
    pub(super) action: &'static str,
    fields: Vec<(&'static str, String)>,
}

impl Act {
    pub(super) fn new(action: &'static str, fields: &[(&'static str, &str)]) -> Self {
        let fields = fields
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()))
            .collect();
        Self { action, fields }
    }

    pub(super) fn fields(&self) -> Vec<(&str, &str)> {
        self.fields
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect()
    }

    fn body(&self, kind: &str) -> String {
        match kind {
            MULTIPART => {
                let part = |(name, value): (&str, &str)| {
                    format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
                };
                self.fields().into_iter().map(part).collect::<String>() + "--edge--\r\n"
            }
            JSON => {
                let object: serde_json::Map<_, _> = self
                    .fields()
                    .into_iter()
                    .map(|(name, value)| (name.to_owned(), value.into()))
                    .collect();
                serde_json::to_string(&object).unwrap()
            }
            _ => encoded(&self.fields()),
        }
    }
}

/// Sends an act in every way that a page of another site can send it; each is refused.
pub(super) async fn send_from_elsewhere(console: &TestConsole, victim: &Visitor, act: &Act) {
    let own = console.url.as_str();
    for kind in [URL_ENCODED, MULTIPART, PLAIN, JSON] {
        for accept in ["text/html", "application/json"] {
            for (origin, site) in [
                (Some("https://evil.test"), None),
                (Some("https://evil.test"), Some("cross-site")),
                (Some("null"), None),
                (Some(own), Some("same-site")),
                (None, Some("cross-site")),
                (None, None),
            ] {
                let mut request = victim
                    .request(Method::POST, act.action)
                    .header(header::CONTENT_TYPE, kind)
                    .header(header::ACCEPT, accept);
                for (name, value) in [("origin", origin), ("sec-fetch-site", site)] {
                    request = value
                        .into_iter()
                        .fold(request, |request, value| request.header(name, value));
                }
                let answer = victim.send(request.body(act.body(kind))).await;
                let case = format!("{} {kind} {accept} {origin:?} {site:?}", act.action);
                assert_eq!(answer.status, 403, "{case}");
                assert_eq!(answer.header("set-cookie"), "", "{case}");
            }
        }
    }
}

/// Every act that changes something, with all that it needs to succeed, in an order in which each does.
pub(super) async fn acts(console: &TestConsole, ada: &Visitor, expired: &str) -> Vec<Act> {
    for name in ["ben", "gone", "left"] {
        colleague(console, ada, &format!("{name}@example.test"), &[]).await;
    }
    for email in ["gone@example.test", "left@example.test"] {
        assert_eq!(deactivate(console, ada, email).await.status, 200);
    }
    assert_eq!(
        send_invitation(console, ada, "soon@example.test", &[])
            .await
            .status,
        200
    );
    let link = invite(console, ada, "next@example.test", &[]).await;
    colleague(console, ada, "root@example.test", &["admin"]).await;
    let recovery = console
        .backend
        .recover_administrator(&Client::command_line(), Some("root@example.test"))
        .await
        .unwrap();
    let readers = group(console, ada, "read").await;
    let ben = id_of(console, "ben@example.test").await;
    let gone = id_of(console, "gone@example.test").await;
    let soon = id_of(console, "soon@example.test").await;
    let policy = made_policy(console, ada, &gone).await;
    let (team, version) = new_group(console, ada, "Team").await;
    let mut acts = vec![
        Act::new("/api/groups/create", &[("name", "Night shift")]),
        Act::new(
            "/api/groups/rename",
            &[("group", &team), ("version", &version), ("name", "Crew")],
        ),
        Act::new("/api/groups/add_members", &[("group", &team), ("users[]", &ben)]),
        Act::new(
            "/api/groups/remove_members",
            &[("group", &team), ("users[]", &ben)],
        ),
        Act::new("/api/groups/delete", &[("group", &team), ("seen", "0")]),
        Act::new("/api/account/choose_theme", &[("theme", "dark")]),
        Act::new(
            "/api/invitations/invite",
            &[("email", "new@example.test"), ("groups[]", &readers)],
        ),
        Act::new(
            "/api/invitations/edit_groups",
            &[("user", &soon), ("groups[]", &readers)],
        ),
        Act::new("/api/invitations/copy_link", &[("user", &soon)]),
        Act::new("/api/invitations/resend", &[("user", &soon)]),
        Act::new("/api/invitations/resend_to", &[("email", "soon@example.test")]),
        Act::new("/api/invitations/cancel", &[("user", &soon)]),
        Act::new("/api/password_resets/ask", &[("email", "ben@example.test")]),
        Act::new("/api/invitations/ask_again", &[("token", token(expired))]),
        Act::new(
            "/api/policies/save",
            &[
                ("name", "Clusters"),
                ("rules[0][roles][]", "cks-viewer"),
                ("rules[0][users][]", &ben),
                ("step", "save"),
            ],
        ),
        Act::new(
            "/api/policies/delete",
            &[("policy", &policy), ("version", "0"), ("seen", "0")],
        ),
        Act::new("/api/users/deactivate", &[("user", &ben)]),
        Act::new("/api/users/reactivate", &[("user", &gone)]),
        Act::new(
            "/api/users/reactivate_by_email",
            &[("email", "left@example.test")],
        ),
        // From here on somebody else is signed in.
        Act::new(
            "/api/invitations/accept",
            &[
                ("token", token(&link)),
                ("first_name", "Nell"),
                ("last_name", "Xavier"),
                ("password", PASSWORD),
            ],
        ),
        Act::new(
            "/api/password_resets/complete",
            &[
                ("token", recovery.link.expose()),
                ("password", "nine herons carry my ladder"),
            ],
        ),
        Act::new(
            "/api/sign_in/password",
            &[("email", "ada@example.test"), ("password", PASSWORD)],
        ),
    ];
    acts.extend(own_acts(console, ada).await);
    acts
}

/// The same about one's own account, for whoever is signed in again by then.
async fn own_acts(console: &TestConsole, ada: &Visitor) -> Vec<Act> {
    colleague(console, ada, "grace@example.test", &[]).await;
    let grace = id_of(console, "grace@example.test").await;
    let post = Post::open().await;
    let (session, report) = other_sessions(console, ada, &post).await;
    let mut acts = acts_outside(console, ada).await;
    acts.extend([
        Act::new("/api/sessions/end", &[("session", &session)]),
        Act::new("/api/sessions/end_others", &[]),
        Act::new(
            "/api/account/change_password",
            &[("current_password", PASSWORD), ("password", PASSWORD)],
        ),
        Act::new("/api/users/end_sessions", &[("user", &grace)]),
        Act::new("/api/sessions/sign_out", &[]),
        Act::new("/api/sessions/report", &[("token", &report)]),
    ]);
    acts
}

/// Those by which somebody gives or takes what acts outside the console.
async fn acts_outside(console: &TestConsole, ada: &Visitor) -> Vec<Act> {
    for _ in 0..2 {
        token_of(console, ada).await;
    }
    let (service, _) = service_of(console, ada).await;
    let scim_token = scim_token_of(console, ada).await;
    let own = caller(console, ada).await;
    let tokens = console.backend.own_tokens(&own).await.unwrap().tokens;
    let [first, second] = [0, 1].map(|place: usize| tokens[place].id.to_string());
    let user = own.user.to_string();
    let [to_start, to_drop] = [
        drafted_list(console, ada, "first@example.test").await,
        drafted_list(console, ada, "second@example.test").await,
    ];
    let to_retry = failed_list(console, ada, "third@example.test").await;
    vec![
        Act::new("/api/bulk_invitations/draft", &[("list", "fourth@example.test")]),
        Act::new("/api/bulk_invitations/start", &[("job", &to_start)]),
        Act::new("/api/bulk_invitations/drop", &[("job", &to_drop)]),
        Act::new("/api/bulk_invitations/retry", &[("job", &to_retry)]),
        Act::new("/api/tokens/create", &[("name", "Mine"), ("expires", "never")]),
        Act::new("/api/tokens/delete", &[("token", &first)]),
        Act::new("/api/tokens/delete_of", &[("user", &user), ("token", &second)]),
        Act::new("/api/scim/create_token", &[("name", "Mine")]),
        Act::new("/api/scim/delete_token", &[("id", &scim_token)]),
        Act::new("/api/scim/switch", &[("part", "users"), ("on", "true")]),
        Act::new("/api/services/create", &[("name", "Mine")]),
        Act::new("/api/services/delete", &[("service", &service)]),
    ]
}

/// Two more sessions of whoever is signed in: the id of one, and the link that reports the other.
async fn other_sessions(console: &TestConsole, ada: &Visitor, post: &Post) -> (String, String) {
    for _ in 0..2 {
        let other = console.stranger();
        sign_in(&other, "ada@example.test", PASSWORD).await;
    }
    let own = caller(console, ada).await;
    let sessions = console.backend.own_settings(&own).await.unwrap().sessions;
    let session = sessions.iter().find(|session| !session.is_this).unwrap();
    let start = "/not-me?token=";
    let link = post.link_to(console, "ada@example.test", start).await;
    (session.id.to_string(), link[start.len()..].to_owned())
}

/// A policy to delete, which names somebody.
async fn made_policy(console: &TestConsole, ada: &Visitor, user: &str) -> String {
    let draft = PolicyDraft {
        name: "Old".into(),
        rules: vec![RuleDraft {
            roles: vec![Role::CksViewer.into()],
            users: vec![user.parse().unwrap()],
            ..RuleDraft::default()
        }],
        ..PolicyDraft::default()
    };
    let ada = caller(console, ada).await;
    let saved = console
        .backend
        .save_policy(&ada, None, &draft, Intent::Save)
        .await;
    saved.unwrap().policy.to_string()
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn web_01_another_site_changes_nothing(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    let expired = invite(&console, &ada, "late@example.test", &[]).await;
    console.advance(8 * 86_400);
    assert_eq!(
        sign_in(&ada, "ada@example.test", PASSWORD).await.redirect(),
        (303, "/")
    );
    let acts = acts(&console, &ada, &expired).await;

    let listed = READS
        .into_iter()
        .chain(OF_TWO_FACTOR)
        .chain(OF_SSO)
        .chain(OF_IDENTITIES);
    let known: BTreeSet<_> = acts.iter().map(|act| act.action).chain(listed).collect();
    let all: BTreeSet<_> = server_fn_paths().map(|(action, _)| action).collect();
    assert_eq!(
        all.difference(&known).collect::<Vec<_>>(),
        [&"/api/account/mail_password_link", &"/api/setup/complete"],
        "they have a test of their own"
    );

    let before = db_rows(&pool).await;
    for act in &acts {
        send_from_elsewhere(&console, &ada, act).await;
        assert_eq!(db_rows(&pool).await, before, "{}", act.action);
    }
    for action in READS {
        send_from_elsewhere(&console, &ada, &Act::new(action, &[])).await;
    }
    let file = Act::new(app::routes::INVITE_MANY_FILE, &[("list_file", "x@example.test")]);
    send_from_elsewhere(&console, &ada, &file).await;
    assert_eq!(db_rows(&pool).await, before, "a list in a file");

    // Sent from our own pages, each of the same acts changes something.
    let mut before = before;
    for act in &acts {
        let answer = ada.call(act.action, &act.fields()).await;
        assert_eq!(answer.status, 200, "{} {}", act.action, answer.body);
        let after = db_rows(&pool).await;
        assert_ne!(after, before, "{}", act.action);
        before = after;
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn web_01_another_site_asks_for_no_first_password(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    sqlx::query("delete from passwords").execute(&pool).await.unwrap();
    let first = Act::new("/api/account/mail_password_link", &[]);
    let before = db_rows(&pool).await;
    send_from_elsewhere(&console, &ada, &first).await;
    assert_eq!(db_rows(&pool).await, before);
    assert_eq!(ada.call(first.action, &[]).await.status, 200);
    assert_ne!(db_rows(&pool).await, before);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn web_01_another_site_sets_nothing_up(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let link = console.backend.open_set_up().await.unwrap().unwrap();
    let set_up = Act::new("/api/setup/complete", &set_up(link.expose()));
    let visitor = console.stranger();
    let before = db_rows(&pool).await;
    send_from_elsewhere(&console, &visitor, &set_up).await;
    assert_eq!(db_rows(&pool).await, before);
    assert_eq!(visitor.call(set_up.action, &set_up.fields()).await.status, 200);
}

/// The whole way, and not the comparison alone, see `server/src/same_origin.rs`.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn web_02_an_origin_that_is_nearly_ours_changes_nothing(pool: PgPool) {
    let console =
        TestConsole::start_with(pool.clone(), &[("public_url", "https://console.example.test")]).await;
    let ada = console.ada().await;
    ada.set_cookie("__Host-usher", &ada.cookie("usher").unwrap());
    let theme = Act::new("/api/account/choose_theme", &[("theme", "dark")]);
    let send = async |origin: &str| {
        let request = ada
            .request(Method::POST, theme.action)
            .header(header::CONTENT_TYPE, URL_ENCODED)
            .header(header::ACCEPT, "application/json")
            .header(header::ORIGIN, origin)
            .header("sec-fetch-site", "same-origin");
        ada.send(request.body(theme.body(URL_ENCODED))).await
    };
    let before = db_rows(&pool).await;
    for origin in [
        "https://evil.test",
        "https://console.example.test.evil.test",
        "https://evil-console.example.test",
        "https://sub.console.example.test",
        "https://example.test",
        "http://console.example.test",
        "https://console.example.test:8443",
        "https://console.example.test/",
        "https://CONSOLE.example.test.",
        "//console.example.test",
        "null",
        "",
    ] {
        assert_eq!(send(origin).await.status, 403, "{origin}");
        assert_eq!(db_rows(&pool).await, before, "{origin}");
    }
    assert_eq!(send("https://console.example.test").await.status, 200);
    assert_ne!(db_rows(&pool).await, before);
}
