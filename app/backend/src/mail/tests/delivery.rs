//! What becomes of a mail: sent, tried again, refused, given up, taken back.

use super::{Post, row};
use crate::{
    mail::{
        testing::{MailServer, Rule},
        withdraw_of_invitation,
    },
    secret::Token,
};
use sqlx::PgPool;
use time::Duration;

#[sqlx::test]
async fn a_mail_is_sent_once(pool: PgPool) {
    let post = Post::new(pool).await;
    let mail = post.notice("ben@example.com").await;
    assert_eq!(post.deliver().await, 1);
    post.move_clock(Duration::days(1));
    assert_eq!(post.deliver().await, 0);
    let received = post.server.received();
    assert_eq!(received.len(), 1);
    assert_eq!(
        (received[0].from.as_str(), &received[0].to[..]),
        ("usher@localhost", &["ben@example.com".to_owned()][..])
    );
    assert!(
        received[0]
            .text()
            .contains("deactivated your account at Analytical Engines")
    );
    assert!(received[0].html().contains("deactivated your account at"));
    assert_eq!(post.row(mail).await, Some(row("sent", 1, None)));
    assert_eq!(
        post.db_count("mails where finished_at is not null and leased_until is null")
            .await,
        1
    );
}

#[sqlx::test]
async fn an_invitation_carries_a_link_that_only_the_mail_knows(pool: PgPool) {
    let post = Post::new(pool).await;
    let (invitation, _) = post.invite("ben@example.com").await;
    assert_eq!(post.db_count("invitation_links").await, 0, "made when it is sent");
    assert_eq!(post.deliver().await, 1);
    let mail = &post.server.received()[0];
    let link = mail.link("http://localhost:3000/invitations/").unwrap();
    assert!(mail.html().contains(&format!("href=\"{link}\"")));
    let token = Token::presented(link.rsplit('/').next().unwrap());
    let known: bool = sqlx::query_scalar(
        "select exists (select from invitation_links where token_hash = $1 and invitation_id = $2)",
    )
    .bind(&token.hash()[..])
    .bind(invitation.0)
    .fetch_one(&post.backend.pool)
    .await
    .unwrap();
    assert!(known);
    let stored: String = sqlx::query_scalar("select mails::text from mails")
        .fetch_one(&post.backend.pool)
        .await
        .unwrap();
    assert!(!stored.contains(token.expose()));
}

#[sqlx::test]
async fn a_mail_that_is_put_off_is_tried_again_later_and_sent(pool: PgPool) {
    let post = Post::new(pool).await;
    post.server.rule(
        "ben@example.com",
        Rule::Times(2, "451 4.3.0 Try again later".into()),
    );
    let (_, mail) = post.invite("ben@example.com").await;
    assert_eq!(post.deliver().await, 0);
    assert_eq!(
        post.row(mail).await,
        Some(row("queued", 1, Some("451 4.3.0 Try again later")))
    );

    post.move_clock(Duration::seconds(9));
    post.deliver().await;
    assert_eq!(post.row(mail).await.unwrap().attempts, 1, "not before its time");
    post.move_clock(Duration::seconds(1));
    post.deliver().await;
    assert_eq!(post.row(mail).await.unwrap().attempts, 2);
    post.move_clock(Duration::seconds(20));
    assert_eq!(post.deliver().await, 1);
    assert_eq!(post.row(mail).await.unwrap().state, "sent");
    assert_eq!(post.server.received().len(), 1);
}

#[sqlx::test]
async fn mail_07_a_refused_mail_fails_at_once_with_the_servers_reason(pool: PgPool) {
    let post = Post::new(pool).await;
    post.server.rule(
        "ben@example.com",
        Rule::Always("550 5.1.1 No such user here".into()),
    );
    let (invitation, mail) = post.invite("ben@example.com").await;
    let other = post.notice("carla@example.com").await;
    assert_eq!(post.deliver().await, 1);
    assert_eq!(
        post.row(mail).await,
        Some(row("failed", 1, Some("550 5.1.1 No such user here")))
    );
    assert_eq!(post.row(other).await.unwrap().state, "sent");
    post.move_clock(Duration::days(1));
    assert_eq!(post.deliver().await, 0);
    assert_eq!(post.row(mail).await.unwrap().attempts, 1, "no second attempt");
    assert_eq!(
        post.db_count(&format!(
            "invitations where id = '{invitation}' and cancelled_at is null"
        ))
        .await,
        1
    );
}

#[sqlx::test]
async fn mail_04_a_mail_server_that_is_down_loses_nothing(pool: PgPool) {
    let mut post = Post::new(pool).await;
    let address = post.server.address();
    let (_, mail) = post.invite("ben@example.com").await;
    post.server = MailServer::start().await;
    assert_eq!(post.deliver().await, 0);
    let down = "The mail server can't be reached: Connection refused";
    assert_eq!(post.row(mail).await, Some(row("queued", 1, Some(down))));
    post.server = MailServer::start_at(address).await;
    post.move_clock(Duration::minutes(1));
    assert_eq!(post.deliver().await, 1);
    assert_eq!(post.server.received_by("ben@example.com").len(), 1);
}

#[sqlx::test]
async fn a_mail_that_nobody_takes_for_two_days_is_given_up(pool: PgPool) {
    let post = Post::new(pool).await;
    post.server
        .rule("ben@example.com", Rule::Always("451 4.2.1 Mailbox busy".into()));
    let mail = post.notice("ben@example.com").await;
    post.deliver().await;
    post.move_clock(Duration::days(2) - Duration::seconds(5));
    post.deliver().await;
    assert_eq!(post.row(mail).await.unwrap().state, "queued");
    post.move_clock(Duration::seconds(5));
    post.deliver().await;
    assert_eq!(
        post.row(mail).await,
        Some(row("failed", 3, Some("451 4.2.1 Mailbox busy")))
    );
}

#[sqlx::test]
async fn mail_05_an_act_that_is_rolled_back_sends_nothing(pool: PgPool) {
    let post = Post::new(pool).await;
    let mut tx = post.begin().await;
    post.notice_in(&mut tx, "ben@example.com").await;
    assert_eq!(post.deliver().await, 0, "nor before it is committed");
    tx.rollback().await.unwrap();
    assert_eq!(post.deliver().await, 0);
    assert!(post.server.received().is_empty());
}

#[sqlx::test]
async fn a_mail_that_is_taken_back_is_not_sent(pool: PgPool) {
    let post = Post::new(pool).await;
    let (invitation, mail) = post.invite("ben@example.com").await;
    let (_, kept) = post.invite("carla@example.com").await;
    let mut tx = post.begin().await;
    withdraw_of_invitation(&mut tx, &post.permit, invitation)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(post.deliver().await, 1);
    assert_eq!(post.row(mail).await, None);
    assert_eq!(post.row(kept).await.unwrap().state, "sent");
    assert!(post.server.received_by("ben@example.com").is_empty());
}

#[sqlx::test]
async fn what_was_sent_stays_on_record(pool: PgPool) {
    let post = Post::new(pool).await;
    let (invitation, mail) = post.invite("ben@example.com").await;
    post.deliver().await;
    let mut tx = post.begin().await;
    withdraw_of_invitation(&mut tx, &post.permit, invitation)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(post.row(mail).await.unwrap().state, "sent");
}

#[sqlx::test]
async fn a_cancelled_invitation_is_not_mailed(pool: PgPool) {
    let post = Post::new(pool).await;
    let (invitation, mail) = post.invite("ben@example.com").await;
    post.db_cancel(invitation).await;
    assert_eq!(post.deliver().await, 0);
    assert!(post.server.received().is_empty());
    assert_eq!(post.row(mail).await, None);
    assert_eq!(post.db_count("invitation_links").await, 0);
}
