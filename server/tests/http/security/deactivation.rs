//! Deactivation and reactivation.

use crate::{
    stage::{Post, USERS, colleague, db_count, deactivate, reactivate, send_invitation, settings, sign_in},
    visitor::{PASSWORD, TestConsole},
};
use sqlx::PgPool;

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn deact_01_the_next_request_of_every_session_is_refused_on_every_server(pool: PgPool) {
    let (console, other) = (
        TestConsole::start(pool.clone()).await,
        TestConsole::start(pool).await,
    );
    let ada = console.ada().await;
    let ben = colleague(&console, &ada, "ben@example.test", &["admin"]).await;
    let (elsewhere, second) = (other.stranger(), other.stranger());
    elsewhere.set_cookie("usher", &ben.cookie("usher").unwrap());
    sign_in(&second, "ben@example.test", PASSWORD).await;
    for jar in [&ben, &elsewhere, &second] {
        assert_eq!(jar.open(USERS).await.status, 200);
    }
    assert_eq!(deactivate(&console, &ada, "ben@example.test").await.status, 200);
    for jar in [&ben, &elsewhere, &second] {
        for page in ["/", USERS, "/account/settings"] {
            assert_eq!(jar.open(page).await.redirect().0, 303, "{page}");
        }
        for (action, _) in server_fn::axum::server_fn_paths() {
            if !app::routes::PUBLIC_ACTIONS.contains(&action) {
                assert_eq!(jar.call(action, &[]).await.status, 401, "{action}");
            }
        }
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn deact_04_what_a_deactivated_person_sent_is_void(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let (ada, post) = (console.ada().await, Post::open().await);
    let grace = colleague(&console, &ada, "grace@example.test", &["admin"]).await;
    send_invitation(&console, &grace, "x@example.test", &[]).await;
    let mailed = post.link(&console, "x@example.test").await;
    send_invitation(&console, &ada, "y@example.test", &[]).await;
    let copied = crate::stage::copy_link(&console, &grace, "y@example.test").await;
    deactivate(&console, &ada, "grace@example.test").await;
    reactivate(&console, &ada, "grace@example.test").await;
    for link in [&mailed, &copied] {
        assert_eq!(
            console.stranger().open(link).await.status,
            410,
            "also after the reactivation"
        );
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn deact_05_reactivation_gives_back_the_account_and_no_session(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let ben = colleague(&console, &ada, "ben@example.test", &["read"]).await;
    let before = settings(&ben).await;
    deactivate(&console, &ada, "ben@example.test").await;
    assert_eq!(reactivate(&console, &ada, "ben@example.test").await.status, 200);
    assert_eq!(ben.open("/").await.redirect().0, 303);
    let again = console.stranger();
    assert_eq!(
        sign_in(&again, "ben@example.test", PASSWORD).await.redirect(),
        (303, "/")
    );
    assert_eq!(settings(&again).await, before);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn deact_07_a_deactivated_person_is_still_there(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    colleague(&console, &ada, "ben@example.test", &["admin"]).await;
    let audited = db_count(&pool, "audit").await;
    deactivate(&console, &ada, "ben@example.test").await;
    let page = ada.open(&format!("{USERS}?status=deactivated")).await;
    assert!(page.body.contains("ben@example.test"));
    let again = send_invitation(&console, &ada, "BEN@example.test", &[]).await;
    assert!(
        again.status == 422 && again.body.contains("MemberIsDeactivated"),
        "{}",
        again.body
    );
    assert_eq!(db_count(&pool, "audit").await, audited + 1);
    assert_eq!(db_count(&pool, "memberships").await, 2);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn deact_08_only_an_iam_admin_deactivates_and_never_the_last_one(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let viewer = colleague(&console, &ada, "viewer@example.test", &["read"]).await;
    let none = colleague(&console, &ada, "none@example.test", &[]).await;
    for person in [&viewer, &none] {
        assert_eq!(deactivate(&console, person, "ada@example.test").await.status, 403);
    }
    let last = deactivate(&console, &ada, "ada@example.test").await;
    assert!(
        last.status == 409 && last.body.contains("LastAdministrator"),
        "{}",
        last.body
    );
    let grace = colleague(&console, &ada, "grace@example.test", &["admin"]).await;
    assert_eq!(deactivate(&console, &ada, "grace@example.test").await.status, 200);
    assert_eq!(
        reactivate(&console, &grace, "grace@example.test").await.status,
        401,
        "not from an old tab"
    );
}
