//! The SQL of two-factor authentication.

pub(super) mod challenges;
pub(super) mod demand;

pub(super) use challenges::*;
pub(crate) use demand::*;

use crate::{Result, caller::Permit, database::Tx};
use domain::ids::{AuthenticatorId, OrganizationId, SessionId, UserId};
use sqlx::{PgExecutor, PgPool};
use time::OffsetDateTime;
use uuid::Uuid;

pub(super) struct InUse {
    pub id: Uuid,
    pub name: String,
    pub confirmed_at: OffsetDateTime,
    pub last_used_at: Option<OffsetDateTime>,
}

/// Somebody's authenticators, the oldest first.
pub(super) async fn list_confirmed(
    pool: &PgPool,
    organization: OrganizationId,
    user: UserId,
) -> Result<Vec<InUse>> {
    Ok(sqlx::query_as!(
        InUse,
        r#"select id, name, confirmed_at as "confirmed_at!", last_used_at from authenticators
           where organization_id = $1 and user_id = $2 and confirmed_at is not null order by confirmed_at, id"#,
        organization.0,
        user.0
    )
    .fetch_all(pool)
    .await?)
}

pub(super) async fn count_confirmed(
    executor: impl PgExecutor<'_>,
    organization: OrganizationId,
    user: UserId,
) -> Result<i64> {
    Ok(sqlx::query_scalar!(
        r#"select count(*) as "count!" from authenticators
           where organization_id = $1 and user_id = $2 and confirmed_at is not null"#,
        organization.0,
        user.0
    )
    .fetch_one(executor)
    .await?)
}

pub(super) struct Sealed {
    pub id: Uuid,
    pub sealed_secret: Vec<u8>,
}

pub(super) async fn list_secrets(
    pool: &PgPool,
    organization: OrganizationId,
    user: UserId,
) -> Result<Vec<Sealed>> {
    Ok(sqlx::query_as!(
        Sealed,
        "select id, sealed_secret from authenticators
         where organization_id = $1 and user_id = $2 and confirmed_at is not null",
        organization.0,
        user.0
    )
    .fetch_all(pool)
    .await?)
}

/// Uses the code of a time step up, and all before it; the authenticator's name if it was still to be used. Of two at
/// once the second waits for the first and finds it used.
pub(super) async fn save_step(
    tx: &mut Tx,
    permit: &Permit,
    user: UserId,
    authenticator: AuthenticatorId,
    step: i64,
    now: OffsetDateTime,
) -> Result<Option<String>> {
    Ok(sqlx::query_scalar!(
        "update authenticators set last_step = $4, last_used_at = $5
         where organization_id = $1 and user_id = $2 and id = $3 and confirmed_at is not null and last_step < $4
         returning name",
        permit.organization.0,
        user.0,
        authenticator.0,
        step,
        now
    )
    .fetch_optional(&mut **tx)
    .await?)
}

pub(super) struct Unconfirmed {
    pub id: Uuid,
    pub sealed_secret: Vec<u8>,
    pub expires_at: OffsetDateTime,
}

/// What somebody is setting up in this session.
pub(super) async fn find_unconfirmed(
    pool: &PgPool,
    organization: OrganizationId,
    user: UserId,
    session: SessionId,
    now: OffsetDateTime,
) -> Result<Option<Unconfirmed>> {
    Ok(sqlx::query_as!(
        Unconfirmed,
        r#"select id, sealed_secret, expires_at as "expires_at!" from authenticators
           where organization_id = $1 and user_id = $2 and session_id = $3 and expires_at > $4"#,
        organization.0,
        user.0,
        session.0,
        now
    )
    .fetch_optional(pool)
    .await?)
}

pub(super) async fn delete_unconfirmed_of(tx: &mut Tx, permit: &Permit, user: UserId) -> Result<()> {
    sqlx::query!(
        "delete from authenticators where organization_id = $1 and user_id = $2 and confirmed_at is null",
        permit.organization.0,
        user.0
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(super) async fn save_unconfirmed(
    tx: &mut Tx,
    permit: &Permit,
    (authenticator, user, session): (AuthenticatorId, UserId, SessionId),
    sealed_secret: &[u8],
    (now, ends): (OffsetDateTime, OffsetDateTime),
) -> Result<()> {
    sqlx::query!(
        "insert into authenticators (id, organization_id, user_id, name, sealed_secret, created_at, session_id, expires_at)
         values ($1, $2, $3, '', $4, $5, $6, $7)",
        authenticator.0,
        permit.organization.0,
        user.0,
        sealed_secret,
        now,
        session.0,
        ends
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Takes an authenticator into use whose code of this step was right; whether it was still waiting for it.
pub(super) async fn save_confirmed(
    tx: &mut Tx,
    permit: &Permit,
    (user, session): (UserId, SessionId),
    (authenticator, name, step): (AuthenticatorId, &str, i64),
    now: OffsetDateTime,
) -> Result<bool> {
    let saved = sqlx::query!(
        "update authenticators set name = $5, last_step = $6, last_used_at = $7, confirmed_at = $7, session_id = null,
                expires_at = null
         where organization_id = $1 and user_id = $2 and session_id = $3 and id = $4 and expires_at > $7",
        permit.organization.0,
        user.0,
        session.0,
        authenticator.0,
        name,
        step,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(saved.rows_affected() == 1)
}

/// Takes one away; its name, if it was there.
pub(super) async fn delete_authenticator(
    tx: &mut Tx,
    permit: &Permit,
    user: UserId,
    authenticator: AuthenticatorId,
) -> Result<Option<String>> {
    Ok(sqlx::query_scalar!(
        "delete from authenticators
         where organization_id = $1 and user_id = $2 and id = $3 and confirmed_at is not null returning name",
        permit.organization.0,
        user.0,
        authenticator.0
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// Takes all away, those that are being set up, too; says how many were in use.
pub(super) async fn delete_authenticators_of(tx: &mut Tx, permit: &Permit, user: UserId) -> Result<u64> {
    let deleted = sqlx::query_scalar!(
        r#"with gone as (delete from authenticators where organization_id = $1 and user_id = $2 returning confirmed_at)
           select count(*) as "count!" from gone where confirmed_at is not null"#,
        permit.organization.0,
        user.0
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(deleted.unsigned_abs())
}

pub(super) async fn save_codes(
    tx: &mut Tx,
    permit: &Permit,
    user: UserId,
    hashes: &[String],
    now: OffsetDateTime,
) -> Result<()> {
    sqlx::query!(
        "insert into recovery_codes (organization_id, user_id, hash, created_at)
         select $1, $2, hash, $4 from unnest($3::text[]) hash",
        permit.organization.0,
        user.0,
        hashes,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(super) async fn delete_codes_of(tx: &mut Tx, permit: &Permit, user: UserId) -> Result<()> {
    sqlx::query!(
        "delete from recovery_codes where organization_id = $1 and user_id = $2",
        permit.organization.0,
        user.0
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(super) async fn count_codes_left(
    executor: impl PgExecutor<'_>,
    organization: OrganizationId,
    user: UserId,
) -> Result<i64> {
    Ok(sqlx::query_scalar!(
        r#"select count(*) as "count!" from recovery_codes
           where organization_id = $1 and user_id = $2 and used_at is null"#,
        organization.0,
        user.0
    )
    .fetch_one(executor)
    .await?)
}

/// One of them, for its salt and its cost.
pub(super) async fn find_any_code(
    pool: &PgPool,
    organization: OrganizationId,
    user: UserId,
) -> Result<Option<String>> {
    Ok(sqlx::query_scalar!(
        "select hash from recovery_codes where organization_id = $1 and user_id = $2 limit 1",
        organization.0,
        user.0
    )
    .fetch_optional(pool)
    .await?)
}

/// Uses a recovery code up; whether it was there and unused.
pub(super) async fn save_code_used(
    tx: &mut Tx,
    permit: &Permit,
    user: UserId,
    hash: &str,
    now: OffsetDateTime,
) -> Result<bool> {
    let spent = sqlx::query!(
        "update recovery_codes set used_at = $4
         where organization_id = $1 and user_id = $2 and hash = $3 and used_at is null",
        permit.organization.0,
        user.0,
        hash,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(spent.rows_affected() == 1)
}
