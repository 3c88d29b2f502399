//! How a list is sent: by many servers, by one that dies, and by the next one.

use super::*;
use crate::jobs::LEASE;

#[sqlx::test]
async fn many_servers_at_once_send_each_line_once(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let (one, two) = (
        started(&stage, &ada, &people(30)).await,
        started(&stage, &ada, "x@list.test\ny@list.test\nperson1@list.test").await,
    );
    let work = || stage.backend.do_due_jobs();
    let (a, b, c) = tokio::join!(work(), work(), work());
    for outcome in [a, b, c] {
        outcome.unwrap();
    }
    // Whoever had nothing to take is gone; what was in hand is done.
    for job in [one, two] {
        assert_eq!(stage_of(&stage, &ada, job).await, Of::Done);
    }
    assert_eq!((mails(&pool).await, invited(&pool).await), (32, 32));
    let failed = counts(&stage, &ada, one).await.failed + counts(&stage, &ada, two).await.failed;
    assert_eq!(failed, 1, "one address was in both lists");
    let done = "select count(*) from audit where action = 'invitations.finish_many'";
    assert_eq!(db_count(&pool, done).await, 2);
}

#[sqlx::test]
async fn rel_03_what_a_dead_server_had_in_hand_is_taken_over_when_its_lease_ends(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let job = started(&stage, &ada, &people(10)).await;
    let mut dead = stage.backend.lease_job().await.unwrap().unwrap();
    for _ in 0..4 {
        assert!(stage.backend.send_next_of_list(&mut dead).await.unwrap());
    }
    // It dies here, between two lines. Nobody else may go on as long as it may live.
    stage.advance(LEASE - Duration::SECOND);
    stage.backend.do_due_jobs().await.unwrap();
    assert_eq!(counts(&stage, &ada, job).await.invited, 4);
    stage.advance(Duration::SECOND);
    let mut next = stage.backend.lease_job().await.unwrap().unwrap();
    assert!(stage.backend.send_next_of_list(&mut next).await.unwrap());
    // It was not dead after all: it has lost the job, and leaves it alone.
    assert!(!stage.backend.send_next_of_list(&mut dead).await.unwrap());
    assert_eq!(counts(&stage, &ada, job).await.invited, 5);
    while stage.backend.send_next_of_list(&mut next).await.unwrap() {}
    assert_eq!((mails(&pool).await, invited(&pool).await), (10, 10));
    assert_eq!(stage_of(&stage, &ada, job).await, Of::Done);
}

#[sqlx::test]
async fn rel_03_a_line_that_was_under_way_when_its_server_died_is_sent_once(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let job = started(&stage, &ada, &people(3)).await;
    // A mail can't be queued: the transaction of the line fails in its midst, as that of a server that is killed.
    sqlx::query("alter table mails rename to elsewhere")
        .execute(&pool)
        .await
        .unwrap();
    assert!(stage.backend.do_due_jobs().await.is_err());
    assert_eq!(invited(&pool).await, 0);
    sqlx::query("alter table elsewhere rename to mails")
        .execute(&pool)
        .await
        .unwrap();
    assert_eq!(counts(&stage, &ada, job).await.waiting, 3);
    stage.advance(LEASE);
    stage.backend.do_due_jobs().await.unwrap();
    assert_eq!((mails(&pool).await, invited(&pool).await), (3, 3));
}

#[sqlx::test]
async fn whoever_goes_on_with_a_job_keeps_it(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    started(&stage, &ada, &people(6)).await;
    let mut lease = stage.backend.lease_job().await.unwrap().unwrap();
    for _ in 0..5 {
        stage.advance(LEASE * 3 / 4);
        assert!(stage.backend.send_next_of_list(&mut lease).await.unwrap());
        assert!(stage.backend.lease_job().await.unwrap().is_none());
    }
}

#[sqlx::test]
async fn a_clock_that_is_set_back_holds_no_job_up(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    started(&stage, &ada, &people(1)).await;
    stage.advance(Duration::days(1));
    assert!(stage.backend.lease_job().await.unwrap().is_some());
    stage.advance(-Duration::days(1));
    assert!(stage.backend.lease_job().await.unwrap().is_some());
    assert!(stage.backend.lease_job().await.unwrap().is_none());
}

#[sqlx::test]
async fn a_worker_hears_the_yes_stops_when_told_and_leaves_the_rest_at_once(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let worker = tokio::spawn(stage.backend.clone().run_job_worker(async {
        let _ = stopped.await;
    }));
    let job = started(&stage, &ada, &people(40)).await;
    while counts(&stage, &ada, job).await.invited == 0 {
        tokio::task::yield_now().await;
    }
    stop.send(()).unwrap();
    worker.await.unwrap();
    // The next server need not wait for a lease to end: the clock stands still.
    stage.backend.do_due_jobs().await.unwrap();
    assert_eq!(stage_of(&stage, &ada, job).await, Of::Done);
    assert_eq!((mails(&pool).await, invited(&pool).await), (40, 40));
}

#[sqlx::test]
async fn what_failed_can_be_tried_again_and_what_was_sent_is_not_sent_again(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let group = stage.backend.create_group(&ada, "Ops", "").await.unwrap();
    let job = started(&stage, &ada, "x@list.test\ny@list.test\nz@list.test,Ops\n").await;
    // Meanwhile somebody invites one of them, and deletes a group.
    let x = stage.backend.invite(&ada, "x@list.test", &[]).await.unwrap();
    stage
        .backend
        .delete_group(&ada, group, crate::access::Intent::Confirmed)
        .await
        .unwrap();
    stage.backend.do_due_jobs().await.unwrap();
    let said = |line| reason(&stage, &ada, job, line);
    assert_eq!(said(1).await, Some(Reason::Refused(Refusal::AlreadyInvited)));
    assert_eq!(said(3).await, Some(Reason::GroupGone));
    assert_eq!(mails(&pool).await, 2);

    stage.backend.cancel_invitation(&ada, x).await.unwrap();
    let again = || stage.backend.retry_bulk_invitation(&ada, job);
    let (one, two) = tokio::join!(again(), again());
    one.unwrap();
    two.unwrap();
    stage.backend.do_due_jobs().await.unwrap();
    assert_eq!(
        counts(&stage, &ada, job).await,
        Counts {
            refused: 0,
            waiting: 0,
            invited: 2,
            failed: 1
        }
    );
    assert_eq!(said(3).await, Some(Reason::GroupGone));
    let sent_to = "select count(*) from mails where recipient = 'y@list.test'";
    assert_eq!(db_count(&pool, sent_to).await, 1);
    let yeses = "select count(*) from audit where action = 'invitations.start_many'";
    assert_eq!(db_count(&pool, yeses).await, 2);
    // Whoever was invited and is taken back is no reason to forget that they were.
    let user = rows(&stage, &ada, job).await[1].user.unwrap();
    stage.backend.cancel_invitation(&ada, user).await.unwrap();
    let row = &rows(&stage, &ada, job).await[1];
    assert_eq!((row.outcome, row.user), (Outcome::Invited, None));
}

#[sqlx::test]
async fn a_list_that_can_not_be_sent_holds_up_no_other(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let broken = started(&stage, &ada, "broken@list.test").await;
    let other = started(&stage, &ada, &people(3)).await;
    sqlx::raw_sql(
        "create function break() returns trigger language plpgsql as $$ begin raise 'broken'; end $$;
         create trigger break before insert on users for each row when (new.email = 'broken@list.test')
             execute function break();",
    )
    .execute(&pool)
    .await
    .unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let worker = stage.backend.clone().run_job_worker(async {
        let _ = stopped.await;
    });
    let looks = async {
        while stage_of(&stage, &ada, other).await != Of::Done {
            tokio::task::yield_now().await;
        }
        stop.send(()).unwrap();
    };
    tokio::join!(worker, looks);
    assert_eq!(stage_of(&stage, &ada, broken).await, Of::Running);
    assert_eq!(mails(&pool).await, 3);
}
