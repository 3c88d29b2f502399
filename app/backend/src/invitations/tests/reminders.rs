//! Reminders of invitations, and word of those that ended.

use crate::{
    mail::{Transport, testing::MailServer},
    testing::{Stage, acceptance, client},
};
use sqlx::PgPool;
use time::Duration;

/// Where mails go. What was queued before is delivered.
struct Post {
    server: MailServer,
    transport: Transport,
}

impl Post {
    async fn open(stage: &Stage) -> Self {
        let server = MailServer::start().await;
        let transport = Transport::from_url(&server.url()).unwrap();
        stage.backend.deliver_due_mails(&transport).await.unwrap();
        Self { server, transport }
    }

    /// The texts of what somebody has got.
    async fn texts(&self, stage: &Stage, recipient: &str) -> Vec<String> {
        stage.backend.deliver_due_mails(&self.transport).await.unwrap();
        let mails = self.server.received_by(recipient);
        mails.iter().map(crate::mail::testing::Received::text).collect()
    }
}

#[sqlx::test]
async fn an_invitee_is_reminded_once_two_days_before_the_end_by_a_link_that_works(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    stage.backend.invite(&ada, "ben@example.test", &[]).await.unwrap();
    let post = Post::open(&stage).await;
    stage.advance(Duration::days(5) - Duration::SECOND);
    assert_eq!(stage.backend.remind_invitees().await.unwrap(), 0);
    stage.advance(Duration::SECOND);
    assert_eq!(stage.backend.remind_invitees().await.unwrap(), 1);
    assert_eq!(stage.backend.remind_invitees().await.unwrap(), 0);
    let texts = post.texts(&stage, "ben@example.test").await;
    assert_eq!(texts.len(), 2);
    assert!(
        texts[1].contains("Ada Lovelace invited you") && texts[1].contains("until 1 Dec 2026, 10:00 UTC"),
        "{}",
        texts[1]
    );
    for mail in post.server.received_by("ben@example.test") {
        let start = "http://localhost:3000/invitations/";
        let link = mail.link(start).unwrap();
        let token = crate::secret::Token::presented(link.strip_prefix(start).unwrap());
        let view = stage.backend.look_at_invitation(&client(), &token).await.unwrap();
        assert_eq!(view.closed, None, "the first link goes on working");
    }
}

#[sqlx::test]
async fn nobody_is_reminded_of_what_is_over_answered_or_leads_nowhere(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let grace = stage.colleague(&ada, "grace@example.test", &["admin"]).await;
    let (_, link) = stage.invite(&ada, "accepted@example.test", &[]).await;
    stage
        .backend
        .accept_invitation(&client(), &link, acceptance())
        .await
        .unwrap();
    let (cancelled, _) = stage.invite(&ada, "cancelled@example.test", &[]).await;
    stage.backend.cancel_invitation(&ada, cancelled).await.unwrap();
    stage.invite(&grace, "orphan@example.test", &[]).await;
    stage.backend.deactivate_user(&ada, grace.user, "").await.unwrap();
    stage.advance(Duration::days(6));
    assert_eq!(stage.backend.remind_invitees().await.unwrap(), 0);
    let ada = stage.again("ada@example.test").await;
    stage.invite(&ada, "late@example.test", &[]).await;
    stage.advance(Duration::days(7));
    assert_eq!(stage.backend.remind_invitees().await.unwrap(), 0, "it is over");
}

#[sqlx::test]
async fn nobody_is_reminded_of_what_they_got_a_moment_ago(pool: PgPool) {
    let mut stage = Stage::new(pool);
    std::sync::Arc::make_mut(&mut stage.backend.settings).invitation_lifetime = Duration::hours(36);
    let ada = stage.ada().await;
    stage.invite(&ada, "ben@example.test", &[]).await;
    assert_eq!(stage.backend.remind_invitees().await.unwrap(), 0);
    stage.advance(Duration::DAY - Duration::SECOND);
    assert_eq!(stage.backend.remind_invitees().await.unwrap(), 0);
    stage.advance(Duration::SECOND);
    assert_eq!(stage.backend.remind_invitees().await.unwrap(), 1);
}

#[sqlx::test]
async fn a_resent_invitation_has_a_reminder_of_its_own(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let (ben, _) = stage.invite(&ada, "ben@example.test", &[]).await;
    stage.advance(Duration::days(6));
    assert_eq!(stage.backend.remind_invitees().await.unwrap(), 1);
    let ada = stage.again("ada@example.test").await;
    stage.backend.resend_invitation(&ada, ben).await.unwrap();
    assert_eq!(stage.backend.remind_invitees().await.unwrap(), 0);
    stage.advance(Duration::days(5));
    assert_eq!(stage.backend.remind_invitees().await.unwrap(), 1);
}

#[sqlx::test]
async fn whoever_invited_is_told_once_of_all_that_ended(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let grace = stage.colleague(&ada, "grace@example.test", &["admin"]).await;
    stage.invite(&ada, "ben@example.test", &[]).await;
    stage.advance(Duration::hours(1));
    for n in 0..25 {
        stage.invite(&grace, &format!("p{n:02}@example.test"), &[]).await;
    }
    let post = Post::open(&stage).await;
    let before = post.texts(&stage, "ada@example.test").await.len();
    stage.advance(Duration::days(7) - Duration::HOUR);
    assert_eq!(stage.backend.tell_inviters().await.unwrap(), 1);
    let told = post.texts(&stage, "ada@example.test").await;
    assert_eq!(told.len(), before + 1);
    assert!(
        told[before].contains("ben@example.test did not accept your invitation"),
        "{}",
        told[before]
    );
    stage.advance(Duration::HOUR);
    assert_eq!(stage.backend.tell_inviters().await.unwrap(), 1);
    assert_eq!(stage.backend.tell_inviters().await.unwrap(), 0);
    let told = post.texts(&stage, "grace@example.test").await.pop().unwrap();
    assert!(
        told.contains("p00@example.test") && told.contains("and 5 more"),
        "{told}"
    );
    let recorded: Vec<i64> = sqlx::query_scalar(
        "select jsonb_array_length(after -> 'expired')::bigint from audit where action = 'invitations.tell_inviter' order by id",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    assert_eq!(recorded, [1, 25]);
}

#[sqlx::test]
async fn nobody_is_told_who_is_out_or_of_what_is_no_news(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let grace = stage.colleague(&ada, "grace@example.test", &["admin"]).await;
    stage.invite(&grace, "ben@example.test", &[]).await;
    stage.backend.deactivate_user(&ada, grace.user, "").await.unwrap();
    assert_eq!(stage.backend.tell_inviters().await.unwrap(), 0);
    stage.invite(&ada, "cleo@example.test", &[]).await;
    stage.advance(Duration::days(14));
    assert_eq!(stage.backend.tell_inviters().await.unwrap(), 0);
    // An administrator no more: who comes is no longer theirs to know.
    let ada = stage.again("ada@example.test").await;
    let hedy = stage.colleague(&ada, "hedy@example.test", &["admin"]).await;
    stage.invite(&hedy, "dan@example.test", &[]).await;
    sqlx::query("delete from memberships where user_id = $1")
        .bind(hedy.user.0)
        .execute(&pool)
        .await
        .unwrap();
    stage.advance(Duration::days(7));
    assert_eq!(stage.backend.tell_inviters().await.unwrap(), 0);
}

#[sqlx::test]
async fn of_two_servers_one_reminds_and_one_tells(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    for n in 0..10 {
        stage.invite(&ada, &format!("p{n}@example.test"), &[]).await;
    }
    stage.advance(Duration::days(6));
    let (one, two) = (stage.backend.clone(), stage.backend.clone());
    let (one, two) = tokio::join!(one.remind_invitees(), two.remind_invitees());
    assert_eq!(one.unwrap() + two.unwrap(), 10);
    stage.advance(Duration::days(1));
    let (one, two) = (stage.backend.clone(), stage.backend.clone());
    let (one, two) = tokio::join!(one.tell_inviters(), two.tell_inviters());
    assert_eq!(one.unwrap() + two.unwrap(), 1);
}
