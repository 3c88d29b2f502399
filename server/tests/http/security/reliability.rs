//! Several servers on one database, and a database that does not answer.

use crate::{stage::USERS, visitor::TestConsole};
use sqlx::PgPool;

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn rel_07_two_servers_on_one_database_are_one_console(pool: PgPool) {
    let (one, two) = (
        TestConsole::start(pool.clone()).await,
        TestConsole::start(pool).await,
    );
    let ada = one.ada().await;
    let elsewhere = two.stranger();
    elsewhere.set_cookie("usher", &ada.cookie("usher").unwrap());
    assert_eq!(elsewhere.open(USERS).await.status, 200);
    elsewhere.post("/", "/api/sessions/sign_out", &[]).await;
    assert_eq!(ada.open(USERS).await.redirect().0, 303);
}

/// A table that nobody can read is no reason to take anybody for a stranger.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn rel_02_a_locked_database_lets_nobody_in_and_throws_nobody_out(pool: PgPool) {
    let console = TestConsole::start_with(pool.clone(), &[("request_timeout", "1s")]).await;
    let ada = console.ada().await;
    let mut lock = pool.begin().await.unwrap();
    sqlx::query("lock table users in access exclusive mode")
        .execute(&mut *lock)
        .await
        .unwrap();
    assert_eq!(ada.open(USERS).await.status, 503);
    assert_eq!(ada.call("/api/users/list", &[]).await.status, 503);
    let browser = console.stranger();
    let fields = [("email", "ada@example.test"), ("password", "wrong")];
    assert_eq!(browser.call("/api/sign_in/password", &fields).await.status, 503);
    assert_eq!(browser.cookie("usher"), None);
    lock.rollback().await.unwrap();
    assert_eq!(ada.open(USERS).await.status, 200);
}
