//! Several servers on one database, and a database that does not answer.

use crate::{
    stage::{USERS, db_count},
    visitor::TestConsole,
};
use reqwest::{Method, header};
use sqlx::PgPool;
use std::time::Duration;
use tokio::time::{sleep, timeout};

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

/// Work that nobody waits for any more is work.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn rel_08_an_act_whose_client_hung_up_keeps_its_place_until_it_is_done(pool: PgPool) {
    let console = TestConsole::start_with(pool.clone(), &[("requests_at_once", "1")]).await;
    let ada = console.ada().await;
    let mut lock = pool.begin().await.unwrap();
    sqlx::query("lock table audit in access exclusive mode")
        .execute(&mut *lock)
        .await
        .unwrap();
    let hung_up = ada
        .request(Method::POST, "/api/invitations/invite")
        .header(header::ORIGIN, &console.origin)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .timeout(Duration::from_millis(500))
        .body("email=ben%40example.test")
        .send()
        .await;
    assert!(hung_up.unwrap_err().is_timeout());
    for _ in 0..20 {
        assert_eq!(console.stranger().open("/sign-in").await.status, 503);
    }
    lock.rollback().await.unwrap();
    let done = async {
        while console.stranger().open("/sign-in").await.status == 503 {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(Duration::from_secs(20), done).await.unwrap();
    assert_eq!(db_count(&pool, "users where email = 'ben@example.test'").await, 1);
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
