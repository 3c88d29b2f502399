//! The SQL of jobs. Saying yes to one wants a permit; the worker's own bookkeeping needs none, because it decides nothing.

use super::{LEASE, Lease};
use crate::{Caller, Result, caller::Permit, database::Tx};
use domain::ids::{JobId, OrganizationId, UserId};
use sqlx::PgPool;
use time::{Duration, OffsetDateTime};

/// Takes the job that has waited longest and that nobody has. A lease that ends later than any can was given before the
/// clock was set back.
pub(super) async fn lease_next(pool: &PgPool, now: OffsetDateTime, lease: Duration) -> Result<Option<Lease>> {
    let until = now + lease;
    let row = sqlx::query!(
        "update jobs set leased_until = $2
         where id = (
             select id from jobs
             where state = 'running' and (leased_until is null or leased_until <= $1 or leased_until > $3)
             order by started_at
             limit 1
             for update skip locked
         )
         returning id, organization_id",
        now,
        until,
        until + lease
    )
    .fetch_optional(pool)
    .await?;
    Ok(row.map(|row| Lease {
        job: JobId(row.id),
        organization: OrganizationId(row.organization_id),
        until,
    }))
}

/// Holds a job for one step of its work, if this server still has it. Goes on with a lease that is half over.
pub(crate) async fn hold(tx: &mut Tx, lease: &mut Lease, now: OffsetDateTime) -> Result<bool> {
    let held = sqlx::query_scalar!(
        "select id from jobs where id = $1 and state = 'running' and leased_until = $2 for update",
        lease.job.0,
        lease.until
    )
    .fetch_optional(&mut **tx)
    .await?;
    if held.is_none() {
        return Ok(false);
    }
    if lease.until - now < LEASE / 2 {
        let until = now + LEASE;
        sqlx::query!(
            "update jobs set leased_until = $2 where id = $1",
            lease.job.0,
            until
        )
        .execute(&mut **tx)
        .await?;
        lease.until = until;
    }
    Ok(true)
}

/// Lets another server have it.
pub(super) async fn release(pool: &PgPool, lease: &Lease) -> Result<()> {
    sqlx::query!(
        "update jobs set leased_until = null where id = $1 and leased_until = $2",
        lease.job.0,
        lease.until
    )
    .execute(pool)
    .await?;
    Ok(())
}

pub(crate) async fn save_done(tx: &mut Tx, lease: &Lease, now: OffsetDateTime) -> Result<()> {
    sqlx::query!(
        "update jobs set state = 'done', finished_at = $2, leased_until = null where id = $1",
        lease.job.0,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Nobody has said yes to it.
pub(crate) async fn save_draft(
    tx: &mut Tx,
    permit: &Permit,
    (job, by): (JobId, UserId),
    now: OffsetDateTime,
) -> Result<()> {
    sqlx::query!(
        "insert into jobs (id, organization_id, kind, started_by, created_at) values ($1, $2, 'bulk_invitation', $3, $4)",
        job.0,
        permit.organization.0,
        by.0,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// In the name of whoever says yes.
pub(crate) async fn save_started(
    tx: &mut Tx,
    permit: &Permit,
    job: JobId,
    caller: &Caller,
    now: OffsetDateTime,
) -> Result<()> {
    sqlx::query!(
        "update jobs set state = 'running', started_by = $3, started_as = $6, started_at = $5, proved_at = $4, finished_at = null
         where organization_id = $1 and id = $2",
        permit.organization.0,
        job.0,
        caller.user.0,
        caller.proved_at,
        now,
        caller.label()
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(crate) async fn delete_draft(tx: &mut Tx, permit: &Permit, job: JobId) -> Result<()> {
    sqlx::query!(
        "delete from jobs where organization_id = $1 and id = $2 and state = 'draft'",
        permit.organization.0,
        job.0
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Keeps the newest few drafts of a person.
pub(crate) async fn delete_drafts_but(tx: &mut Tx, permit: &Permit, user: UserId, newest: i64) -> Result<()> {
    sqlx::query!(
        "delete from jobs where organization_id = $1 and started_by = $2 and state = 'draft' and id not in (
             select id from jobs where organization_id = $1 and started_by = $2 and state = 'draft'
             order by id desc limit $3)",
        permit.organization.0,
        user.0,
        newest
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
