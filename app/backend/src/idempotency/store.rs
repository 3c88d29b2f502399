//! The SQL of kept answers.

use super::Claim;
use crate::{Caller, Result};
use serde_json::Value;
use sqlx::PgPool;
use time::OffsetDateTime;

pub(super) struct Claimed {
    pub(super) key_hash: [u8; 32],
    pub(super) question_hash: [u8; 32],
    pub(super) now: OffsetDateTime,
    pub(super) until: OffsetDateTime,
    /// What is older counts for nothing.
    pub(super) forgotten: OffsetDateTime,
}

/// Takes a key that is new, forgotten, or of a server that died at this very question; of many at once one gets it.
pub(super) async fn claim(pool: &PgPool, caller: &Caller, claim: &Claimed) -> Result<bool> {
    let claimed = sqlx::query!(
        "insert into idempotency_keys as k
             (organization_id, user_id, key_hash, question_hash, created_at, claimed_until)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (user_id, key_hash) do update
         set question_hash = excluded.question_hash, created_at = excluded.created_at,
             claimed_until = excluded.claimed_until, answer = null
         where k.created_at <= $7
            or (k.answer is null and k.claimed_until <= $5 and k.question_hash = excluded.question_hash)",
        caller.organization.0,
        caller.user.0,
        &claim.key_hash[..],
        &claim.question_hash[..],
        claim.now,
        claim.until,
        claim.forgotten
    )
    .execute(pool)
    .await?;
    Ok(claimed.rows_affected() == 1)
}

pub(super) struct Kept {
    pub(super) question_hash: Vec<u8>,
    pub(super) answer: Option<Value>,
}

pub(super) async fn find(pool: &PgPool, caller: &Caller, key_hash: &[u8; 32]) -> Result<Option<Kept>> {
    Ok(sqlx::query_as!(
        Kept,
        "select question_hash, answer from idempotency_keys where user_id = $1 and key_hash = $2",
        caller.user.0,
        &key_hash[..]
    )
    .fetch_optional(pool)
    .await?)
}

pub(super) async fn save_answer(pool: &PgPool, caller: &Caller, claim: &Claim, answer: &Value) -> Result<()> {
    sqlx::query!(
        "update idempotency_keys set answer = $4
         where user_id = $1 and key_hash = $2 and claimed_until = $3 and answer is null",
        caller.user.0,
        &claim.key_hash[..],
        claim.until,
        answer
    )
    .execute(pool)
    .await?;
    Ok(())
}

pub(super) async fn delete(pool: &PgPool, caller: &Caller, claim: &Claim) -> Result<()> {
    sqlx::query!(
        "delete from idempotency_keys
         where user_id = $1 and key_hash = $2 and claimed_until = $3 and answer is null",
        caller.user.0,
        &claim.key_hash[..],
        claim.until
    )
    .execute(pool)
    .await?;
    Ok(())
}
