//! What may be tried only so often, over HTTP: one count for all servers, and one for each who does it.

use crate::{
    stage::{colleague, db_count, db_state, eve, id_of, send_invitation, sign_in},
    visitor::{Answer, PASSWORD, TestConsole, Visitor, encoded},
};
use reqwest::{Method, header};
use sqlx::PgPool;
use tokio::task::JoinSet;

const ADA: &str = "ada@example.test";
const SIGN_IN: &str = "/api/sign_in/password";
const WRONG: [(&str, &str); 2] = [("email", ADA), ("password", "not the right one")];
const RIGHT: [(&str, &str); 2] = [("email", ADA), ("password", PASSWORD)];
const HOUR: i64 = 3_600;

async fn two_consoles(pool: &PgPool) -> [TestConsole; 2] {
    [
        TestConsole::start(pool.clone()).await,
        TestConsole::start(pool.clone()).await,
    ]
}

fn has_to_wait(answer: &Answer, longest: i64) {
    assert_eq!(answer.status, 429, "{}", answer.body);
    let wait: i64 = answer.header("retry-after").parse().unwrap();
    assert!((1..=longest).contains(&wait), "{wait}");
    assert_eq!(answer.header("set-cookie"), "");
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn rel_07_what_was_guessed_at_one_server_counts_at_the_other(pool: PgPool) {
    let [one, two] = two_consoles(&pool).await;
    one.ada().await;
    for _ in 0..10 {
        assert_eq!(one.stranger().call(SIGN_IN, &WRONG).await.status, 409);
    }
    has_to_wait(&two.stranger().call(SIGN_IN, &RIGHT).await, 600);
    has_to_wait(&one.stranger().call(SIGN_IN, &RIGHT).await, 600);
    two.advance(600);
    assert_eq!(two.stranger().call(SIGN_IN, &RIGHT).await.status, 200);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn auth_06_a_burst_over_two_servers_gets_no_further_than_the_limit(pool: PgPool) {
    let consoles = two_consoles(&pool).await;
    consoles[0].ada().await;
    let mut burst = JoinSet::new();
    for n in 0..60 {
        let console = &consoles[n % 2];
        let request = console
            .stranger()
            .request(Method::POST, SIGN_IN)
            .header(header::ORIGIN, &console.origin)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(encoded(&WRONG));
        burst.spawn(async move { request.send().await.unwrap().status().as_u16() });
    }
    let answers = burst.join_all().await;
    let judged = answers.iter().filter(|status| **status == 409).count();
    let waiting = answers.iter().filter(|status| **status == 429).count();
    assert_eq!((judged, waiting), (10, 50), "{answers:?}");
    let sessions = db_count(&pool, "sessions").await;
    for console in &consoles {
        has_to_wait(&console.stranger().call(SIGN_IN, &RIGHT).await, 600);
    }
    assert_eq!(db_count(&pool, "sessions").await, sessions);
}

async fn invites(console: &TestConsole, by: &Visitor, email: &str) -> Answer {
    send_invitation(console, by, email, &[]).await
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn inv_11_an_administrator_sends_so_many_and_another_is_not_held_up(pool: PgPool) {
    let keys = [("throttle_invitations_user", "3/1h")];
    let console = TestConsole::start_with(pool.clone(), &keys).await;
    let ada = console.ada().await;
    let grace = colleague(&console, &ada, "grace@example.test", &["admin"]).await;
    let ben = "ben@example.test";
    assert_eq!(invites(&console, &ada, ben).await.status, 200);
    let id = id_of(&console, ben).await;
    let resend = [("user", id.as_str())];
    let again = async |by: &Visitor| by.call("/api/invitations/resend", &resend).await;
    assert_eq!(again(&ada).await.status, 200, "sent again is sent");

    let before = db_state(&pool).await;
    has_to_wait(&invites(&console, &ada, "carla@example.test").await, HOUR);
    has_to_wait(&again(&ada).await, HOUR);
    assert_eq!(db_state(&pool).await, before);
    assert_eq!(invites(&console, &grace, "carla@example.test").await.status, 200);
    assert_eq!(again(&grace).await.status, 200);
    console.advance(HOUR);
    assert_eq!(invites(&console, &ada, "dan@example.test").await.status, 200);
    has_to_wait(&invites(&console, &ada, "eli@example.test").await, HOUR);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn inv_11_an_organization_sends_so_many_and_another_is_not_held_up(pool: PgPool) {
    let keys = [("throttle_invitations_organization", "3/1h")];
    let console = TestConsole::start_with(pool.clone(), &keys).await;
    let (ada, eve) = (console.ada().await, eve(&console).await);
    let grace = colleague(&console, &ada, "grace@example.test", &["admin"]).await;
    assert_eq!(invites(&console, &ada, "ben@example.test").await.status, 200);
    assert_eq!(invites(&console, &grace, "carla@example.test").await.status, 200);

    let before = db_state(&pool).await;
    for by in [&ada, &grace] {
        has_to_wait(&invites(&console, by, "dan@example.test").await, HOUR);
    }
    assert_eq!(db_state(&pool).await, before);
    assert_eq!(invites(&console, &eve, "dan@other.test").await.status, 200);
    console.advance(HOUR);
    assert_eq!(invites(&console, &grace, "dan@example.test").await.status, 200);
}

/// In a browser that is known, too, where guesses are counted apart from those of everybody else.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn set_01_guesses_in_the_settings_count_at_the_sign_in_of_the_same_browser(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    console.ada().await;
    let (known, other) = (console.stranger(), console.stranger());
    for browser in [&known, &other] {
        assert_eq!(sign_in(browser, ADA, PASSWORD).await.redirect(), (303, "/"));
    }
    let wrong = [
        ("current_password", "not the right one"),
        ("password", "eleven foxes paint the harbour"),
    ];
    for _ in 0..10 {
        let answer = known.call("/api/account/change_password", &wrong).await;
        assert_eq!(answer.status, 422);
    }
    known.call("/api/sessions/sign_out", &[]).await;
    has_to_wait(&known.call(SIGN_IN, &RIGHT).await, 60);
    assert_eq!(known.cookie("usher"), None);
    assert_eq!(other.call(SIGN_IN, &RIGHT).await.status, 200);
    console.advance(60);
    assert_eq!(known.call(SIGN_IN, &RIGHT).await.status, 200);
}
