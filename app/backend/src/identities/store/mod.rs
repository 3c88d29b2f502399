//! The SQL of identities.

mod departures;
mod pending;

pub(super) use departures::*;
pub(super) use pending::*;

use crate::{Result, caller::Permit, database::Tx};
use domain::{
    identities::{IdentityLine, Method},
    ids::{IdentityId, OrganizationId, UserId},
};
use sqlx::{PgConnection, PgExecutor, PgPool};
use time::OffsetDateTime;
use uuid::Uuid;

/// Whoever is known by an identity.
pub(crate) struct Known {
    pub identity: Uuid,
    pub user_id: Uuid,
    pub organization_id: Uuid,
    pub organization: String,
    pub email: String,
    /// Whether they are active, and may come in by this.
    pub may: bool,
    pub knows_browser: bool,
}

/// By an identity of Google or GitHub.
pub(super) async fn find_known(
    pool: &PgPool,
    provider: &str,
    issuer: &str,
    subject: &str,
    browser: Option<[u8; 32]>,
) -> Result<Option<Known>> {
    Ok(sqlx::query_as!(
        Known,
        r#"select i.id as identity, i.user_id, i.organization_id, o.name as organization, u.email,
                  (u.status = 'active' and o.closed_at is null
                   and not is_bound_to_sso(o, u.id)) as "may!",
                  exists (select from known_browsers k where k.user_id = u.id and k.token_hash = $4) as "knows_browser!"
           from identities i
           join users u on u.id = i.user_id
           join organizations o on o.id = i.organization_id
           where i.provider = $1 and i.issuer = $2 and i.subject = $3 and i.provider <> 'saml'"#,
        provider,
        issuer,
        subject,
        browser.as_ref().map(|hash| &hash[..])
    )
    .fetch_optional(pool)
    .await?)
}

/// By an identity of the SAML identity provider of an organization.
pub(crate) async fn find_known_by_saml(
    tx: &mut Tx,
    organization: OrganizationId,
    (issuer, format, name_id): (&str, &str, &str),
    browser: Option<[u8; 32]>,
) -> Result<Option<Known>> {
    Ok(sqlx::query_as!(
        Known,
        r#"select i.id as identity, i.user_id, i.organization_id, o.name as organization, u.email,
                  (u.status = 'active' and o.closed_at is null) as "may!",
                  exists (select from known_browsers k where k.user_id = u.id and k.token_hash = $5) as "knows_browser!"
           from identities i
           join users u on u.id = i.user_id
           join organizations o on o.id = i.organization_id
           where i.provider = 'saml' and i.organization_id = $1 and i.issuer = $2 and i.format = $3 and i.subject = $4"#,
        organization.0,
        issuer,
        format,
        name_id,
        browser.as_ref().map(|hash| &hash[..])
    )
    .fetch_optional(&mut **tx)
    .await?)
}

pub(super) async fn is_known(pool: &PgPool, provider: &str, issuer: &str, subject: &str) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select exists (select from identities where provider = $1 and issuer = $2 and subject = $3 and provider <> 'saml')
           as "known!""#,
        provider,
        issuer,
        subject
    )
    .fetch_one(pool)
    .await?)
}

/// Whose an identity is.
pub(super) async fn find_owner(
    tx: &mut Tx,
    provider: &str,
    issuer: &str,
    subject: &str,
) -> Result<Option<Uuid>> {
    Ok(sqlx::query_scalar!(
        "select user_id from identities where provider = $1 and issuer = $2 and subject = $3 and provider <> 'saml'",
        provider,
        issuer,
        subject
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// Notes the use of an identity; whether its person has two-factor authentication. `None` if they may not come in by it
/// any more, now that their organization is held.
pub(super) async fn save_used(
    tx: &mut Tx,
    permit: &Permit,
    identity: IdentityId,
    now: OffsetDateTime,
) -> Result<Option<bool>> {
    Ok(sqlx::query_scalar!(
        "update identities i set last_used_at = $3
         from users u join organizations o on o.id = u.organization_id
         where i.organization_id = $1 and i.id = $2 and u.id = i.user_id and u.status = 'active'
           and (i.provider = 'saml' or not is_bound_to_sso(o, u.id))
         returning u.two_factor",
        permit.organization.0,
        identity.0,
        now
    )
    .fetch_optional(&mut **tx)
    .await?)
}

pub(crate) struct NewIdentity<'a> {
    pub user: UserId,
    pub method: Method,
    pub issuer: &'a str,
    /// Of a NameID; empty elsewhere.
    pub format: &'a str,
    pub subject: &'a str,
    pub email: &'a str,
}

/// Whether there was room for it: it is nobody's yet, and its person has none of this provider.
pub(super) async fn save_new(
    tx: &mut Tx,
    permit: &Permit,
    id: IdentityId,
    new: &NewIdentity<'_>,
    now: OffsetDateTime,
) -> Result<bool> {
    let saved = sqlx::query!(
        "insert into identities (id, organization_id, user_id, provider, issuer, format, subject, email, linked_at, last_used_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9) on conflict do nothing",
        id.0,
        permit.organization.0,
        new.user.0,
        new.method.key(),
        new.issuer,
        new.format,
        new.subject,
        new.email,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(saved.rows_affected() == 1)
}

pub(super) struct Own {
    pub id: Uuid,
    pub provider: String,
    pub email: String,
    linked_at: OffsetDateTime,
    last_used_at: Option<OffsetDateTime>,
}

impl Own {
    pub(super) fn shown(self) -> Option<IdentityLine> {
        Some(IdentityLine {
            id: IdentityId(self.id),
            method: self.provider.parse().ok()?,
            email: self.email,
            linked: self.linked_at.into(),
            last_used: self.last_used_at.map(Into::into),
        })
    }
}

/// Somebody's identities, the oldest first.
pub(super) async fn list_of(
    executor: impl PgExecutor<'_>,
    organization: OrganizationId,
    user: UserId,
) -> Result<Vec<Own>> {
    Ok(sqlx::query_as!(
        Own,
        "select id, provider, email, linked_at, last_used_at from identities
         where organization_id = $1 and user_id = $2 order by linked_at, id",
        organization.0,
        user.0
    )
    .fetch_all(executor)
    .await?)
}

pub(super) async fn delete_one(
    tx: &mut Tx,
    permit: &Permit,
    user: UserId,
    identity: IdentityId,
) -> Result<()> {
    sqlx::query!(
        "delete from identities where organization_id = $1 and user_id = $2 and id = $3",
        permit.organization.0,
        user.0,
        identity.0
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Forgets what Google and GitHub know somebody by; how many there were.
pub(crate) async fn delete_all_of(tx: &mut Tx, permit: &Permit, user: UserId) -> Result<u64> {
    let deleted = sqlx::query!(
        "delete from identities where organization_id = $1 and user_id = $2 and provider <> 'saml'",
        permit.organization.0,
        user.0
    )
    .execute(&mut **tx)
    .await?;
    Ok(deleted.rows_affected())
}

/// Forgets what identity providers of the organization know somebody by; how many there were.
pub(super) async fn delete_saml_of(tx: &mut Tx, permit: &Permit, user: UserId) -> Result<u64> {
    let deleted = sqlx::query!(
        "delete from identities where organization_id = $1 and user_id = $2 and provider = 'saml'",
        permit.organization.0,
        user.0
    )
    .execute(&mut **tx)
    .await?;
    Ok(deleted.rows_affected())
}

/// Whether somebody can come in by single sign-on alone.
pub(super) async fn is_bound(
    connection: &mut PgConnection,
    organization: OrganizationId,
    user: UserId,
) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select is_bound_to_sso(o, $2) as "bound!" from organizations o where o.id = $1"#,
        organization.0,
        user.0
    )
    .fetch_one(connection)
    .await?)
}

/// Whether somebody who signs in with single sign-on is asked for no code here.
pub(super) async fn is_second_factor_elsewhere(
    executor: impl PgExecutor<'_>,
    organization: OrganizationId,
    user: UserId,
) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select second_factor_is_elsewhere($1, $2) as "is!""#,
        organization.0,
        user.0
    )
    .fetch_one(executor)
    .await?)
}

pub(super) struct Ways {
    pub password: bool,
    /// `saml` included.
    pub providers: Vec<String>,
    /// Whether single sign-on is in use.
    pub sso: bool,
    pub bound: bool,
}

pub(super) async fn find_ways(
    executor: impl PgExecutor<'_>,
    organization: OrganizationId,
    user: UserId,
) -> Result<Ways> {
    Ok(sqlx::query_as!(
        Ways,
        r#"select exists (select from passwords where user_id = $2) as "password!",
                  array(select distinct provider from identities where user_id = $2) as "providers!",
                  exists (select from saml_configurations c
                          where c.organization_id = $1 and c.stage = 'live' and c.enabled) as "sso!",
                  is_bound_to_sso(o, $2) as "bound!"
           from organizations o where o.id = $1"#,
        organization.0,
        user.0
    )
    .fetch_one(executor)
    .await?)
}
