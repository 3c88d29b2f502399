//! The SQL of sign-ins that are away at a provider.

use crate::{Result, database::Tx, identities::depart::Leaving, secret::Token};
use sqlx::PgPool;
use time::OffsetDateTime;
use uuid::Uuid;

pub(in crate::identities) async fn save_departure(
    tx: &mut Tx,
    id: Uuid,
    leaving: &Leaving,
    (state, browser): (&Token, &Token),
    sealed: &[u8],
    (now, ends): (OffsetDateTime, OffsetDateTime),
) -> Result<()> {
    sqlx::query!(
        "insert into external_sign_ins
             (id, state_hash, browser_hash, provider, purpose, organization_id, session_id, sealed, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        id,
        &state.hash()[..],
        &browser.hash()[..],
        leaving.provider,
        leaving.purpose,
        leaving.organization,
        leaving.session.map(|session| session.0),
        sealed,
        now,
        ends
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// One that has come back.
pub(crate) struct Left {
    pub id: Uuid,
    pub purpose: String,
    pub organization_id: Option<Uuid>,
    pub session_id: Option<Uuid>,
    pub sealed: Vec<u8>,
}

/// Takes one up in the browser that left; of two at once the second finds none.
pub(in crate::identities) async fn take_departure(
    pool: &PgPool,
    provider: &str,
    state: &Token,
    browser: &Token,
    now: OffsetDateTime,
) -> Result<Option<Left>> {
    Ok(sqlx::query_as!(
        Left,
        "delete from external_sign_ins
         where state_hash = $1 and browser_hash = $2 and provider = $3 and expires_at > $4
         returning id, purpose, organization_id, session_id, sealed",
        &state.hash()[..],
        &browser.hash()[..],
        provider,
        now
    )
    .fetch_optional(pool)
    .await?)
}
