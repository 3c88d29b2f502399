//! Invitations asked for again and again: what may be done only so often.

use crate::{
    stage::{Post, accept, db_count, eve, id_of, send_invitation, token},
    visitor::{Answer, TestConsole},
};
use sqlx::PgPool;

/// Whoever administrates any organization could search all others for an address.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn inv_09_an_organization_is_told_only_so_often_that_an_address_is_taken(pool: PgPool) {
    let keys = [("throttle_taken_addresses", "2/1h")];
    let console = TestConsole::start_with(pool.clone(), &keys).await;
    let (ada, eve) = (console.ada().await, eve(&console).await);
    // Inviting itself is not counted, nor what an organization is told of its own people.
    for n in 0..5 {
        let email = format!("n{n}@example.test");
        assert_eq!(send_invitation(&console, &ada, &email, &[]).await.status, 200);
        assert_eq!(send_invitation(&console, &ada, &email, &[]).await.status, 422);
    }
    // A burst gets no further.
    let taken = || send_invitation(&console, &ada, "eve@other.test", &[]);
    let burst: [Answer; 4] = tokio::join!(taken(), taken(), taken(), taken()).into();
    let mut told = 0;
    for answer in burst {
        if answer.status == 422 {
            assert!(answer.body.contains("AddressTaken"), "{}", answer.body);
            told += 1;
        } else {
            assert_eq!(answer.status, 429);
        }
    }
    assert!(told == 1 || told == 2, "{told}");
    if told == 1 {
        assert_eq!(taken().await.status, 422);
    }
    let (users, audited) = (db_count(&pool, "users").await, db_count(&pool, "audit").await);
    for email in ["eve@other.test", "free@example.test"] {
        let answer = send_invitation(&console, &ada, email, &[]).await;
        assert_eq!(answer.status, 429, "{email}: free and taken are one answer");
        let wait: u32 = answer.header("retry-after").parse().unwrap();
        assert!((3_500..=3_600).contains(&wait), "{wait}");
    }
    assert_eq!(db_count(&pool, "users").await, users);
    assert_eq!(db_count(&pool, "audit").await, audited);
    let own = send_invitation(&console, &ada, "n0@example.test", &[]).await;
    assert!(
        own.status == 422 && own.body.contains("AlreadyInvited"),
        "{}",
        own.body
    );
    let elsewhere = send_invitation(&console, &eve, "free@other.test", &[]).await;
    assert_eq!(elsewhere.status, 200, "another organization has its own");

    console.advance(60 * 60);
    for email in ["free@example.test", "free2@example.test"] {
        assert_eq!(send_invitation(&console, &ada, email, &[]).await.status, 200);
    }
    assert_eq!(taken().await.status, 422);
    assert_eq!(taken().await.status, 429);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn inv_11_an_invitee_gets_so_many_fresh_links_and_no_more(pool: PgPool) {
    let keys = [("invitation_lifetime", "60s"), ("throttle_fresh_links", "2/1h")];
    let console = TestConsole::start_with(pool.clone(), &keys).await;
    let (ada, post) = (console.ada().await, Post::open().await);
    send_invitation(&console, &ada, "ben@example.test", &[]).await;
    let ben = console.stranger();
    let action = "/api/invitations/ask_again";
    let mut link = post.link(&console, "ben@example.test").await;
    for n in 1..=2 {
        console.advance(60);
        assert!(ben.open(&link).await.body.contains("Send me a fresh link"));
        let asked = ben.post(&link, action, &[("token", token(&link))]).await;
        assert_eq!(asked.redirect().0, 303);
        link = post.link(&console, "ben@example.test").await;
        assert_eq!(post.server.received_by("ben@example.test").len(), n + 1);
        assert_eq!(ben.open(&link).await.status, 200);
    }
    console.advance(60);
    let links = db_count(&pool, "invitation_links").await;
    for _ in 0..3 {
        let refused = ben.call(action, &[("token", token(&link))]).await;
        assert_eq!(refused.status, 429);
        assert!(!refused.header("retry-after").is_empty());
        // Without scripts as well.
        assert_eq!(
            ben.post(&link, action, &[("token", token(&link))])
                .await
                .redirect(),
            (303, link.as_str())
        );
        assert!(ben.open(&link).await.body.contains("Too many attempts"));
    }
    assert_eq!(post.deliver(&console).await, 0);
    assert_eq!(db_count(&pool, "invitation_links").await, links);
    // An administrator is not held up by it.
    let id = id_of(&console, "ben@example.test").await;
    let resent = ada.call("/api/invitations/resend", &[("user", &id)]).await;
    assert_eq!(resent.status, 200);
    let link = post.link(&console, "ben@example.test").await;
    accept(&console, &link, &[]).await;
    assert_eq!(
        ben.call(action, &[("token", token(&link))]).await.status,
        409,
        "nor is there anything to ask for now"
    );
}
