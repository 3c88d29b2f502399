//! The SQL of the lines of lists.

use crate::{Error, Result, caller::Permit, database::Tx, jobs::Lease};
use domain::{
    bulk_invitations::{Counts, Outcome, Reason, Row},
    ids::{JobId, OrganizationId, UserId},
};
use serde::Serialize;
use serde_json::Value;
use sqlx::{PgExecutor, PgPool};
use uuid::Uuid;

/// A line with the verdict of the dry run.
#[derive(Serialize)]
pub(in crate::bulk_invitations) struct Judged {
    pub line: u32,
    pub written: String,
    pub email: String,
    pub group_ids: Vec<Uuid>,
    pub group_names: Vec<String>,
    pub outcome: &'static str,
    pub reason: Option<Reason>,
}

/// A reason as the database has it.
pub(super) fn kept(reason: &Reason) -> Result<Value> {
    serde_json::to_value(reason).map_err(Error::unavailable)
}

pub(in crate::bulk_invitations) async fn save(
    tx: &mut Tx,
    permit: &Permit,
    job: JobId,
    rows: &[Judged],
) -> Result<()> {
    let rows = serde_json::to_value(rows).map_err(Error::unavailable)?;
    sqlx::query!(
        "insert into bulk_invitation_rows (organization_id, job_id, line, written, email, group_ids, group_names, outcome, reason)
         select $1, $2, line, written, email, group_ids, group_names, outcome, nullif(reason, 'null'::jsonb)
         from jsonb_to_recordset($3) as r(line integer, written text, email text, group_ids uuid[], group_names text[],
                                          outcome text, reason jsonb)",
        permit.organization.0,
        job.0,
        rows
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(in crate::bulk_invitations) async fn count(tx: &mut Tx, job: JobId) -> Result<Counts> {
    let rows = sqlx::query!(
        r#"select outcome, count(*) as "count!" from bulk_invitation_rows where job_id = $1 group by outcome"#,
        job.0
    )
    .fetch_all(&mut **tx)
    .await?;
    let of = |outcome: Outcome| {
        let row = rows.iter().find(|row| row.outcome == outcome.key());
        row.and_then(|row| u32::try_from(row.count).ok())
            .unwrap_or_default()
    };
    Ok(Counts {
        refused: of(Outcome::Refused),
        waiting: of(Outcome::Waiting),
        invited: of(Outcome::Invited),
        failed: of(Outcome::Failed),
    })
}

/// The groups of the lines that are or can be sent.
pub(in crate::bulk_invitations) async fn list_groups_to_send(
    executor: impl PgExecutor<'_>,
    job: JobId,
) -> Result<Vec<Uuid>> {
    Ok(sqlx::query_scalar!(
        r#"select distinct unnest(group_ids) as "id!" from bulk_invitation_rows
           where job_id = $1 and outcome in ('waiting', 'failed')"#,
        job.0
    )
    .fetch_all(executor)
    .await?)
}

struct ShownRow {
    line: i32,
    written: String,
    email: String,
    group_names: Vec<String>,
    outcome: String,
    reason: Option<Value>,
    user_id: Option<Uuid>,
}

impl From<ShownRow> for Row {
    fn from(row: ShownRow) -> Self {
        let outcome = Outcome::from_key(&row.outcome).unwrap_or(Outcome::Refused);
        Self {
            line: u32::try_from(row.line).unwrap_or_default(),
            written: row.written,
            email: row.email,
            groups: row.group_names,
            outcome,
            // One that a newer program wrote has no sentence here.
            reason: row.reason.and_then(|reason| serde_json::from_value(reason).ok()),
            user: row.user_id.map(UserId),
        }
    }
}

/// The first lines with these outcomes.
pub(in crate::bulk_invitations) async fn list(
    pool: &PgPool,
    organization: OrganizationId,
    job: JobId,
    outcomes: &[Outcome],
    most: usize,
) -> Result<Vec<Row>> {
    let keys: Vec<String> = outcomes.iter().map(|outcome| outcome.key().to_owned()).collect();
    let rows = sqlx::query_as!(
        ShownRow,
        "select line, written, email, group_names, outcome, reason, user_id from bulk_invitation_rows
         where organization_id = $1 and job_id = $2 and outcome = any($3) order by line limit $4",
        organization.0,
        job.0,
        &keys,
        i64::try_from(most).unwrap_or(i64::MAX)
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// A line that is to be sent.
pub(in crate::bulk_invitations) struct Waiting {
    pub line: i32,
    pub email: String,
    pub group_ids: Vec<Uuid>,
}

pub(in crate::bulk_invitations) async fn lock_next(tx: &mut Tx, lease: &Lease) -> Result<Option<Waiting>> {
    Ok(sqlx::query_as!(
        Waiting,
        "select line, email, group_ids from bulk_invitation_rows
         where job_id = $1 and outcome = 'waiting' order by line limit 1 for update",
        lease.job.0
    )
    .fetch_optional(&mut **tx)
    .await?)
}

pub(in crate::bulk_invitations) async fn save_invited(
    tx: &mut Tx,
    _permit: &Permit,
    (lease, line): (&Lease, i32),
    user: UserId,
) -> Result<()> {
    sqlx::query!(
        "update bulk_invitation_rows set outcome = 'invited', user_id = $3 where job_id = $1 and line = $2",
        lease.job.0,
        line,
        user.0
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(in crate::bulk_invitations) async fn save_failed(
    tx: &mut Tx,
    _permit: &Permit,
    (lease, line): (&Lease, i32),
    reason: &Reason,
) -> Result<()> {
    sqlx::query!(
        "update bulk_invitation_rows set outcome = 'failed', reason = $3 where job_id = $1 and line = $2",
        lease.job.0,
        line,
        kept(reason)?
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// All that wait fail for one reason.
pub(in crate::bulk_invitations) async fn save_rest_failed(
    tx: &mut Tx,
    _permit: &Permit,
    lease: &Lease,
    reason: &Reason,
) -> Result<()> {
    sqlx::query!(
        "update bulk_invitation_rows set outcome = 'failed', reason = $2 where job_id = $1 and outcome = 'waiting'",
        lease.job.0,
        kept(reason)?
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// What has failed waits again.
pub(in crate::bulk_invitations) async fn save_waiting_again(
    tx: &mut Tx,
    permit: &Permit,
    job: JobId,
) -> Result<()> {
    sqlx::query!(
        "update bulk_invitation_rows set outcome = 'waiting', reason = null
         where organization_id = $1 and job_id = $2 and outcome = 'failed'",
        permit.organization.0,
        job.0
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
