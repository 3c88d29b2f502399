//! Sessions: one's own, those of people whom one administers, and sign-ins that were not one's own.

use crate::{
    stage::{Post, caller, colleague, db_count, db_rows, eve, id_of, settings, sign_in},
    visitor::{PASSWORD, TestConsole, Visitor},
};
use sqlx::PgPool;

const NEW: &str = "eleven foxes paint the harbour";
const ADA: &str = "ada@example.test";
const RESET: &str = "/api/password_resets/complete";

async fn is_in(who: &Visitor) -> bool {
    who.open("/account/settings").await.status == 200
}

fn token(link: &str) -> &str {
    link.split_once("token=").unwrap().1
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn ses_05_everybody_sees_and_ends_their_own_sessions_and_no_others(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    let ben = colleague(&console, &ada, "ben@example.test", &["admin"]).await;
    let (phone, tablet) = (console.stranger(), console.stranger());
    sign_in(&phone, ADA, PASSWORD).await;
    sign_in(&tablet, ADA, PASSWORD).await;
    let own = console
        .backend
        .own_settings(&caller(&console, &ada).await)
        .await
        .unwrap();
    assert_eq!(own.sessions.len(), 3);
    assert_eq!(own.sessions.iter().filter(|session| session.is_this).count(), 1);
    let of_phone = caller(&console, &phone).await.session().unwrap().to_string();
    // No id opens anything.
    let thief = console.stranger();
    thief.set_cookie("usher", &of_phone);
    assert!(!is_in(&thief).await);

    let before = db_rows(&pool).await;
    let end = "/api/sessions/end";
    assert_eq!(ben.call(end, &[("session", &of_phone)]).await.status, 404);
    assert_eq!(db_rows(&pool).await, before);
    assert_eq!(ada.call(end, &[("session", &of_phone)]).await.status, 200);
    assert!(!is_in(&phone).await && is_in(&tablet).await && is_in(&ada).await);
    assert_eq!(ada.call(end, &[("session", &of_phone)]).await.status, 404);
    assert_eq!(ada.call("/api/sessions/end_others", &[]).await.status, 200);
    assert!(!is_in(&tablet).await && is_in(&ada).await && is_in(&ben).await);
    assert_eq!(settings(&ada).await.email, ADA);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn ses_06_an_iam_admin_ends_the_sessions_of_their_organization_and_no_others(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    let viewer = colleague(&console, &ada, "grace@example.test", &["read"]).await;
    let ben = colleague(&console, &ada, "ben@example.test", &[]).await;
    let eve = eve(&console).await;
    let id = id_of(&console, "ben@example.test").await;
    let end = "/api/users/end_sessions";
    assert_eq!(viewer.call(end, &[("user", &id)]).await.status, 403);
    assert_eq!(eve.call(end, &[("user", &id)]).await.status, 404);
    assert!(is_in(&ben).await);
    let page = format!("/organization/users/{id}");
    assert!(ada.open(&page).await.body.contains("Sign out everywhere"));
    assert!(!viewer.open(&page).await.body.contains("Sign out everywhere"));
    let done = ada.post(&page, end, &[("user", &id)]).await;
    assert_eq!(
        done.redirect(),
        (303, format!("{page}?notice=sessions-ended").as_str())
    );
    assert!(!is_in(&ben).await && is_in(&viewer).await);
    sign_in(&ben, "ben@example.test", PASSWORD).await;
    assert!(is_in(&ben).await);
}

/// An act that was under way when its session ended does not happen, nor does a file go on.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn ses_02_what_was_under_way_ends_with_its_session(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    let held = caller(&console, &ada).await;
    let mut export = console
        .backend
        .export_users(&held, &domain::users::UserQuery::default())
        .unwrap();
    assert_eq!(ada.call("/api/sessions/sign_out", &[]).await.status, 200);
    let outcome = console.backend.invite(&held, "new@example.test", &[]).await;
    assert!(matches!(outcome, Err(backend::Error::SignedOut)));
    assert!(matches!(export.next().await, Err(backend::Error::SignedOut)));
    assert_eq!(db_count(&pool, "invitations").await, 0);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn a_sign_in_from_a_new_device_is_told_and_can_be_taken_back(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let (ada, post) = (console.ada().await, Post::open().await);
    let ben = colleague(&console, &ada, "ben@example.test", &["read"]).await;
    sign_in(&ben, "ben@example.test", PASSWORD).await;
    post.deliver(&console).await;
    let about = |email: &str, subject: &str| {
        let mails = post.server.received_by(email);
        mails
            .iter()
            .filter(|mail| mail.header("Subject").is_some_and(|line| line.contains(subject)))
            .count()
    };
    assert_eq!(
        about("ben@example.test", "New sign-in"),
        0,
        "this browser is known"
    );
    let thief = console.stranger();
    sign_in(&thief, "ben@example.test", PASSWORD).await;
    let link = post.link_to(&console, "ben@example.test", "/not-me?token=").await;
    assert_eq!(about("ben@example.test", "New sign-in"), 1);

    // To look changes nothing: programs follow links before people do.
    let reader = console.stranger();
    let before = db_rows(&pool).await;
    let page = reader.open(&link).await;
    assert!(page.status == 200 && page.body.contains("Sign my account out everywhere"));
    assert_eq!(db_rows(&pool).await, before);
    let done = reader
        .post(&link, "/api/sessions/report", &[("token", token(&link))])
        .await;
    assert_eq!(done.redirect(), (303, "/sign-in?notice=sign-in-reported"));
    assert!(!is_in(&thief).await && !is_in(&ben).await && is_in(&ada).await);
    sign_in(&thief, "ben@example.test", PASSWORD).await;
    assert!(!is_in(&thief).await, "the password is gone");
    assert_eq!(reader.open(&link).await.status, 410);
    let again = reader
        .call("/api/sessions/report", &[("token", token(&link))])
        .await;
    assert_eq!(again.status, 409);

    let reset = post
        .link_to(&console, "ben@example.test", "/recover?token=")
        .await;
    assert_eq!(about(ADA, "reported a sign-in"), 1);
    let fields = [("token", token(&reset)), ("password", NEW)];
    assert_eq!(reader.call(RESET, &fields).await.status, 200);
    sign_in(&ben, "ben@example.test", NEW).await;
    assert!(is_in(&ben).await);
}

/// How often an act was recorded as done.
async fn recorded(pool: &PgPool, action: &str) -> i64 {
    db_count(
        pool,
        &format!("audit where action = '{action}' and result = 'done'"),
    )
    .await
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn set_06_sessions_are_ended_and_reported_once_by_two_at_once(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let (ada, post) = (console.ada().await, Post::open().await);
    let carla = colleague(&console, &ada, "carla@example.test", &["admin"]).await;
    let ben = colleague(&console, &ada, "ben@example.test", &[]).await;
    let id = id_of(&console, "ben@example.test").await;
    let (phone, tablet) = (console.stranger(), console.stranger());
    for other in [&phone, &tablet] {
        sign_in(other, "ben@example.test", PASSWORD).await;
    }
    let both = |one: u16, other: u16| {
        let mut both = [one, other];
        both.sort_unstable();
        both
    };
    let session = caller(&console, &phone).await.session().unwrap().to_string();
    let fields = [("session", session.as_str())];
    let end = "/api/sessions/end";
    let (one, other) = tokio::join!(ben.call(end, &fields), ben.call(end, &fields));
    assert_eq!(both(one.status.as_u16(), other.status.as_u16()), [200, 404]);
    let end = "/api/sessions/end_others";
    let (one, other) = tokio::join!(ben.call(end, &[]), ben.call(end, &[]));
    assert_eq!(both(one.status.as_u16(), other.status.as_u16()), [200, 200]);
    assert_eq!(recorded(&pool, "sessions.end").await, 2);
    let (end, fields) = ("/api/users/end_sessions", [("user", id.as_str())]);
    let (one, other) = tokio::join!(ada.call(end, &fields), carla.call(end, &fields));
    assert_eq!(both(one.status.as_u16(), other.status.as_u16()), [200, 200]);
    assert_eq!(recorded(&pool, "users.end_sessions").await, 1);

    let link = post.link_to(&console, "ben@example.test", "/not-me?token=").await;
    let (report, fields) = ("/api/sessions/report", [("token", token(&link))]);
    let (one, other) = (console.stranger(), console.stranger());
    let (one, other) = tokio::join!(one.call(report, &fields), other.call(report, &fields));
    assert_eq!(both(one.status.as_u16(), other.status.as_u16()), [200, 409]);
    assert_eq!(recorded(&pool, "sessions.report").await, 1);
    post.deliver(&console).await;
    let told = post.server.received_by("carla@example.test");
    let told = told
        .iter()
        .filter(|mail| mail.text().contains("was not theirs"))
        .count();
    assert_eq!(told, 1);
}

/// Whoever tries links finds none, and is stopped.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn links_that_report_a_sign_in_are_not_found_by_trying(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    console.ada().await;
    let stranger = console.stranger();
    let mut answers = Vec::new();
    for n in 0..32 {
        let token = format!("{n:043}");
        let action = ["/api/sessions/look_at_report", "/api/sessions/report"][n % 2];
        answers.push(stranger.call(action, &[("token", &token)]).await.status.as_u16());
    }
    assert_eq!(answers[..2], [410, 409]);
    assert_eq!(answers[30..], [429, 429]);
}
