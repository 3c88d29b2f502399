//! A clock that is set back or forth by a day: nobody is locked out, and what has ended does not go on.

use crate::{
    stage::{Post, acceptance, colleague, copy_link, send_invitation, sign_in},
    visitor::{PASSWORD, TestConsole},
};
use sqlx::PgPool;

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn a_clock_that_is_set_back_locks_nobody_out_and_lets_no_session_live_longer(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let (ada, post) = (console.ada().await, Post::open().await);
    let ended = colleague(&console, &ada, "ben@example.test", &[]).await;
    console.advance(9 * HOUR);
    assert_eq!(ended.open("/").await.redirect().0, 303, "idle for too long");
    console.backend.tidy_up().await.unwrap();
    let ada = console.stranger();
    sign_in(&ada, "ada@example.test", PASSWORD).await;
    let guessing = console.stranger();
    let typed = [
        ("email", "ben@example.test"),
        ("password", "a wrong one, many times"),
    ];
    while guessing.call("/api/sign_in/password", &typed).await.status != 429 {}
    send_invitation(&console, &ada, "carla@example.test", &[]).await;
    let copied = copy_link(&console, &ada, "carla@example.test").await;

    console.advance(-DAY);
    assert_eq!(
        ended.open("/").await.redirect().0,
        303,
        "what was over stays over"
    );
    assert_eq!(ada.open("/").await.status, 200);
    let ben = console.stranger();
    assert_eq!(
        sign_in(&ben, "ben@example.test", PASSWORD).await.redirect(),
        (303, "/"),
        "what strangers spent before counts for nothing"
    );
    console.backend.tidy_up().await.unwrap();
    assert_eq!(
        post.deliver(&console).await,
        3,
        "no mail waits for a day: neither the invitation nor word of the two new devices"
    );
    let carla = console.stranger();
    let accepted = carla
        .post(&copied, "/api/invitations/accept", &acceptance(&copied))
        .await;
    assert_eq!(accepted.redirect(), (303, "/"));

    let idle = console.stranger();
    idle.set_cookie("usher", &ben.cookie("usher").unwrap());
    for _ in 0..3 {
        console.advance(7 * HOUR);
        assert_eq!(ada.open("/").await.status, 200);
    }
    assert_eq!(idle.open("/").await.redirect().0, 303, "idle for too long");
    console.advance(4 * HOUR);
    assert_eq!(ada.open("/").await.redirect().0, 303, "no session outlives a day");
    assert_eq!(
        sign_in(&ada, "ada@example.test", PASSWORD).await.redirect(),
        (303, "/")
    );
}

/// The last request was before the clock was set back, and no other came until the session was idle for too long.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn a_session_is_idle_by_the_clock_that_was_set_back(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    console.advance(-DAY);
    assert_eq!(ada.open("/").await.status, 200);
    console.advance(8 * HOUR + 1);
    assert_eq!(ada.open("/").await.redirect().0, 303);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn a_clock_that_is_set_forth_and_back_ends_sessions_and_nothing_else(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let (ada, post) = (console.ada().await, Post::open().await);
    colleague(&console, &ada, "ben@example.test", &[]).await;
    post.deliver(&console).await;
    send_invitation(&console, &ada, "carla@example.test", &[]).await;
    let copied = copy_link(&console, &ada, "carla@example.test").await;
    console.advance(DAY);
    assert_eq!(
        ada.open("/").await.redirect().0,
        303,
        "a day is over for a session"
    );
    console.backend.tidy_up().await.unwrap();
    let again = console.stranger();
    assert_eq!(
        sign_in(&again, "ada@example.test", PASSWORD).await.redirect(),
        (303, "/")
    );
    assert_eq!(
        console.stranger().open(&copied).await.status,
        200,
        "and not for a link"
    );
    assert_eq!(
        post.deliver(&console).await,
        2,
        "the invitation, and word of the new device"
    );

    console.advance(-DAY);
    assert_eq!(ada.open("/").await.redirect().0, 303, "it stays over");
    assert_eq!(again.open("/").await.status, 200);
    let ben = console.stranger();
    assert_eq!(
        sign_in(&ben, "ben@example.test", PASSWORD).await.redirect(),
        (303, "/")
    );
    assert_eq!(
        post.deliver(&console).await,
        1,
        "word of the new device, and no mail is sent again"
    );
    assert_eq!(post.server.received_by("carla@example.test").len(), 1);
    send_invitation(&console, &again, "dan@example.test", &[]).await;
    assert_eq!(post.deliver(&console).await, 1);
}
