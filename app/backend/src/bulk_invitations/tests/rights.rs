//! Who may make, see, start and go on with a list.

use super::*;
use crate::{access::Intent, jobs::Lease, secret::Token, testing::client};

fn is_forbidden<T>(outcome: &Result<T>) -> bool {
    matches!(outcome, Err(Error::Forbidden { .. }))
}

fn is_not_found<T>(outcome: &Result<T>) -> bool {
    matches!(outcome, Err(Error::NotFound))
}

/// A list of Ben's of which two lines are sent, and who has it in hand.
async fn half_sent(stage: &Stage, ben: &Caller) -> (JobId, Lease) {
    let job = started(stage, ben, &people(5)).await;
    let mut lease = stage.backend.lease_job().await.unwrap().unwrap();
    for _ in 0..2 {
        assert!(stage.backend.send_next_of_list(&mut lease).await.unwrap());
    }
    (job, lease)
}

/// The rest failed, and is sent by somebody else's yes.
async fn is_given_up_and_sent_by(stage: &Stage, ada: &Caller, job: JobId, mut lease: Lease, pool: &PgPool) {
    assert!(!stage.backend.send_next_of_list(&mut lease).await.unwrap());
    let seen = stage.backend.watch_bulk_invitation(ada, job).await.unwrap();
    assert_eq!(seen.stage, Of::Done);
    assert_eq!((seen.counts.invited, seen.counts.failed), (2, 3));
    assert_eq!(reason(stage, ada, job, 3).await, Some(Reason::MayNotInvite));
    assert_eq!(mails(pool).await, 2);
    stage.backend.retry_bulk_invitation(ada, job).await.unwrap();
    stage.backend.do_due_jobs().await.unwrap();
    assert_eq!(counts(stage, ada, job).await.invited, 5);
    let by_ada = "select count(*) from invitations i join users u on u.id = i.invited_by
                  where i.email like '%@list.test' and u.email = 'ada@example.test'";
    assert_eq!(db_count(pool, by_ada).await, 3);
}

#[sqlx::test]
async fn somebody_who_is_deactivated_in_the_midst_sends_no_more(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let ben = stage.colleague(&ada, "ben@example.test", &["admin"]).await;
    let (job, lease) = half_sent(&stage, &ben).await;
    stage.backend.deactivate_user(&ada, ben.user, "").await.unwrap();
    is_given_up_and_sent_by(&stage, &ada, job, lease, &pool).await;
}

#[sqlx::test]
async fn somebody_who_loses_the_role_in_the_midst_sends_no_more(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let ben = stage.colleague(&ada, "ben@example.test", &["admin"]).await;
    let (job, lease) = half_sent(&stage, &ben).await;
    let groups = stage.backend.list_groups(&ada).await.unwrap();
    let admin = groups.iter().find(|group| group.name == "admin").unwrap().id;
    stage
        .backend
        .remove_members(&ada, admin, &[ben.user], Intent::Confirmed)
        .await
        .unwrap();
    is_given_up_and_sent_by(&stage, &ada, job, lease, &pool).await;
    // Who signed out meanwhile is no such person: the page may be closed.
    let ada = stage.again("ada@example.test").await;
    let list = started(&stage, &ada, "late@list.test").await;
    stage.backend.sign_out(&ada).await.unwrap();
    stage.backend.do_due_jobs().await.unwrap();
    let ada = stage.again("ada@example.test").await;
    assert_eq!(counts(&stage, &ada, list).await.invited, 1);
}

#[sqlx::test]
async fn a_list_of_an_organization_that_is_closed_ends(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    stage.ada().await;
    let eve = stage.founder("Others", "eve@other.test").await;
    let job = started(&stage, &eve, &people(2)).await;
    stage
        .backend
        .close_organization(&client(), eve.org_id.as_str())
        .await
        .unwrap();
    stage.backend.do_due_jobs().await.unwrap();
    assert_eq!((mails(&pool).await, invited(&pool).await), (0, 0));
    let state: String = sqlx::query_scalar("select state from jobs where id = $1")
        .bind(job.0)
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(state, "done");
}

#[sqlx::test]
async fn only_who_may_invite_and_nobody_of_another_organization_reaches_a_list(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let viewer = stage.colleague(&ada, "vera@example.test", &["read"]).await;
    let eve = stage.founder("Others", "eve@other.test").await;
    let ben = stage.colleague(&ada, "ben@example.test", &["admin"]).await;
    let backend = &stage.backend;
    assert!(is_forbidden(&draft(&stage, &viewer, "x@list.test").await));
    assert!(is_forbidden(&backend.list_bulk_invitations(&viewer).await));
    let job = draft(&stage, &ada, &people(2)).await.unwrap();
    for (caller, refused) in [
        (&viewer, is_forbidden as fn(&Result<()>) -> bool),
        (&eve, is_not_found),
        // A draft is its maker's.
        (&ben, is_not_found),
    ] {
        assert!(refused(&backend.start_bulk_invitation(caller, job).await));
        assert!(refused(&backend.retry_bulk_invitation(caller, job).await));
        assert!(refused(
            &backend.find_bulk_invitation(caller, job).await.map(|_| ())
        ));
        assert!(refused(
            &backend.watch_bulk_invitation(caller, job).await.map(|_| ())
        ));
        assert!(refused(
            &backend.export_bulk_invitation(caller, job).await.map(|_| ())
        ));
    }
    for caller in [&eve, &ben] {
        backend.drop_bulk_invitation(caller, job).await.unwrap();
        assert!(
            backend
                .list_bulk_invitations(caller)
                .await
                .unwrap()
                .lists
                .is_empty()
        );
    }
    assert_eq!(backend.list_bulk_invitations(&ada).await.unwrap().lists.len(), 1);
    backend.start_bulk_invitation(&ada, job).await.unwrap();
    backend.do_due_jobs().await.unwrap();
    // Once it is sent, the other administrators of the organization see it, and nobody else.
    assert_eq!(counts(&stage, &ben, job).await.invited, 2);
    assert_eq!(
        backend.list_bulk_invitations(&ben).await.unwrap().lists[0].by,
        ada.name()
    );
    assert!(is_not_found(&backend.find_bulk_invitation(&eve, job).await));
    assert!(is_not_found(&backend.retry_bulk_invitation(&eve, job).await));
    assert!(
        backend
            .list_bulk_invitations(&eve)
            .await
            .unwrap()
            .lists
            .is_empty()
    );
}

#[sqlx::test]
async fn whoever_looks_on_sees_nothing_after_they_were_signed_out(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let ben = stage.colleague(&ada, "ben@example.test", &["admin"]).await;
    let job = started(&stage, &ada, &people(2)).await;
    stage.backend.watch_bulk_invitation(&ben, job).await.unwrap();
    stage.backend.deactivate_user(&ada, ben.user, "").await.unwrap();
    let seen = stage.backend.watch_bulk_invitation(&ben, job).await;
    assert!(matches!(seen, Err(Error::SignedOut)), "{seen:?}");
}

#[sqlx::test]
async fn a_list_that_makes_administrators_wants_a_recent_proof(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let job = draft(&stage, &ada, "x@list.test,admin\ny@list.test")
        .await
        .unwrap();
    stage.advance(Duration::hours(1));
    assert!(
        stage
            .backend
            .find_bulk_invitation(&ada, job)
            .await
            .unwrap()
            .wants_proof
    );
    let outcome = stage.backend.start_bulk_invitation(&ada, job).await;
    assert_eq!(fault(outcome), Fault::ProofWanted);
    assert_eq!(stage_of(&stage, &ada, job).await, Of::Draft);
    let ada = stage.again("ada@example.test").await;
    assert!(
        !stage
            .backend
            .find_bulk_invitation(&ada, job)
            .await
            .unwrap()
            .wants_proof
    );
    stage.backend.start_bulk_invitation(&ada, job).await.unwrap();
    // However long it takes until it is sent.
    stage.advance(Duration::hours(1));
    stage.backend.do_due_jobs().await.unwrap();
    assert_eq!(mails(&pool).await, 2);
}

#[sqlx::test]
async fn a_group_that_comes_to_make_administrators_after_the_yes_is_not_given(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    stage.backend.create_group(&ada, "Ops", "").await.unwrap();
    stage.advance(Duration::hours(1));
    let job = started(&stage, &ada, "x@list.test,Ops\ny@list.test").await;
    // As a policy that is changed meanwhile would.
    sqlx::query(
        "insert into given_roles (organization_id, group_id, role) select organization_id, id, 'iam-admin' from groups where name = 'Ops'",
    )
    .execute(&pool)
    .await
    .unwrap();
    stage.backend.do_due_jobs().await.unwrap();
    assert_eq!(
        reason(&stage, &ada, job, 1).await,
        Some(Reason::MakesAdministrator)
    );
    assert_eq!(mails(&pool).await, 1);
    let again = stage.backend.retry_bulk_invitation(&ada, job).await;
    assert_eq!(fault(again), Fault::ProofWanted);
    let ada = stage.again("ada@example.test").await;
    stage.backend.retry_bulk_invitation(&ada, job).await.unwrap();
    stage.backend.do_due_jobs().await.unwrap();
    assert_eq!(mails(&pool).await, 2);
}

#[sqlx::test]
async fn a_sign_in_that_was_not_theirs_ends_what_it_began(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let ben = stage.colleague(&ada, "ben@example.test", &["admin"]).await;
    let running = started(&stage, &ben, &people(3)).await;
    draft(&stage, &ben, "late@list.test").await.unwrap();
    let of_ada = draft(&stage, &ada, "other@list.test").await.unwrap();
    let report = Token::presented("of Ben");
    sqlx::query(
        "insert into sign_in_reports (token_hash, organization_id, user_id, device, address, signed_in_at, created_at, expires_at)
         values ($1, $2, $3, '', '', $4, $4, $4 + interval '1 day')",
    )
    .bind(report.hash().to_vec())
    .bind(ben.organization.0)
    .bind(ben.user.0)
    .bind(stage.backend.now())
    .execute(&pool)
    .await
    .unwrap();
    stage.backend.report_sign_in(&client(), &report).await.unwrap();
    stage.backend.do_due_jobs().await.unwrap();
    assert_eq!(mails(&pool).await, 0);
    assert_eq!(counts(&stage, &ada, running).await.failed, 3);
    assert_eq!(
        db_count(&pool, "select count(*) from jobs where state = 'draft'").await,
        1
    );
    assert_eq!(stage_of(&stage, &ada, of_ada).await, Of::Draft);
}

#[sqlx::test]
async fn the_log_names_the_token_of_each_line_that_was_sent_by_one(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let made = stage.backend.create_token(&ada, "Onboarding", "never", "").await;
    let found = stage.backend.find_caller(made.unwrap().expose(), client()).await;
    let by_token = found.unwrap().unwrap();
    started(&stage, &by_token, "x@list.test\ny@list.test").await;
    stage.backend.do_due_jobs().await.unwrap();
    let by_it = "select count(*) from audit where actor_label = 'ada@example.test, by the token Onboarding'
                 and action in ('invitations.create', 'invitations.start_many', 'invitations.finish_many')";
    assert_eq!(db_count(&pool, by_it).await, 4);
}
