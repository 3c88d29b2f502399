//! An organization that its operator closes and opens again.

use crate::{
    stage::{
        Post, USERS, accept, caller, colleague, copy_link, eve, invite, send_invitation, sign_in, token,
    },
    visitor::{PASSWORD, TestConsole},
};
use backend::Client;
use sqlx::PgPool;

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn reopening_gives_back_people_and_invitations_and_no_session(pool: PgPool) {
    let console = TestConsole::start_with(pool, &[("invitation_lifetime", "1h")]).await;
    let (ada, post) = (console.ada().await, Post::open().await);
    let (eve, ben) = (
        eve(&console).await,
        colleague(&console, &ada, "ben@example.test", &["read"]).await,
    );
    send_invitation(&console, &ada, "late@example.test", &[]).await;
    let late = post.link(&console, "late@example.test").await;
    console.advance(30 * 60);
    let copied = invite(&console, &ada, "carla@example.test", &["read"]).await;
    let mailed = post.link(&console, "carla@example.test").await;
    let operator = Client::command_line();
    let recovery = console
        .backend
        .recover_administrator(&operator, Some("ada@example.test"))
        .await
        .unwrap();
    let recover = format!("/recover?token={}", recovery.link.expose());
    // That ended her session.
    sign_in(&ada, "ada@example.test", PASSWORD).await;
    let org_id = caller(&console, &ada).await.org_id;
    let sessions = [&ada, &ben].map(|person| person.cookie("usher").unwrap());

    console
        .backend
        .close_organization(&operator, org_id.as_str())
        .await
        .unwrap();
    for person in [&ada, &ben] {
        assert_eq!(person.open(USERS).await.redirect().0, 303);
    }
    let refused = sign_in(&console.stranger(), "ada@example.test", PASSWORD).await;
    assert_ne!(refused.redirect().1, "/");
    for link in [&copied, &mailed, &recover] {
        assert_eq!(console.stranger().open(link).await.status, 410, "{link}");
    }
    assert_eq!(eve.open(USERS).await.status, 200, "nobody else is touched");
    // The time of invitations runs on.
    console.advance(30 * 60);

    console
        .backend
        .reopen_organization(&operator, org_id.as_str())
        .await
        .unwrap();
    for session in &sessions {
        let dead = console.stranger();
        dead.set_cookie("usher", session);
        assert_eq!(dead.call("/api/account/settings", &[]).await.status, 401);
        assert_eq!(dead.open(USERS).await.redirect().0, 303);
    }
    assert_eq!(
        sign_in(&ada, "ada@example.test", PASSWORD).await.redirect(),
        (303, "/")
    );
    let page = console.stranger().open(&late).await;
    assert!(page.status == 410 && page.body.contains("Send me a fresh link"));
    let asked = console
        .stranger()
        .call("/api/invitations/ask_again", &[("token", token(&late))])
        .await;
    assert_eq!(asked.status, 200);
    accept(&console, &post.link(&console, "late@example.test").await, &[]).await;
    let fresh = copy_link(&console, &ada, "carla@example.test").await;
    for link in [&copied, &mailed, &fresh, &recover] {
        assert_eq!(console.stranger().open(link).await.status, 200, "{link}");
    }
    let carla = accept(&console, &mailed, &[]).await;
    assert_eq!(carla.open(USERS).await.status, 200, "her groups count");
}
