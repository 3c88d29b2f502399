//! Several workers, stalled ones, dead ones.

use super::{Post, eventually, row};
use crate::mail::{store, testing::Rule, withdraw_of_invitation};
use sqlx::PgPool;
use std::{collections::HashSet, time::Duration as Wait};
use time::Duration;
use tokio::sync::oneshot;

#[sqlx::test]
async fn mail_06_a_stalled_mail_server_holds_neither_other_mails_nor_a_transaction(pool: PgPool) {
    let post = Post::with_patience(pool, Wait::from_secs(2)).await;
    post.server.rule("ben@example.com", Rule::Stall);
    let (_, stalled) = post.invite("ben@example.com").await;
    let (_, other) = post.invite("carla@example.com").await;
    let (backend, transport) = (post.backend.clone(), post.transport.clone());
    let delivering = tokio::spawn(async move { backend.deliver_due_mails(&transport).await });

    eventually(async || post.row(other).await.unwrap().state == "sent").await;
    eventually(async || {
        post.server
            .commands()
            .iter()
            .any(|c| c.contains("RCPT TO:<ben@example.com>"))
    })
    .await;
    assert!(
        !delivering.is_finished(),
        "the other mail is still waiting for its answer"
    );
    let waiting = "pg_stat_activity where datname = current_database() and state like 'idle in transaction%'";
    assert_eq!(post.db_count(waiting).await, 0);
    assert_eq!(post.db_count("mails where leased_until is not null").await, 1);

    assert_eq!(delivering.await.unwrap().unwrap(), 1);
    assert_eq!(
        post.row(stalled).await,
        Some(row("queued", 1, Some("The mail server did not answer in time")))
    );
}

#[sqlx::test]
async fn two_workers_at_once_send_each_mail_once(pool: PgPool) {
    let post = Post::new(pool).await;
    for n in 0..25 {
        post.invite(&format!("ben{n}@example.com")).await;
    }
    let (a, b) = (post.backend.clone(), post.backend.clone());
    let (a, b) = tokio::join!(
        a.deliver_due_mails(&post.transport),
        b.deliver_due_mails(&post.transport)
    );
    assert_eq!(a.unwrap() + b.unwrap(), 25);
    let received = post.server.received();
    let recipients: HashSet<_> = received.iter().map(|mail| mail.to.clone()).collect();
    assert_eq!((received.len(), recipients.len()), (25, 25));
    assert_eq!(
        post.db_count("mails where state = 'sent' and attempts = 1").await,
        25
    );
}

#[sqlx::test]
async fn who_takes_a_mail_is_told_whether_another_is_due(pool: PgPool) {
    let post = Post::new(pool).await;
    let (now, lease) = (post.backend.now(), post.backend.settings().mail.lease);
    for n in 0..3 {
        post.notice(&format!("ben{n}@example.com")).await;
    }
    let later = post.notice("carla@example.com").await;
    sqlx::query("update mails set next_attempt_at = $2 where id = $1")
        .bind(later.0)
        .bind(now + Duration::MINUTE)
        .execute(&post.backend.pool)
        .await
        .unwrap();
    let mut more = Vec::new();
    while let Some(mail) = store::lease_due(&post.backend.pool, now, now + lease)
        .await
        .unwrap()
    {
        more.push(mail.more);
    }
    assert_eq!(more, [true, true, false]);
}

#[sqlx::test]
async fn the_mail_of_a_dead_worker_is_taken_over_when_its_lease_ends(pool: PgPool) {
    let post = Post::new(pool).await;
    let mail = post.notice("ben@example.com").await;
    let (now, lease) = (post.backend.now(), post.backend.settings().mail.lease);
    let dead = store::lease_due(&post.backend.pool, now, now + lease)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(dead.id, mail);
    post.move_clock(lease - Duration::seconds(1));
    assert_eq!(post.deliver().await, 0);
    post.move_clock(Duration::seconds(1));
    assert_eq!(post.deliver().await, 1);
    assert_eq!(post.row(mail).await, Some(row("sent", 2, None)));
}

#[sqlx::test]
async fn a_worker_that_comes_late_does_not_undo_what_another_did(pool: PgPool) {
    let post = Post::new(pool).await;
    let mail = post.notice("ben@example.com").await;
    let (pool, lease) = (&post.backend.pool, post.backend.settings().mail.lease);
    let now = post.backend.now();
    let late = store::lease_due(pool, now, now + lease).await.unwrap().unwrap();
    let now = now + lease;
    let other = store::lease_due(pool, now, now + lease).await.unwrap().unwrap();

    store::save_failure(pool, &late, "late", now, None).await.unwrap();
    assert_eq!(
        post.row(mail).await,
        Some(row("queued", 2, None)),
        "the mail is the other's by now"
    );
    store::save_sent(pool, &late, now).await.unwrap();
    assert_eq!(
        post.row(mail).await,
        Some(row("sent", 2, None)),
        "it left, whoever has it"
    );
    store::save_failure(pool, &other, "refused", now, None)
        .await
        .unwrap();
    assert_eq!(post.row(mail).await, Some(row("sent", 2, None)));
}

/// As resending and cancelling do: the invitation is locked, then the mail is taken back, while a worker has it.
#[sqlx::test]
async fn a_mail_that_is_taken_back_from_a_worker_gets_no_link(pool: PgPool) {
    let post = Post::new(pool).await;
    let (invitation, mail) = post.invite("ben@example.com").await;
    let mut tx = post.begin().await;
    sqlx::query("select from invitations where id = $1 for update")
        .bind(invitation.0)
        .execute(&mut *tx)
        .await
        .unwrap();
    let (backend, transport) = (post.backend.clone(), post.transport.clone());
    let delivering = tokio::spawn(async move { backend.deliver_due_mails(&transport).await });
    eventually(async || post.db_count("mails where leased_until is not null").await == 1).await;
    withdraw_of_invitation(&mut tx, &post.permit, invitation)
        .await
        .unwrap();
    tx.commit().await.unwrap();

    assert_eq!(delivering.await.unwrap().unwrap(), 0);
    assert_eq!(post.row(mail).await, None);
    assert_eq!(post.db_count("invitation_links").await, 0);
    assert!(post.server.received().is_empty());
}

#[sqlx::test]
async fn a_mail_of_a_newer_program_waits_and_holds_nobody_up(pool: PgPool) {
    let post = Post::new(pool).await;
    let newer = post.notice("ben@example.com").await;
    sqlx::query(r#"update mails set message = '{"kind": "from_the_future"}'"#)
        .execute(&post.backend.pool)
        .await
        .unwrap();
    post.notice("carla@example.com").await;
    assert_eq!(post.deliver().await, 1);
    assert_eq!(
        post.row(newer).await,
        Some(row("queued", 1, Some("Another version of Usher sends it")))
    );
}

#[sqlx::test]
async fn the_worker_wakes_when_the_bell_rings_and_finishes_what_it_has(pool: PgPool) {
    let post = Post::new(pool).await;
    let (stop, stopped) = oneshot::channel::<()>();
    let worker = post
        .backend
        .clone()
        .run_mail_worker(post.transport.clone(), async {
            let _ = stopped.await;
        });
    let worker = tokio::spawn(worker);
    for n in 0..10 {
        post.notice(&format!("ben{n}@example.com")).await;
    }
    post.backend.mail_bell.notify_one();
    eventually(async || post.server.received().len() == 10).await;

    post.server.rule(
        "carla@example.com",
        Rule::Times(1, "451 4.3.0 Try again later".into()),
    );
    let last = post.notice("carla@example.com").await;
    post.backend.mail_bell.notify_one();
    eventually(async || post.db_count("mails where attempts > 0").await == 11).await;
    stop.send(()).unwrap();
    worker.await.unwrap();
    assert_eq!(
        post.row(last).await,
        Some(row("queued", 1, Some("451 4.3.0 Try again later")))
    );
    assert_eq!(
        post.db_count("mails where leased_until is not null").await,
        0,
        "nothing is left in hand"
    );
}
