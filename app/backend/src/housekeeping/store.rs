//! The SQL of housekeeping. Each statement deletes one batch and passes over what another server has in hand.

use crate::Result;
use sqlx::PgPool;
use time::OffsetDateTime;

/// Rows of one batch: short enough that nobody waits for it.
pub(super) const BATCH: i64 = 1_000;

pub(super) async fn delete_ended_sessions(
    pool: &PgPool,
    now: OffsetDateTime,
    idle_since: OffsetDateTime,
) -> Result<u64> {
    let deleted = sqlx::query!(
        "delete from sessions where id in (
             select id from sessions where expires_at <= $1 or last_seen_at <= $2 limit $3 for update skip locked)",
        now,
        idle_since,
        BATCH
    )
    .execute(pool)
    .await?;
    Ok(deleted.rows_affected())
}

pub(super) async fn delete_expired_password_resets(pool: &PgPool, now: OffsetDateTime) -> Result<u64> {
    let deleted = sqlx::query!(
        "delete from password_resets where token_hash in (
             select token_hash from password_resets where expires_at <= $1 limit $2 for update skip locked)",
        now,
        BATCH
    )
    .execute(pool)
    .await?;
    Ok(deleted.rows_affected())
}

pub(super) async fn delete_expired_reports(pool: &PgPool, now: OffsetDateTime) -> Result<u64> {
    let deleted = sqlx::query!(
        "delete from sign_in_reports where token_hash in (
             select token_hash from sign_in_reports where expires_at <= $1 limit $2 for update skip locked)",
        now,
        BATCH
    )
    .execute(pool)
    .await?;
    Ok(deleted.rows_affected())
}

pub(super) async fn delete_expired_challenges(pool: &PgPool, now: OffsetDateTime) -> Result<u64> {
    let deleted = sqlx::query!(
        "delete from sign_in_challenges where token_hash in (
             select token_hash from sign_in_challenges where expires_at <= $1 limit $2 for update skip locked)",
        now,
        BATCH
    )
    .execute(pool)
    .await?;
    Ok(deleted.rows_affected())
}

/// Authenticators that were not confirmed in time.
pub(super) async fn delete_expired_enrolments(pool: &PgPool, now: OffsetDateTime) -> Result<u64> {
    let deleted = sqlx::query!(
        "delete from authenticators where id in (
             select id from authenticators where confirmed_at is null and expires_at <= $1 limit $2
             for update skip locked)",
        now,
        BATCH
    )
    .execute(pool)
    .await?;
    Ok(deleted.rows_affected())
}

/// Sign-ins that never came back from a provider.
pub(super) async fn delete_expired_departures(pool: &PgPool, now: OffsetDateTime) -> Result<u64> {
    let deleted = sqlx::query!(
        "delete from external_sign_ins where id in (
             select id from external_sign_ins where expires_at <= $1 limit $2 for update skip locked)",
        now,
        BATCH
    )
    .execute(pool)
    .await?;
    Ok(deleted.rows_affected())
}

pub(super) async fn delete_expired_pending_identities(pool: &PgPool, now: OffsetDateTime) -> Result<u64> {
    let deleted = sqlx::query!(
        "delete from pending_identities where token_hash in (
             select token_hash from pending_identities where expires_at <= $1 limit $2 for update skip locked)",
        now,
        BATCH
    )
    .execute(pool)
    .await?;
    Ok(deleted.rows_affected())
}

/// Responses that are over by their own times.
pub(super) async fn delete_expired_saml_keys(pool: &PgPool, now: OffsetDateTime) -> Result<u64> {
    let deleted = sqlx::query!(
        "delete from saml_used where (organization_id, key) in (
             select organization_id, key from saml_used where expires_at <= $1 limit $2 for update skip locked)",
        now,
        BATCH
    )
    .execute(pool)
    .await?;
    Ok(deleted.rows_affected())
}

pub(super) async fn delete_full_throttles(pool: &PgPool, now: OffsetDateTime) -> Result<u64> {
    let deleted = sqlx::query!(
        "delete from throttles where (scope, subject) in (
             select scope, subject from throttles where full_at <= $1 limit $2 for update skip locked)",
        now,
        BATCH
    )
    .execute(pool)
    .await?;
    Ok(deleted.rows_affected())
}

pub(super) async fn delete_old_mails(pool: &PgPool, before: OffsetDateTime) -> Result<u64> {
    let deleted = sqlx::query!(
        "delete from mails where id in (
             select id from mails where finished_at <= $1 limit $2 for update skip locked)",
        before,
        BATCH
    )
    .execute(pool)
    .await?;
    Ok(deleted.rows_affected())
}

pub(super) async fn delete_forgotten_browsers(pool: &PgPool, before: OffsetDateTime) -> Result<u64> {
    let deleted = sqlx::query!(
        "delete from known_browsers where (token_hash, user_id) in (
             select token_hash, user_id from known_browsers where last_sign_in_at <= $1 limit $2 for update skip locked)",
        before,
        BATCH
    )
    .execute(pool)
    .await?;
    Ok(deleted.rows_affected())
}

/// Access tokens that expired before this.
pub(super) async fn delete_expired_tokens(pool: &PgPool, before: OffsetDateTime) -> Result<u64> {
    let deleted = sqlx::query!(
        "delete from access_tokens where id in (
             select id from access_tokens where expires_at <= $1 limit $2 for update skip locked)",
        before,
        BATCH
    )
    .execute(pool)
    .await?;
    Ok(deleted.rows_affected())
}

pub(super) async fn delete_old_drafts(pool: &PgPool, before: OffsetDateTime) -> Result<u64> {
    let deleted = sqlx::query!(
        "delete from policy_drafts where id in (
             select id from policy_drafts where saved_at <= $1 limit $2 for update skip locked)",
        before,
        BATCH
    )
    .execute(pool)
    .await?;
    Ok(deleted.rows_affected())
}

/// What was counted and has come back.
pub(super) async fn delete_past_questions(pool: &PgPool, now: OffsetDateTime) -> Result<u64> {
    let deleted = sqlx::query!(
        "delete from request_counts where credential in (
             select credential from request_counts where full_at <= $1 limit $2 for update skip locked)",
        now,
        BATCH
    )
    .execute(pool)
    .await?;
    Ok(deleted.rows_affected())
}

pub(super) async fn delete_old_answers(pool: &PgPool, before: OffsetDateTime) -> Result<u64> {
    let deleted = sqlx::query!(
        "delete from idempotency_keys where (user_id, key_hash) in (
             select user_id, key_hash from idempotency_keys where created_at <= $1 limit $2 for update skip locked)",
        before,
        BATCH
    )
    .execute(pool)
    .await?;
    Ok(deleted.rows_affected())
}

/// Lists of invitations that nobody said yes to, and those that were sent. With a thousand lines each they
/// go a few each time.
pub(super) async fn delete_old_lists(
    pool: &PgPool,
    made_before: OffsetDateTime,
    done_before: OffsetDateTime,
) -> Result<u64> {
    let deleted = sqlx::query!(
        "delete from jobs where id in (
             select id from jobs
             where kind = 'bulk_invitation'
               and (state = 'draft' and created_at <= $1 or state = 'done' and finished_at <= $2)
             limit $3 for update skip locked)",
        made_before,
        done_before,
        BATCH / 20
    )
    .execute(pool)
    .await?;
    Ok(deleted.rows_affected())
}

/// Mails that wait for a time which nobody sets were put off before the clock was set back. Whoever has one in hand
/// keeps it for one lease more.
pub(super) async fn bring_mails_into_time(
    pool: &PgPool,
    now: OffsetDateTime,
    farthest: OffsetDateTime,
    lease_ends: OffsetDateTime,
) -> Result<u64> {
    let brought = sqlx::query!(
        "update mails set
             next_attempt_at = case when next_attempt_at > $2 then $1 else next_attempt_at end,
             leased_until = case when leased_until > $2 then $3 else leased_until end
         where state = 'queued' and (next_attempt_at > $2 or leased_until > $2)",
        now,
        farthest,
        lease_ends
    )
    .execute(pool)
    .await?;
    Ok(brought.rows_affected())
}
