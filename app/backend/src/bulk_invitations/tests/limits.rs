//! How much a list may send, and how much it may tell.

use super::*;
use crate::settings::{Limit, Throttles};
use std::sync::Arc;

fn with(pool: PgPool, change: impl FnOnce(&mut Throttles)) -> Stage {
    let mut stage = Stage::new(pool);
    change(&mut Arc::make_mut(&mut stage.backend.settings).throttles);
    stage
}

#[sqlx::test]
async fn a_list_counts_as_a_whole_and_not_among_single_invitations(pool: PgPool) {
    let stage = with(pool.clone(), |limits| {
        limits.bulk_invitations_by_organization = Limit::new(5, Duration::minutes(1));
        limits.invitations_by_user = Limit::new(1, Duration::hours(1));
        limits.invitations_by_organization = Limit::new(1, Duration::hours(1));
    });
    let ada = stage.ada().await;
    assert_eq!(
        fault(draft(&stage, &ada, &people(6)).await),
        Fault::TooManyLines { max: 5 },
        "nobody could ever say yes to it"
    );
    started(&stage, &ada, &people(4)).await;
    stage.backend.do_due_jobs().await.unwrap();
    assert_eq!(mails(&pool).await, 4);
    let next = draft(&stage, &ada, "x@list.test\ny@list.test\nz@list.test")
        .await
        .unwrap();
    let start = || stage.backend.start_bulk_invitation(&ada, next);
    let outcome = start().await;
    let Err(Error::TooManyAttempts { wait }) = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(
        (wait, stage_of(&stage, &ada, next).await),
        (Duration::minutes(2), Of::Draft)
    );
    stage.backend.invite(&ada, "single@list.test", &[]).await.unwrap();
    stage.advance(wait);
    start().await.unwrap();
    stage.backend.do_due_jobs().await.unwrap();
    assert_eq!(mails(&pool).await, 8);
}

#[sqlx::test]
async fn an_address_that_was_sent_many_mails_is_passed_over(pool: PgPool) {
    let stage = with(pool.clone(), |limits| {
        limits.mails_to_address = Limit::new(1, Duration::hours(1));
    });
    let ada = stage.ada().await;
    let x = stage.backend.invite(&ada, "x@list.test", &[]).await.unwrap();
    stage.backend.cancel_invitation(&ada, x).await.unwrap();
    let job = started(&stage, &ada, "x@list.test\ny@list.test").await;
    stage.backend.do_due_jobs().await.unwrap();
    assert_eq!(reason(&stage, &ada, job, 1).await, Some(Reason::TooManyMails));
    assert_eq!(counts(&stage, &ada, job).await.invited, 1);
    stage.advance(Duration::hours(1));
    stage.backend.retry_bulk_invitation(&ada, job).await.unwrap();
    stage.backend.do_due_jobs().await.unwrap();
    assert_eq!(counts(&stage, &ada, job).await.invited, 2);
}

#[sqlx::test]
async fn inv_09_a_list_tells_no_more_often_that_an_address_is_taken_than_single_invitations(pool: PgPool) {
    let stage = with(pool, |limits| {
        limits.taken_addresses = Limit::new(2, Duration::hours(1));
    });
    let ada = stage.ada().await;
    for n in 1..=4 {
        stage.founder("Others", &format!("taken{n}@other.test")).await;
    }
    let list = "free1@list.test\ntaken1@other.test\nada@example.test\ntaken2@other.test\ntaken3@other.test\nfree2@list.test\n";
    let job = draft(&stage, &ada, list).await.unwrap();
    let reasons: Vec<_> = rows(&stage, &ada, job)
        .await
        .into_iter()
        .map(|row| row.reason)
        .collect();
    let taken = Some(Reason::Refused(Refusal::AddressTaken));
    let unsaid = Some(Reason::TooManyTaken);
    assert_eq!(
        reasons,
        [
            None,
            taken.clone(),
            Some(Reason::Refused(Refusal::AlreadyMember)),
            taken.clone(),
            unsaid.clone(),
            unsaid.clone()
        ]
    );
    // With nothing left free and taken are one answer, in another list too, and singly.
    let next = draft(&stage, &ada, "free3@list.test\ntaken4@other.test")
        .await
        .unwrap();
    for row in rows(&stage, &ada, next).await {
        assert_eq!(row.reason, unsaid);
    }
    for email in ["free3@list.test", "taken4@other.test"] {
        let single = stage.backend.invite(&ada, email, &[]).await;
        assert!(matches!(single, Err(Error::TooManyAttempts { .. })), "{single:?}");
    }
    // What was free is sent all the same, and a dry run of free addresses costs nothing.
    stage.backend.start_bulk_invitation(&ada, job).await.unwrap();
    stage.backend.do_due_jobs().await.unwrap();
    assert_eq!(counts(&stage, &ada, job).await.invited, 1);
    stage.advance(Duration::hours(1));
    for _ in 0..3 {
        let free = draft(&stage, &ada, "free3@list.test").await.unwrap();
        assert_eq!(reason(&stage, &ada, free, 1).await, None);
    }
    let one = draft(&stage, &ada, "free3@list.test\ntaken4@other.test")
        .await
        .unwrap();
    assert_eq!(reason(&stage, &ada, one, 2).await, taken);
}

#[sqlx::test]
async fn an_address_that_comes_to_belong_to_others_after_the_dry_run_fails(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let job = started(&stage, &ada, "x@list.test").await;
    stage.founder("Others", "x@list.test").await;
    stage.backend.do_due_jobs().await.unwrap();
    let taken = Some(Reason::Refused(Refusal::AddressTaken));
    assert_eq!(reason(&stage, &ada, job, 1).await, taken);
}
