//! Several servers on one database, and a database or a mail server that does not answer.

use crate::{
    stage::{USERS, db_count, send_invitation},
    visitor::TestConsole,
};
use backend::mail::{
    Patience, Transport,
    testing::{MailServer, Rule},
};
use reqwest::{Method, header};
use sqlx::PgPool;
use std::{future::pending, time::Duration};
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

async fn eventually(mut happened: impl AsyncFnMut() -> bool) {
    let waiting = async {
        while !happened().await {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(Duration::from_secs(20), waiting).await.unwrap();
}

/// As many as a worker has under way at once, each to somebody with whom the mail server falls silent.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn mail_06_mails_that_all_hang_hold_up_no_request_and_the_next_mail_for_one_attempt(pool: PgPool) {
    const LANES: usize = 4;
    let console = TestConsole::start(pool.clone()).await;
    let (ada, server) = (console.ada().await, MailServer::start().await);
    for n in 0..LANES {
        let email = format!("n{n}@silent.test");
        server.rule(&email, Rule::Stall);
        assert_eq!(send_invitation(&console, &ada, &email, &[]).await.status, 200);
    }
    let patience = Patience {
        connect: Duration::from_secs(3),
        send: Duration::from_secs(3),
    };
    let transport = Transport::new(server.url().parse().unwrap(), patience).unwrap();
    let worker = tokio::spawn(console.backend.clone().run_mail_worker(transport, pending()));
    let hanging = || {
        let commands = server.commands();
        let named = commands.iter().filter(|line| line.contains("@silent.test>"));
        named.count()
    };
    eventually(async || hanging() == LANES).await;

    let well = "well@example.test";
    assert_eq!(send_invitation(&console, &ada, well, &[]).await.status, 200);
    let page = ada.open(USERS).await;
    assert!(page.status == 200 && page.body.contains(well));
    assert_eq!(console.stranger().open("/sign-in").await.status, 200);
    let untouched = format!("mails where recipient = '{well}' and attempts = 0");
    assert_eq!(db_count(&pool, &untouched).await, 1, "no lane is free for it");
    let waiting = "pg_stat_activity where datname = current_database() and state like 'idle in transaction%'";
    assert_eq!(db_count(&pool, waiting).await, 0);

    eventually(async || !server.received_by(well).is_empty()).await;
    let put_off =
        "mails where state = 'queued' and attempts = 1 and leased_until is null and reason like '%in time%'";
    eventually(async || db_count(&pool, put_off).await == 4).await;
    assert_eq!((hanging(), server.received().len()), (LANES, 1));
    worker.abort();
}
