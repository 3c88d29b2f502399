//! Lists of invitations on a real database: the dry run, the yes, and who may look on. `workers.rs` has how they are sent.

mod limits;
mod rights;
mod workers;

use crate::{Caller, Error, Result, testing::Stage};
use domain::{
    bulk_invitations::{
        Counts, List, MOST_ROWS, Outcome, Reason, Row, SHOWN_OTHERS, SHOWN_TROUBLE, Stage as Of,
    },
    field::{Fault, Faults, Field},
    ids::JobId,
    refusal::Refusal,
};
use sqlx::PgPool;
use std::fmt::Write;
use time::Duration;

async fn draft(stage: &Stage, by: &Caller, list: &str) -> Result<JobId> {
    let list = list.as_bytes();
    stage.backend.draft_bulk_invitation(by, Field::List, list).await
}

/// A list that was said yes to and is not sent yet.
async fn started(stage: &Stage, by: &Caller, list: &str) -> JobId {
    let job = draft(stage, by, list).await.unwrap();
    stage.backend.start_bulk_invitation(by, job).await.unwrap();
    job
}

async fn counts(stage: &Stage, by: &Caller, job: JobId) -> Counts {
    let progress = stage.backend.watch_bulk_invitation(by, job).await;
    progress.unwrap().counts
}

async fn stage_of(stage: &Stage, by: &Caller, job: JobId) -> Of {
    let progress = stage.backend.watch_bulk_invitation(by, job).await;
    progress.unwrap().stage
}

async fn rows(stage: &Stage, by: &Caller, job: JobId) -> Vec<Row> {
    stage.backend.export_bulk_invitation(by, job).await.unwrap().1
}

/// What is said of a line.
async fn reason(stage: &Stage, by: &Caller, job: JobId, line: u32) -> Option<Reason> {
    let row = rows(stage, by, job)
        .await
        .into_iter()
        .find(|row| row.line == line);
    row.unwrap().reason
}

/// So many good lines.
fn people(count: usize) -> String {
    (1..=count).fold(String::new(), |mut list, n| {
        let _ = writeln!(list, "person{n}@list.test");
        list
    })
}

async fn db_count(pool: &PgPool, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(pool).await.unwrap()
}

async fn mails(pool: &PgPool) -> i64 {
    db_count(
        pool,
        "select count(*) from mails where recipient like '%@list.test'",
    )
    .await
}

async fn invited(pool: &PgPool) -> i64 {
    db_count(
        pool,
        "select count(*) from users where email like '%@list.test' and status = 'invited'",
    )
    .await
}

fn refusal<T: std::fmt::Debug>(outcome: Result<T>) -> Refusal {
    match outcome {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

fn fault<T: std::fmt::Debug>(outcome: Result<T>) -> Fault {
    match outcome {
        Err(Error::Invalid(Faults(mut faults))) if faults.len() == 1 => faults.remove(0).1,
        other => panic!("{other:?}"),
    }
}

#[sqlx::test]
async fn of_a_thousand_lines_nothing_is_sent_before_the_yes_and_the_bad_ones_never(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    stage.founder("Others", "eve@other.test").await;
    let gone = stage.colleague(&ada, "gone@example.test", &[]).await;
    stage.backend.deactivate_user(&ada, gone.user, "").await.unwrap();
    stage.backend.invite(&ada, "ben@example.test", &[]).await.unwrap();
    let mut list = people(970);
    list.push_str("ada@example.test\nBEN@example.test\ngone@example.test\neve@other.test\n");
    list.push_str("nobody\nperson1@list.test\nx@list.test,No Such Group\n,write\n");
    (0..22).for_each(|n| writeln!(list, "not an address {n}").unwrap());
    let job = draft(&stage, &ada, &list).await.unwrap();

    let before = mails(&pool).await;
    assert_eq!((before, invited(&pool).await), (0, 0));
    stage.backend.do_due_jobs().await.unwrap();
    assert_eq!((mails(&pool).await, invited(&pool).await), (0, 0));
    let said = |reason: Refusal| Some(Reason::Refused(reason));
    let seen = rows(&stage, &ada, job).await;
    assert_eq!(seen.len(), 1_000);
    let reasons: Vec<_> = seen[970..979].iter().map(|row| row.reason.clone()).collect();
    assert_eq!(
        reasons,
        [
            said(Refusal::AlreadyMember),
            said(Refusal::AlreadyInvited),
            said(Refusal::MemberIsDeactivated),
            said(Refusal::AddressTaken),
            Some(Reason::NotAnAddress),
            Some(Reason::Repeats(1)),
            Some(Reason::UnknownGroups(vec!["No Such Group".into()])),
            Some(Reason::NoAddress),
            Some(Reason::NotAnAddress),
        ]
    );
    assert_eq!(seen[971].written, "BEN@example.test");
    assert_eq!(seen[999].line, 1_000);

    stage.backend.start_bulk_invitation(&ada, job).await.unwrap();
    assert_eq!(mails(&pool).await, 0, "the yes itself waits for nothing");
    stage.backend.do_due_jobs().await.unwrap();
    assert_eq!((mails(&pool).await, invited(&pool).await), (970, 970));
    assert_eq!(
        counts(&stage, &ada, job).await,
        Counts {
            refused: 30,
            waiting: 0,
            invited: 970,
            failed: 0
        }
    );
    assert_eq!(stage_of(&stage, &ada, job).await, Of::Done);
    let each = "select count(*) from audit where action = 'invitations.create' and target_label like '%@list.test' \
                and actor_label = 'ada@example.test'";
    assert_eq!(db_count(&pool, each).await, 970);
    let around = "select count(*) from audit where action in ('invitations.start_many', 'invitations.finish_many') \
                  and after ->> 'list' is not null";
    assert_eq!(db_count(&pool, around).await, 2);

    let List { trouble, others, .. } = stage.backend.find_bulk_invitation(&ada, job).await.unwrap();
    assert_eq!((trouble.len(), others.len()), (30, SHOWN_OTHERS));
    assert!(trouble.iter().all(|row| row.outcome == Outcome::Refused));
    let user = others[0].user.unwrap();
    assert_eq!(
        stage.backend.find_user(&ada, user).await.unwrap().email,
        "person1@list.test"
    );
}

#[sqlx::test]
async fn a_line_gives_the_groups_that_it_names_whatever_their_case(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let job = started(
        &stage,
        &ada,
        "email;groups\nx@list.test;WRITE|read\ny@list.test;\n",
    )
    .await;
    stage.backend.do_due_jobs().await.unwrap();
    let names = "select coalesce(string_agg(g.name, ',' order by g.name), '') from invitations i
                 left join invitation_groups x on x.invitation_id = i.id left join groups g on g.id = x.group_id
                 where i.email = $1";
    for (email, groups) in [("x@list.test", "read,write"), ("y@list.test", "")] {
        let found: String = sqlx::query_scalar(names)
            .bind(email)
            .fetch_one(&pool)
            .await
            .unwrap();
        assert_eq!(found, groups);
    }
    let seen = rows(&stage, &ada, job).await;
    assert_eq!(
        (seen[0].line, seen[0].groups.clone()),
        (2, vec!["write".to_owned(), "read".to_owned()])
    );
}

#[sqlx::test]
async fn a_list_that_is_none_is_refused_at_its_field_and_leaves_nothing(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    for (list, expected) in [
        (" \n".to_owned(), Fault::Missing),
        (people(MOST_ROWS + 1), Fault::TooManyLines { max: MOST_ROWS }),
    ] {
        assert_eq!(fault(draft(&stage, &ada, &list).await), expected);
    }
    assert_eq!(db_count(&pool, "select count(*) from jobs").await, 0);
}

#[sqlx::test]
async fn a_yes_that_is_pressed_twice_at_once_counts_once(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let job = draft(&stage, &ada, &people(5)).await.unwrap();
    let yes = || stage.backend.start_bulk_invitation(&ada, job);
    let (one, two, three) = tokio::join!(yes(), yes(), yes());
    for outcome in [one, two, three] {
        outcome.unwrap();
    }
    stage.backend.do_due_jobs().await.unwrap();
    yes().await.unwrap();
    stage.backend.do_due_jobs().await.unwrap();
    assert_eq!(mails(&pool).await, 5);
    let yeses = "select count(*) from audit where action = 'invitations.start_many'";
    assert_eq!(db_count(&pool, yeses).await, 1);
}

#[sqlx::test]
async fn nothing_is_said_yes_to_that_has_nothing_to_send(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let backend = &stage.backend;
    let bad = draft(&stage, &ada, "nobody\n").await.unwrap();
    assert_eq!(
        refusal(backend.start_bulk_invitation(&ada, bad).await),
        Refusal::NothingToSend
    );
    assert_eq!(
        refusal(backend.retry_bulk_invitation(&ada, bad).await),
        Refusal::NothingFailed
    );
    let good = started(&stage, &ada, &people(1)).await;
    backend.retry_bulk_invitation(&ada, good).await.unwrap();
    backend.do_due_jobs().await.unwrap();
    assert_eq!(
        refusal(backend.retry_bulk_invitation(&ada, good).await),
        Refusal::NothingFailed
    );
    assert_eq!(counts(&stage, &ada, good).await.invited, 1);
}

#[sqlx::test]
async fn a_draft_is_forgotten_once_and_a_list_that_is_sent_is_not(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let backend = &stage.backend;
    let job = draft(&stage, &ada, &people(2)).await.unwrap();
    for _ in 0..2 {
        backend.drop_bulk_invitation(&ada, job).await.unwrap();
    }
    assert_eq!(
        db_count(&pool, "select count(*) from bulk_invitation_rows").await,
        0
    );
    let sent = started(&stage, &ada, &people(2)).await;
    assert_eq!(
        refusal(backend.drop_bulk_invitation(&ada, sent).await),
        Refusal::ListStarted
    );
    // The newest twenty drafts of a person stay.
    for _ in 0..22 {
        draft(&stage, &ada, "x@list.test").await.unwrap();
    }
    assert_eq!(
        db_count(&pool, "select count(*) from jobs where state = 'draft'").await,
        20
    );
    assert_eq!(db_count(&pool, "select count(*) from jobs").await, 21);
}

#[sqlx::test]
async fn old_drafts_and_lists_are_tidied_up_and_one_that_is_sent_is_not(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let done = started(&stage, &ada, "x@list.test").await;
    stage.backend.do_due_jobs().await.unwrap();
    draft(&stage, &ada, "y@list.test").await.unwrap();
    started(&stage, &ada, "z@list.test").await;
    let left = "select count(*) from jobs";
    for (days, count) in [(0, 3), (6, 3), (1, 2), (22, 2), (1, 1), (100, 1)] {
        stage.advance(Duration::days(days));
        stage.backend.tidy_up().await.unwrap();
        assert_eq!(db_count(&pool, left).await, count, "after {days} days more");
    }
    assert_eq!(invited(&pool).await, 1, "who was invited by {done} stays");
}

#[sqlx::test]
async fn a_page_shows_a_part_of_a_long_list_of_bad_lines(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let bad = (0..SHOWN_TROUBLE + 7).fold(String::new(), |list, n| format!("{list}bad{n}\n"));
    let job = draft(&stage, &ada, &bad).await.unwrap();
    let list = stage.backend.find_bulk_invitation(&ada, job).await.unwrap();
    assert_eq!(list.trouble.len(), SHOWN_TROUBLE);
    assert_eq!(rows(&stage, &ada, job).await.len(), SHOWN_TROUBLE + 7);
}
