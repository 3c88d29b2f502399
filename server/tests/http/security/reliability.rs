//! Several servers on one database, and a database or a mail server that does not answer.

use crate::{
    stage::{LIST, USERS, db_count, send_invitation},
    visitor::{PASSWORD, TestConsole},
};
use backend::mail::{
    Patience, Transport,
    testing::{MailServer, Rule},
};
use prometheus_client::registry::Registry;
use reqwest::{Method, header};
use sqlx::{ConnectOptions, PgPool, postgres::PgPoolOptions};
use std::{
    collections::{BTreeMap, BTreeSet},
    future::pending,
    time::{Duration, Instant},
};
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

const ADA: &str = "ada@example.test";
const SIGN_IN: &str = "/api/sign_in/password";

/// How often a password was hashed, to be set or to be judged.
fn hashed(console: &TestConsole) -> u64 {
    let mut registry = Registry::default();
    console.backend.metrics().register(&mut registry);
    let mut told = String::new();
    prometheus_client::encoding::text::encode(&mut told, &registry).unwrap();
    let count = told
        .lines()
        .find_map(|line| line.strip_prefix("password_wait_seconds_count "));
    count.unwrap().parse().unwrap()
}

/// A table that nobody can read is no reason to take anybody for a stranger, for somebody without rights, or for
/// somebody who has guessed nothing yet.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn rel_02_a_locked_database_lets_nobody_in_and_throws_nobody_out(pool: PgPool) {
    // Its statements fail, as they do in the end, and do not merely wait until nobody asks any more.
    let options = pool.connect_options().as_ref().clone();
    let options = options.options([("lock_timeout", "300ms")]);
    let console = TestConsole::start(PgPoolOptions::new().connect_lazy_with(options)).await;
    let ada = console.ada().await;
    // Of each: whether the list of people needs it, and whether a sign-in does.
    for (table, page, sign_in) in [
        ("users", 503, 503),
        ("sessions", 503, 503),
        ("memberships", 503, 200),
        ("throttles", 200, 503),
        ("passwords", 503, 503),
    ] {
        let mut lock = pool.begin().await.unwrap();
        let statement = format!("lock table {table} in access exclusive mode");
        sqlx::query(sqlx::AssertSqlSafe(statement))
            .execute(&mut *lock)
            .await
            .unwrap();
        let before = hashed(&console);
        let browser = console.stranger();
        let typed = [("email", ADA), ("password", PASSWORD)];
        let (opened, listed, entered) = tokio::join!(
            ada.open(USERS),
            ada.call("/api/users/list", &LIST),
            browser.call(SIGN_IN, &typed)
        );
        let seen = (
            opened.status.as_u16(),
            listed.status.as_u16(),
            entered.status.as_u16(),
        );
        assert_eq!(seen, (page, page, sign_in), "{table}");
        assert_eq!(browser.cookie("usher").is_some(), sign_in == 200, "{table}");
        if table == "throttles" {
            assert_eq!(hashed(&console), before, "no password is judged uncounted");
        }
        lock.rollback().await.unwrap();
        assert_eq!(ada.open(USERS).await.status, 200, "{table}");
    }
}

/// Connections that end at any moment of a request: the answer is the right one or none.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn rel_02_connections_that_end_at_any_moment_let_nobody_in_and_throw_nobody_out(pool: PgPool) {
    let keys = [
        ("throttle_guesses_account_network", "100000/1s"),
        ("throttle_guesses_account", "100000/1s"),
        ("throttle_guesses_network", "100000/1s"),
    ];
    let console = TestConsole::start_with(pool.clone(), &keys).await;
    let ada = console.ada().await;
    let mut own = pool.connect_options().connect().await.unwrap();
    let ending = tokio::spawn(async move {
        for round in 0_u64.. {
            sqlx::query(
                "select pg_terminate_backend(pid) from pg_stat_activity
                 where datname = current_database() and pid <> pg_backend_pid()",
            )
            .execute(&mut own)
            .await
            .unwrap();
            sleep(Duration::from_millis(round * 17 % 90)).await;
        }
    });
    let mut seen = BTreeMap::<_, BTreeSet<u16>>::new();
    let began = Instant::now();
    // Until each has met both, and for some time at least.
    while began.elapsed() < Duration::from_secs(3)
        || seen
            .iter()
            .any(|(who, statuses)| *who != "a stranger" && statuses.len() < 2)
            && began.elapsed() < Duration::from_secs(30)
    {
        let (stranger, guesser, owner) = (console.stranger(), console.stranger(), console.stranger());
        let guess = [("email", ADA), ("password", "not the right one")];
        let right = [("email", ADA), ("password", PASSWORD)];
        let (page, list, nobody, wrong, entered) = tokio::join!(
            ada.open(USERS),
            ada.call("/api/users/list", &LIST),
            stranger.open(USERS),
            guesser.call(SIGN_IN, &guess),
            owner.call(SIGN_IN, &right),
        );
        for (who, answer, expected) in [
            ("a page", page, 200),
            ("a list", list, 200),
            ("a stranger", nobody, 303),
            ("a wrong password", wrong, 409),
            ("a right password", entered, 200),
        ] {
            let status = answer.status.as_u16();
            assert!([expected, 503].contains(&status), "{who}: {status}");
            seen.entry(who).or_default().insert(status);
        }
        assert_eq!(guesser.cookie("usher"), None);
    }
    ending.abort();
    // A stranger's page asks the database nothing.
    seen.remove("a stranger");
    for (who, statuses) in &seen {
        assert_eq!(
            statuses.len(),
            2,
            "{who} met no fault, or nothing else: {statuses:?}"
        );
    }
    eventually(async || ada.open(USERS).await.status == 200).await;
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
