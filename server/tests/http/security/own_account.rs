//! One's own account: changing a password, and getting another one by mail.

use crate::{
    stage::{Post, colleague, db_count, deactivate, invite, sign_in},
    visitor::{Answer, PASSWORD, TestConsole, Visitor},
};
use sqlx::PgPool;
use std::time::Duration;
use tokio::time::timeout;

const NEW: &str = "eleven foxes paint the harbour";
const SETTINGS: &str = "/account/settings";
const CHANGE: &str = "/api/account/change_password";
const ASK: &str = "/api/password_resets/ask";
const RESET: &str = "/api/password_resets/complete";
const HOUR: i64 = 3_600;
const ADA: &str = "ada@example.test";

async fn change(who: &Visitor, current: &str, new: &str) -> Answer {
    let fields = [("current_password", current), ("password", new)];
    who.call(CHANGE, &fields).await
}

async fn is_in(who: &Visitor) -> bool {
    who.open(SETTINGS).await.status == 200
}

/// The link that somebody gets who asks for one.
async fn reset_link(console: &TestConsole, post: &Post, email: &str) -> String {
    post.deliver(console).await;
    let before = post.server.received_by(email).len();
    let stranger = console.stranger();
    assert_eq!(stranger.call(ASK, &[("email", email)]).await.status, 200);
    console.backend.finish_beside().await;
    let link = post.link_to(console, email, "/recover?token=").await;
    assert_eq!(post.server.received_by(email).len(), before + 1);
    link
}

fn token(link: &str) -> &str {
    link.split_once("token=").unwrap().1
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn set_01_a_wrong_password_changes_nothing_and_counts_with_those_of_signing_in(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let (ada, post) = (console.ada().await, Post::open().await);
    let told = ada
        .post(
            SETTINGS,
            CHANGE,
            &[("current_password", "not the right one"), ("password", NEW)],
        )
        .await;
    assert_eq!(told.redirect(), (303, SETTINGS));
    let page = ada.open(SETTINGS).await.body;
    assert!(page.contains("This is not your password.") && !page.contains("not the right one"));
    assert_eq!(post.deliver(&console).await, 0);
    assert_eq!(change(&ada, PASSWORD, "short").await.status, 422);
    assert_eq!(change(&ada, "", NEW).await.status, 422);
    let mut refused = 1;
    while change(&ada, "not the right one", NEW).await.status == 422 {
        refused += 1;
        assert!(refused <= 10, "the throttle of signing in holds here, too");
    }
    assert_eq!(refused, 10);
    let right = change(&ada, PASSWORD, NEW).await;
    assert_eq!(right.status, 429);
    assert!(right.header("retry-after").parse::<u32>().unwrap() > 0);
    let typed = [("email", ADA), ("password", PASSWORD)];
    let entering = console.stranger().call("/api/sign_in/password", &typed).await;
    assert_eq!(entering.status, 429, "nor does a right one help at the door");
    console.advance(HOUR);
    assert_eq!(change(&ada, PASSWORD, NEW).await.status, 200);
    let tried: i64 = sqlx::query_scalar(
        "select count(*) from audit where action = 'account.change_password' and result = 'refused'",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_eq!(tried, 10);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn ses_04_a_changed_password_ends_every_other_session_and_link(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let (ada, post) = (console.ada().await, Post::open().await);
    let (phone, old) = (console.stranger(), ada.cookie("usher").unwrap());
    sign_in(&phone, ADA, PASSWORD).await;
    let link = reset_link(&console, &post, ADA).await;
    assert_eq!(db_count(&pool, "known_browsers").await, 1);
    assert_eq!(change(&ada, PASSWORD, NEW).await.status, 200);
    assert_eq!(
        db_count(&pool, "known_browsers").await,
        0,
        "the other browser is strange again"
    );
    assert!(is_in(&ada).await && !is_in(&phone).await);
    assert_ne!(ada.cookie("usher").unwrap(), old, "the session has another token");
    let stolen = console.stranger();
    stolen.set_cookie("usher", &old);
    assert!(!is_in(&stolen).await);
    assert_eq!(console.stranger().open(&link).await.status, 410);
    let (before, after) = (console.stranger(), console.stranger());
    sign_in(&before, ADA, PASSWORD).await;
    sign_in(&after, ADA, NEW).await;
    assert!(!is_in(&before).await && is_in(&after).await);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn set_02_there_is_one_mail_without_a_secret(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let (ada, post) = (console.ada().await, Post::open().await);
    assert_eq!(change(&ada, PASSWORD, NEW).await.status, 200);
    post.deliver(&console).await;
    let mails = post.server.received_by(ADA);
    assert_eq!(mails.len(), 1);
    let text = mails[0].text();
    assert!(
        text.contains("was changed") && !text.contains(NEW) && !text.contains("token"),
        "{text}"
    );
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn set_06_a_password_form_sent_twice_at_once_changes_and_mails_once(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let (ada, post) = (console.ada().await, Post::open().await);
    let (one, other) = tokio::join!(change(&ada, PASSWORD, NEW), change(&ada, PASSWORD, NEW));
    assert_eq!((one.status.as_u16(), other.status.as_u16()), (200, 200));
    post.deliver(&console).await;
    assert_eq!(post.server.received_by(ADA).len(), 1);
    let entries: i64 = sqlx::query_scalar(
        "select count(*) from audit where action = 'account.change_password' and result = 'done'",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_eq!(entries, 1);
    let again = console.stranger();
    sign_in(&again, ADA, NEW).await;
    assert!(is_in(&again).await);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn auth_14_asking_for_a_link_is_silent_and_limited(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let (ada, post) = (console.ada().await, Post::open().await);
    colleague(&console, &ada, "gone@example.test", &[]).await;
    deactivate(&console, &ada, "gone@example.test").await;
    invite(&console, &ada, "soon@example.test", &[]).await;
    post.deliver(&console).await;
    let count = |email: &str| post.server.received_by(email).len();
    let others = ["gone@example.test", "soon@example.test", "nobody@example.test"];
    let before = others.map(count);
    let stranger = console.stranger();
    let mut answers = Vec::new();
    for email in [ADA, "ADA@example.test"].into_iter().chain(others) {
        let answer = stranger.post("/forgot-password", ASK, &[("email", email)]).await;
        answers.push((answer.status, answer.lasting_headers(), answer.body));
    }
    assert_eq!(answers[0].0, 303);
    answers.dedup();
    assert_eq!(answers.len(), 1, "one answer for all: {answers:?}");
    assert_eq!(stranger.call(ASK, &[("email", "nonsense")]).await.status, 422);
    reset_link(&console, &post, ADA).await;
    assert_eq!(others.map(count), before);

    // Mails to one address are limited, without a word.
    for _ in 0..12 {
        assert_eq!(stranger.call(ASK, &[("email", ADA)]).await.status, 200);
    }
    console.backend.finish_beside().await;
    post.deliver(&console).await;
    assert!(count(ADA) <= 6, "{}", count(ADA));
    // And so is one network.
    let mut status = 200;
    for _ in 0..30 {
        status = stranger
            .call(ASK, &[("email", "nobody@example.test")])
            .await
            .status
            .as_u16();
    }
    assert_eq!(status, 429);
}

/// What an address leads to takes time, and nobody's answer waits for it: a mail that can't be queued at all would hold
/// the answer for ever, if it did.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn auth_14_the_answer_waits_for_nothing_that_an_address_leads_to(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let (_ada, post) = (console.ada().await, Post::open().await);
    let mut lock = pool.begin().await.unwrap();
    sqlx::query("lock table password_resets, mails in access exclusive mode")
        .execute(&mut *lock)
        .await
        .unwrap();
    let stranger = console.stranger();
    for email in [ADA, "nobody@example.test"] {
        let fields = [("email", email)];
        let asked = timeout(Duration::from_secs(5), stranger.call(ASK, &fields)).await;
        assert_eq!(asked.expect("an answer at once").status, 200, "{email}");
    }
    lock.rollback().await.unwrap();
    console.backend.finish_beside().await;
    post.link_to(&console, ADA, "/recover?token=").await;
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn auth_16_a_mailed_link_works_once_in_its_hour_and_until_a_newer_one(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let (_ada, post) = (console.ada().await, Post::open().await);
    let first = reset_link(&console, &post, ADA).await;
    let second = reset_link(&console, &post, ADA).await;
    assert!(token(&second).len() >= 43 && !crate::stage::db_holds(&pool, token(&second)).await);
    let stranger = console.stranger();
    assert_eq!(stranger.open(&first).await.status, 410, "a newer one was made");
    assert_eq!(stranger.open(&second).await.status, 200);
    console.advance(HOUR);
    assert_eq!(stranger.open(&second).await.status, 410, "its hour is over");
    let third = reset_link(&console, &post, ADA).await;
    let fields = [("token", token(&third)), ("password", NEW)];
    let (one, other) = tokio::join!(stranger.call(RESET, &fields), stranger.call(RESET, &fields));
    let mut statuses = [one.status.as_u16(), other.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    assert!(stranger.cookie("usher").is_none(), "it signs nobody in");
    assert_eq!(stranger.open(&third).await.status, 410);
}

/// Whoever asks in somebody's name ends nothing of what the operator has made for them.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn auth_16_a_link_of_the_operator_outlives_what_strangers_ask_for(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let (_ada, post) = (console.ada().await, Post::open().await);
    let made = console
        .backend
        .recover_administrator(&backend::Client::command_line(), None)
        .await
        .unwrap();
    let mailed = reset_link(&console, &post, ADA).await;
    let stranger = console.stranger();
    let link = format!("/recover?token={}", made.link.expose());
    assert_eq!(stranger.open(&link).await.status, 200);
    assert_eq!(stranger.open(&mailed).await.status, 200);
    let fields = [("token", made.link.expose()), ("password", NEW)];
    assert_eq!(stranger.call(RESET, &fields).await.status, 200);
    assert!(is_in(&stranger).await);
    assert_eq!(console.stranger().open(&mailed).await.status, 410);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn auth_19_a_mailed_link_is_dead_from_a_deactivation_on(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let (ada, post) = (console.ada().await, Post::open().await);
    colleague(&console, &ada, "ben@example.test", &[]).await;
    let link = reset_link(&console, &post, "ben@example.test").await;
    deactivate(&console, &ada, "ben@example.test").await;
    let stranger = console.stranger();
    assert_eq!(stranger.open(&link).await.status, 410);
    let fields = [("token", token(&link)), ("password", NEW)];
    assert_eq!(stranger.call(RESET, &fields).await.status, 409);
    crate::stage::reactivate(&console, &ada, "ben@example.test").await;
    assert_eq!(stranger.open(&link).await.status, 410, "and stays dead");
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn a_hash_that_costs_less_than_today_s_is_replaced_at_the_next_sign_in(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    console.ada().await;
    let hash = async || {
        sqlx::query_scalar::<_, String>("select hash from passwords")
            .fetch_one(&pool)
            .await
            .unwrap()
    };
    let old = hash().await;
    let costlier = TestConsole::start_with(pool.clone(), &[("argon2_passes", "3")]).await;
    let again = costlier.stranger();
    sign_in(&again, ADA, "not the right one").await;
    assert_eq!(hash().await, old);
    sign_in(&again, ADA, PASSWORD).await;
    assert!(is_in(&again).await);
    let new = hash().await;
    assert!(new.contains("t=3") && !old.contains("t=3"), "{old} {new}");
    sign_in(&again, ADA, PASSWORD).await;
    assert_eq!(hash().await, new);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn the_well_known_address_leads_to_the_password(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let answer = ada.open("/.well-known/change-password").await;
    assert_eq!(answer.redirect(), (303, "/account/settings#passwords"));
    let page = ada.open(SETTINGS).await.body;
    assert!(page.contains("id=\"passwords\""));
    for name in ["current-password", "new-password", "username"] {
        assert!(page.contains(&format!("autocomplete=\"{name}\"")), "{name}");
    }
}

/// No field of these forms is worth much work, however long it is.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn auth_09_what_is_far_too_long_is_refused_before_it_is_hashed(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let (ada, stranger) = (console.ada().await, console.stranger());
    let (long, huge) = ("x".repeat(60_000), "x".repeat(1 << 20));
    let hash = sqlx::query_scalar::<_, String>("select hash from passwords");
    let before = hash.fetch_one(&pool).await.unwrap();
    assert_eq!(change(&ada, &long, NEW).await.status, 422);
    assert_eq!(change(&ada, PASSWORD, &long).await.status, 422);
    assert_eq!(change(&ada, PASSWORD, &huge).await.status, 413);
    for (action, field) in [
        (ASK, "email"),
        (RESET, "password"),
        ("/api/sessions/report", "token"),
    ] {
        let token = [("token", "nothing"), (field, long.as_str())];
        let status = stranger.call(action, &token).await.status;
        assert!([409, 422].contains(&status.as_u16()), "{action} {status}");
        assert_eq!(
            stranger.call(action, &[(field, &huge)]).await.status,
            413,
            "{action}"
        );
    }
    let hash = sqlx::query_scalar::<_, String>("select hash from passwords");
    assert_eq!(hash.fetch_one(&pool).await.unwrap(), before);
}

/// Whoever asks twice at once has one link that works.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn auth_16_of_two_who_ask_at_once_one_link_is_left(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let (_ada, post) = (console.ada().await, Post::open().await);
    let (one, other) = (console.stranger(), console.stranger());
    let fields = [("email", ADA)];
    let (first, second) = tokio::join!(one.call(ASK, &fields), other.call(ASK, &fields));
    assert_eq!((first.status.as_u16(), second.status.as_u16()), (200, 200));
    console.backend.finish_beside().await;
    post.deliver(&console).await;
    assert!(!post.server.received_by(ADA).is_empty());
    let alive = "password_resets where used_at is null and ended_at is null";
    assert_eq!(db_count(&pool, alive).await, 1);
}
