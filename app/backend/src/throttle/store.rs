//! The SQL of throttles.

use super::Bucket;
use crate::{Result, database::Tx, settings::Limit};
use sqlx::PgPool;
use time::OffsetDateTime;
use uuid::Uuid;

/// Takes so many attempts out of a bucket, all or none, in one statement, so that of many at once no more pass than are left.
///
/// The generic cell rate algorithm: `full_at` moves by `every` for each attempt and may not be further away than the
/// whole burst takes to come back. One that is far beyond that was left by a clock that was set back, and counts for
/// nothing; a little beyond is another server's clock that runs ahead.
pub(super) async fn take(tx: &mut Tx, bucket: &Bucket, count: u32, now: OffsetDateTime) -> Result<bool> {
    let taken = sqlx::query_scalar!(
        "insert into throttles as t (scope, subject, full_at) values ($1, $2, $3::timestamptz + make_interval(secs => $4))
         on conflict (scope, subject) do update
         set full_at = (case when t.full_at > $3 + 2 * make_interval(secs => $5) then $3 else greatest(t.full_at, $3) end) + make_interval(secs => $4)
         where (case when t.full_at > $3 + 2 * make_interval(secs => $5) then $3 else greatest(t.full_at, $3) end) + make_interval(secs => $4)
             <= $3 + make_interval(secs => $5)
         returning full_at",
        bucket.scope,
        &bucket.subject[..],
        now,
        (bucket.limit.every * count).as_seconds_f64(),
        bucket.limit.whole().as_seconds_f64()
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(taken.is_some())
}

/// When the whole burst is back.
pub(super) async fn find_full_at(tx: &mut Tx, bucket: &Bucket) -> Result<Option<OffsetDateTime>> {
    Ok(sqlx::query_scalar!(
        "select full_at from throttles where scope = $1 and subject = $2",
        bucket.scope,
        &bucket.subject[..]
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// Puts one attempt back. A bucket that is whole then leaves nothing behind, which would look spent to a clock that is set
/// back.
pub(super) async fn put_back(tx: &mut Tx, bucket: &Bucket, now: OffsetDateTime) -> Result<()> {
    let every = bucket.limit.every.as_seconds_f64();
    let whole = sqlx::query!(
        "delete from throttles where scope = $1 and subject = $2 and full_at - make_interval(secs => $3) <= $4",
        bucket.scope,
        &bucket.subject[..],
        every,
        now
    )
    .execute(&mut **tx)
    .await?;
    if whole.rows_affected() > 0 {
        return Ok(());
    }
    sqlx::query!(
        "update throttles set full_at = full_at - make_interval(secs => $3) where scope = $1 and subject = $2",
        bucket.scope,
        &bucket.subject[..],
        every
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Forgets what was spent.
pub(super) async fn delete(tx: &mut Tx, bucket: &Bucket) -> Result<()> {
    sqlx::query!(
        "delete from throttles where scope = $1 and subject = $2",
        bucket.scope,
        &bucket.subject[..]
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(super) struct Counted {
    pub(super) full_at: OffsetDateTime,
    pub(super) passed: bool,
}

/// Counts one question, as [`take`] does; one that is refused costs nothing.
pub(super) async fn count_question(
    pool: &PgPool,
    credential: Uuid,
    limit: Limit,
    now: OffsetDateTime,
) -> Result<Counted> {
    let counted = sqlx::query!(
        "insert into request_counts as c (credential, full_at, passed)
         values ($1, $2::timestamptz + make_interval(secs => $3), true)
         on conflict (credential) do update set (full_at, passed) = (
             select case when base.at + make_interval(secs => $3) <= $2 + make_interval(secs => $4)
                         then base.at + make_interval(secs => $3) else base.at end,
                    base.at + make_interval(secs => $3) <= $2 + make_interval(secs => $4)
             from (select case when c.full_at > $2 + 2 * make_interval(secs => $4) then $2
                               else greatest(c.full_at, $2) end as at) base)
         returning full_at, passed",
        credential,
        now,
        limit.every.as_seconds_f64(),
        limit.whole().as_seconds_f64()
    )
    .fetch_one(pool)
    .await?;
    Ok(Counted {
        full_at: counted.full_at,
        passed: counted.passed,
    })
}
