//! The first administrator: one link, one use, and never again.

use crate::{
    stage::{db_count, db_state, set_up, settings, sign_in},
    visitor::TestConsole,
};
use domain::access::Role;
use reqwest::{Method, header};
use sqlx::PgPool;

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn boot_02_set_up_closes_for_ever(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let token = console.backend.open_set_up().await.unwrap().unwrap();
    let first = console.stranger();
    assert_eq!(
        first
            .call("/api/setup/complete", &set_up(token.expose()))
            .await
            .status,
        200
    );
    let before = db_state(&pool).await;
    // A server that was started since, and then one whose administrator is gone, whatever the trigger says.
    for restarted in [false, true] {
        let server = TestConsole::start(pool.clone()).await;
        if restarted {
            sqlx::raw_sql(
                "alter table users disable trigger all;
                 update users set status = 'deactivated', deactivated_at = created_at;
                 alter table users enable trigger all",
            )
            .execute(&pool)
            .await
            .unwrap();
        }
        assert!(
            server.backend.open_set_up().await.unwrap().is_none(),
            "no new link is made"
        );
        let stranger = server.stranger();
        assert_eq!(stranger.open("/setup").await.status, 404);
        let again = stranger
            .call("/api/setup/complete", &set_up(token.expose()))
            .await;
        assert_eq!(
            (again.status.as_u16(), &*again.body),
            (409, r#"{"Refused":"SetUpLinkWrong"}"#)
        );
        for (method, kind) in [
            (Method::GET, "application/x-www-form-urlencoded"),
            (Method::PUT, "application/x-www-form-urlencoded"),
            (Method::POST, "application/json"),
            (Method::POST, "text/plain"),
        ] {
            let request = stranger.request(method, "/api/setup/complete");
            let request = request
                .header(header::ORIGIN, &server.url)
                .header(header::CONTENT_TYPE, kind);
            let answer = stranger
                .send(request.body(format!("token={}", token.expose())))
                .await;
            assert!(answer.status.is_client_error(), "{kind}: {}", answer.status);
        }
    }
    assert_eq!(db_count(&pool, "users").await, 1);
    assert_eq!(db_state(&pool).await[0], before[0], "one organization");
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn boot_03_only_the_printed_link_makes_an_administrator_and_once(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let token = console.backend.open_set_up().await.unwrap().unwrap();
    assert_eq!(token.expose().len(), 43, "256 bits in base64url");
    let stranger = console.stranger();
    let wrong = "A".repeat(43);
    for guess in ["", "x", wrong.as_str()] {
        let answer = stranger.call("/api/setup/complete", &set_up(guess)).await;
        assert_eq!(answer.status, 409, "{guess}");
        assert!(!answer.body.contains(token.expose()));
    }
    assert_eq!(db_count(&pool, "users").await, 0);
    for page in ["/setup", "/setup?token=x", "/sign-in", "/", "/readyz"] {
        assert!(!stranger.open(page).await.body.contains(token.expose()), "{page}");
    }
    assert_eq!(
        stranger
            .call("/api/setup/complete", &set_up(token.expose()))
            .await
            .status,
        200
    );
    assert_eq!(
        stranger
            .call("/api/setup/complete", &set_up(token.expose()))
            .await
            .status,
        409
    );
    assert_eq!(db_count(&pool, "users").await, 1);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn boot_04_no_account_exists_by_default(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    assert_eq!(db_count(&pool, "users").await, 0);
    console.ada().await;
    assert_eq!(db_count(&pool, "users").await, 1);
    for (name, password) in [
        ("admin@localhost", "admin"),
        ("admin@example.test", "password"),
        ("usher", "usher"),
    ] {
        let browser = console.stranger();
        assert_eq!(
            sign_in(&browser, name, password).await.redirect(),
            (303, "/sign-in")
        );
        assert_eq!(browser.cookie("usher"), None);
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn boot_05_the_first_administrator_has_the_documented_roles_and_an_invited_person_none(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let held = settings(&ada).await;
    let mut keys: Vec<_> = held.roles.iter().map(Role::key).collect();
    keys.sort_unstable();
    let expected = [
        "access-request-approver",
        "access-token-admin",
        "cks-admin",
        "iam-admin",
        "object-storage-admin",
    ];
    assert_eq!(keys, expected);
    let mut explained: Vec<_> = held
        .access
        .roles
        .iter()
        .map(|(role, _)| role.key.as_str())
        .collect();
    explained.sort_unstable();
    assert_eq!(explained, expected);
    let ben = crate::stage::colleague(&console, &ada, "ben@example.test", &[]).await;
    assert!(settings(&ben).await.roles.is_empty());
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn boot_06_nothing_works_before_an_administrator_exists(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let before = db_state(&pool).await;
    for (action, _) in server_fn::axum::server_fn_paths() {
        let status = console
            .stranger()
            .call(action, &[("email", "a@b.test")])
            .await
            .status;
        if app::routes::PUBLIC_ACTIONS.contains(&action) {
            assert!(status.as_u16() < 500, "{action}: {status}");
        } else {
            assert_eq!(status, 401, "{action}");
        }
    }
    assert_eq!(db_state(&pool).await, before);
}
