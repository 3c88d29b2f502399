//! The SQL of lists of invitations: each is a job with its lines.

pub(super) mod rows;

use crate::{Error, Result, caller::Permit, database::Tx};
use domain::{
    bulk_invitations::{Counts, Listed, Progress, Stage},
    ids::{JobId, OrganizationId, UserId},
};
use sqlx::{PgExecutor, PgPool};
use time::OffsetDateTime;
use uuid::Uuid;

/// A list before an act, held.
pub(super) struct Held {
    pub stage: Stage,
    pub by: UserId,
}

struct HeldRow {
    state: String,
    started_by: Uuid,
}

fn stage(state: &str) -> Stage {
    match state {
        "draft" => Stage::Draft,
        "running" => Stage::Running,
        _ => Stage::Done,
    }
}

pub(super) async fn lock(tx: &mut Tx, organization: OrganizationId, job: JobId) -> Result<Option<Held>> {
    let row = sqlx::query_as!(
        HeldRow,
        "select state, started_by from jobs where organization_id = $1 and id = $2 and kind = 'bulk_invitation' for update",
        organization.0,
        job.0
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(|row| Held {
        stage: stage(&row.state),
        by: UserId(row.started_by),
    }))
}

struct ListedRow {
    id: Uuid,
    state: String,
    by: String,
    at: OffsetDateTime,
    refused: i64,
    waiting: i64,
    invited: i64,
    failed: i64,
}

impl From<ListedRow> for Listed {
    fn from(row: ListedRow) -> Self {
        // Lists have a thousand lines at most.
        let count = |count: i64| u32::try_from(count).unwrap_or_default();
        Self {
            id: JobId(row.id),
            progress: Progress {
                stage: stage(&row.state),
                counts: Counts {
                    refused: count(row.refused),
                    waiting: count(row.waiting),
                    invited: count(row.invited),
                    failed: count(row.failed),
                },
            },
            by: row.by,
            at: row.at.into(),
        }
    }
}

/// The newest lists that a person sees: drafts are their maker's alone.
pub(super) async fn list(
    pool: &PgPool,
    organization: OrganizationId,
    viewer: UserId,
    most: i64,
) -> Result<Vec<Listed>> {
    let rows = sqlx::query_as!(
        ListedRow,
        r#"select j.id, j.state, u.first_name || ' ' || u.last_name as "by!", coalesce(j.started_at, j.created_at) as "at!",
                  r.refused as "refused!", r.waiting as "waiting!", r.invited as "invited!", r.failed as "failed!"
           from (select * from jobs where organization_id = $1 and kind = 'bulk_invitation'
                    and (state <> 'draft' or started_by = $2) order by id desc limit $3) j
           join users u on u.id = j.started_by
           cross join lateral (
               select count(*) filter (where outcome = 'refused') as refused, count(*) filter (where outcome = 'waiting') as waiting,
                      count(*) filter (where outcome = 'invited') as invited, count(*) filter (where outcome = 'failed') as failed
               from bulk_invitation_rows where job_id = j.id) r
           order by j.id desc"#,
        organization.0,
        viewer.0,
        most
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

pub(super) async fn find(
    executor: impl PgExecutor<'_>,
    organization: OrganizationId,
    viewer: UserId,
    job: JobId,
) -> Result<Option<Listed>> {
    let row = sqlx::query_as!(
        ListedRow,
        r#"select j.id, j.state, u.first_name || ' ' || u.last_name as "by!", coalesce(j.started_at, j.created_at) as "at!",
                  r.refused as "refused!", r.waiting as "waiting!", r.invited as "invited!", r.failed as "failed!"
           from jobs j
           join users u on u.id = j.started_by
           cross join lateral (
               select count(*) filter (where outcome = 'refused') as refused, count(*) filter (where outcome = 'waiting') as waiting,
                      count(*) filter (where outcome = 'invited') as invited, count(*) filter (where outcome = 'failed') as failed
               from bulk_invitation_rows where job_id = j.id) r
           where j.organization_id = $1 and j.id = $3 and j.kind = 'bulk_invitation'
             and (j.state <> 'draft' or j.started_by = $2)"#,
        organization.0,
        viewer.0,
        job.0
    )
    .fetch_optional(executor)
    .await?;
    Ok(row.map(Into::into))
}

/// Whoever said yes to a list last.
pub(super) struct Sender {
    pub id: Uuid,
    /// As the audit log calls them.
    pub label: String,
    pub name: String,
    /// Of the organization.
    pub organization: String,
    pub started_at: OffsetDateTime,
    /// When they had last proved who they are.
    pub proved_at: OffsetDateTime,
}

pub(super) async fn find_sender(pool: &PgPool, job: JobId) -> Result<Option<Sender>> {
    Ok(sqlx::query_as!(
        Sender,
        r#"select u.id, coalesce(nullif(j.started_as, ''), u.email) as "label!", u.first_name || ' ' || u.last_name as "name!", o.name as organization,
                  j.started_at as "started_at!", j.proved_at as "proved_at!"
           from jobs j join users u on u.id = j.started_by join organizations o on o.id = j.organization_id
           where j.id = $1 and j.state = 'running'"#,
        job.0
    )
    .fetch_optional(pool)
    .await?)
}

/// What was begun in somebody's name and is not sent yet fails, and their drafts go.
pub(crate) async fn stop_all_of(tx: &mut Tx, permit: &Permit, user: UserId) -> Result<()> {
    let reason = rows::kept(&domain::bulk_invitations::Reason::MayNotInvite)?;
    sqlx::query!(
        "update bulk_invitation_rows set outcome = 'failed', reason = $3
         where outcome = 'waiting' and job_id in (
             select id from jobs where organization_id = $1 and started_by = $2 and state = 'running' for update)",
        permit.organization.0,
        user.0,
        reason
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "delete from jobs where organization_id = $1 and started_by = $2 and state = 'draft'",
        permit.organization.0,
        user.0
    )
    .execute(&mut **tx)
    .await
    .map_err(Error::from)?;
    Ok(())
}
