//! The SQL of throttles.

use super::Bucket;
use crate::{Result, database::Tx, settings::Limit};
use sqlx::PgPool;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// Takes so many attempts out of each bucket, no two of one scope, in their order, in one statement, so that of many at once
/// no more pass than are left. Returns the scopes of those that had as many.
///
/// The generic cell rate algorithm: `full_at` moves by `every` for each attempt and may not be further away than the
/// whole burst takes to come back. One that is far beyond that was left by a clock that was set back, and counts for
/// nothing; a little beyond is another server's clock that runs ahead.
pub(super) async fn take(
    tx: &mut Tx,
    buckets: &[Bucket],
    count: u32,
    now: OffsetDateTime,
) -> Result<Vec<String>> {
    let scopes: Vec<_> = buckets.iter().map(|bucket| bucket.scope.to_owned()).collect();
    let subjects: Vec<_> = buckets.iter().map(|bucket| bucket.subject.to_vec()).collect();
    let spent = buckets.iter().map(|bucket| bucket.limit.every * count);
    let spent: Vec<_> = spent.map(Duration::as_seconds_f64).collect();
    let whole = buckets.iter().map(|bucket| bucket.limit.whole());
    let whole: Vec<_> = whole.map(Duration::as_seconds_f64).collect();
    Ok(sqlx::query_scalar!(
        "with asked as (
             select scope, subject, $1::timestamptz + make_interval(secs => spent) as full_at, make_interval(secs => whole) as whole
             from unnest($2::text[], $3::bytea[], $4::float8[], $5::float8[]) as given (scope, subject, spent, whole))
         insert into throttles as t (scope, subject, full_at) select scope, subject, full_at from asked
         on conflict (scope, subject) do update set full_at =
             case when t.full_at > $1 + 2 * (select whole from asked where asked.scope = t.scope) then excluded.full_at
                  else greatest(t.full_at, $1) + (excluded.full_at - $1) end
         where
             case when t.full_at > $1 + 2 * (select whole from asked where asked.scope = t.scope) then excluded.full_at
                  else greatest(t.full_at, $1) + (excluded.full_at - $1) end
             <= $1 + (select whole from asked where asked.scope = t.scope)
         returning scope",
        now,
        &scopes,
        &subjects,
        &spent,
        &whole
    )
    .fetch_all(&mut **tx)
    .await?)
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

/// Forgets what was spent, one bucket after the other in the order of these, in which they are also taken: two who held
/// some in different orders would wait for each other. A plan that only deletes has an order of its own.
pub(super) async fn delete(tx: &mut Tx, buckets: &[Bucket]) -> Result<()> {
    let scopes: Vec<_> = buckets.iter().map(|bucket| bucket.scope.to_owned()).collect();
    let subjects: Vec<_> = buckets.iter().map(|bucket| bucket.subject.to_vec()).collect();
    sqlx::query!(
        "with held as materialized (
             select t.scope, t.subject
             from unnest($1::text[], $2::bytea[]) with ordinality as given (scope, subject, place)
             join throttles t on t.scope = given.scope and t.subject = given.subject
             order by place for update of t)
         delete from throttles where (scope, subject) in (select scope, subject from held)",
        &scopes,
        &subjects
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
