//! Invitations, permissions and deactivation as a stranger with curl meets them.

use crate::visitor::{PASSWORD, TestConsole, Visitor};
use backend::{Caller, Client, secret::Token};
use domain::users::UserQuery;
use sqlx::PgPool;

async fn caller(console: &TestConsole, visitor: &Visitor) -> Caller {
    let token = Token::presented(&visitor.cookie("usher").unwrap());
    console
        .backend
        .find_session(&token, Client::default())
        .await
        .unwrap()
        .unwrap()
}

/// Invites an address into groups; the path of a link to accept it.
async fn invite(console: &TestConsole, by: &Visitor, email: &str, groups: &[&str]) -> String {
    let caller = caller(console, by).await;
    let all = console.backend.list_groups(&caller).await.unwrap();
    let ids: Vec<_> = all
        .iter()
        .filter(|g| groups.contains(&g.name.as_str()))
        .map(|g| g.id)
        .collect();
    let user = console.backend.invite(&caller, email, &ids).await.unwrap();
    let link = console.backend.copy_invitation_link(&caller, user).await.unwrap();
    link.expose().strip_prefix(&console.origin).unwrap().to_owned()
}

fn token(link: &str) -> &str {
    link.rsplit('/').next().unwrap()
}

async fn accept(console: &TestConsole, link: &str, more: &[(&str, &str)]) -> Visitor {
    let ben = console.stranger();
    let mut fields = vec![
        ("token", token(link)),
        ("first_name", "Ben"),
        ("last_name", "Babbage"),
        ("password", PASSWORD),
    ];
    fields.extend(more);
    let answer = ben.post(link, "/api/invitations/accept", &fields).await;
    assert_eq!(answer.redirect(), (303, "/"));
    ben
}

async fn id_of(console: &TestConsole, admin: &Visitor, email: &str) -> String {
    let page = console
        .backend
        .list_users(&caller(console, admin).await, &UserQuery::default())
        .await
        .unwrap();
    page.rows
        .iter()
        .find(|row| row.email == email)
        .unwrap()
        .id
        .to_string()
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn inv_05_06_whatever_a_client_sends_the_account_is_the_invited_one(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let link = invite(&console, &ada, "ben@example.test", &["read"]).await;
    let admin_group = console
        .backend
        .list_groups(&caller(&console, &ada).await)
        .await
        .unwrap()[0]
        .id
        .to_string();
    let ben = accept(
        &console,
        &link,
        &[
            ("email", "eve@example.test"),
            ("groups[]", &admin_group),
            ("organization", "x"),
            ("roles", "iam-admin"),
        ],
    )
    .await;
    let ben = caller(&console, &ben).await;
    assert_eq!(ben.email, "ben@example.test");
    assert!(!ben.roles.holds(domain::access::Role::IamAdmin));
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn deact_01_the_next_request_is_refused_on_every_server(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let other_server = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let link = invite(&console, &ada, "ben@example.test", &["admin"]).await;
    let ben = accept(&console, &link, &[]).await;
    let ben_elsewhere = other_server.stranger();
    ben_elsewhere.set_cookie("usher", &ben.cookie("usher").unwrap());
    assert_eq!(ben.open("/organization/users").await.status, 200);
    assert_eq!(ben_elsewhere.open("/organization/users").await.status, 200);

    let id = id_of(&console, &ada, "ben@example.test").await;
    let answer = ada
        .post("/organization/users", "/api/users/deactivate", &[("user", &id)])
        .await;
    assert_eq!(answer.redirect(), (303, "/organization/users?notice=deactivated"));

    // Every path there is, but those that anybody may use.
    for ben in [&ben, &ben_elsewhere] {
        for page in ["/", "/organization/users", "/account/settings"] {
            assert_eq!(ben.open(page).await.redirect().0, 303, "{page}");
        }
        for (action, _) in server_fn::axum::server_fn_paths() {
            if !app::routes::PUBLIC_ACTIONS.contains(&action) {
                assert_eq!(ben.call(action, &[]).await.status, 401, "{action}");
            }
        }
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn without_a_role_pages_and_acts_of_others_are_forbidden(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let nobody = accept(
        &console,
        &invite(&console, &ada, "ben@example.test", &[]).await,
        &[],
    )
    .await;
    let viewer = accept(
        &console,
        &invite(&console, &ada, "grace@example.test", &["read"]).await,
        &[],
    )
    .await;
    let ada_id = id_of(&console, &ada, "ada@example.test").await;

    let page = nobody.open("/organization/users").await;
    assert_eq!(page.status, 403);
    assert!(!page.body.contains("grace@example.test"));
    assert_eq!(nobody.open("/account/settings").await.status, 200);
    assert_eq!(viewer.open("/organization/users").await.status, 200);
    for visitor in [&nobody, &viewer] {
        for (action, fields) in [
            ("/api/users/deactivate", vec![("user", ada_id.as_str())]),
            ("/api/users/reactivate", vec![("user", ada_id.as_str())]),
            ("/api/invitations/invite", vec![("email", "x@example.test")]),
            ("/api/invitations/resend", vec![("user", ada_id.as_str())]),
            ("/api/invitations/copy_link", vec![("user", ada_id.as_str())]),
            ("/api/invitations/edit_groups", vec![("user", ada_id.as_str())]),
            ("/api/invitations/cancel", vec![("user", ada_id.as_str())]),
        ] {
            assert_eq!(visitor.call(action, &fields).await.status, 403, "{action}");
        }
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn org_01_the_people_of_another_organization_do_not_exist(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let ada_id = id_of(&console, &ada, "ada@example.test").await;
    let made = console
        .backend
        .create_organization(&Client::command_line(), "Others", &["eve@other.test".to_owned()])
        .await
        .unwrap();
    let eve = accept(
        &console,
        &format!("/invitations/{}", made.links[0].1.expose()),
        &[],
    )
    .await;

    for action in [
        "users/deactivate",
        "users/reactivate",
        "invitations/resend",
        "invitations/copy_link",
        "invitations/cancel",
    ] {
        let answer = eve.call(&format!("/api/{action}"), &[("user", &ada_id)]).await;
        assert_eq!(answer.status, 404, "{action}");
    }
    let page = eve.open("/organization/users?q=ada").await;
    assert!(!page.body.contains("ada@example.test"));
    let dialog = eve
        .open(&format!("/organization/users?dialog=deactivate&user={ada_id}"))
        .await;
    assert_eq!(dialog.status, 200);
    assert!(!dialog.body.contains("Lovelace"));
    assert_eq!(ada.open("/organization/users").await.status, 200);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn links_that_are_over_and_unknown_pages_say_so_with_their_status(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let link = invite(&console, &ada, "ben@example.test", &[]).await;
    let stranger = console.stranger();
    assert_eq!(stranger.open(&link).await.status, 200);
    accept(&console, &link, &[]).await;
    assert_eq!(stranger.open(&link).await.status, 410);
    assert_eq!(stranger.open("/invitations/never-ours").await.status, 404);
    assert_eq!(stranger.open("/setup").await.status, 404);
    assert_eq!(ada.open("/nothing/here").await.status, 404);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn auth_13_a_session_is_new_at_every_sign_in(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let planted = ada.cookie("usher").unwrap();
    let fields = [
        ("email", "ada@example.test"),
        ("password", PASSWORD),
        ("next", "//evil.test"),
    ];
    let answer = ada.post("/sign-in", "/api/sign_in/password", &fields).await;
    assert_eq!(answer.redirect(), (303, "/"), "web_05: never to another site");
    assert_ne!(ada.cookie("usher").unwrap(), planted);
    let signed_out = ada.post("/", "/api/sessions/sign_out", &[]).await;
    assert_eq!(signed_out.redirect(), (303, "/sign-in?notice=signed-out"));
    assert_eq!(ada.cookie("usher"), None);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn arguments_that_make_no_sense_are_the_clients_fault(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let stranger = console.stranger();
    for fields in [
        vec![],
        vec![("email", "a"), ("email", "b")],
        vec![("email[x]", "1")],
    ] {
        assert_eq!(
            stranger.call("/api/sign_in/password", &fields).await.status,
            422,
            "{fields:?}"
        );
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn signing_in_ends_the_session_that_the_browser_had(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let old = console.stranger();
    old.set_cookie("usher", &ada.cookie("usher").unwrap());
    ada.post(
        "/sign-in",
        "/api/sign_in/password",
        &[("email", "ada@example.test"), ("password", PASSWORD)],
    )
    .await;
    assert_eq!(ada.open("/").await.status, 200);
    assert_eq!(old.open("/").await.redirect().0, 303);
}
