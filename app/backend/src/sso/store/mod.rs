//! The SQL of single sign-on: configurations. `people.rs` has those of whom it decides, `test_sign_ins.rs` the test sign-ins.

mod people;
mod test_sign_ins;

pub(super) use people::*;
pub(super) use test_sign_ins::*;

use super::Configuration;
use crate::{Result, caller::Permit, database::Tx, saml::IdentityProvider};
use domain::{
    ids::OrganizationId,
    organization::OrgId,
    sso::{Source, SsoRules, Stage},
};
use sqlx::{PgConnection, PgExecutor};
use time::OffsetDateTime;
use uuid::Uuid;

#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a choice of its own, in any combination"
)]
pub(super) struct Row {
    pub organization_id: Uuid,
    pub organization: String,
    pub stage: String,
    pub source: String,
    pub metadata_url: Option<String>,
    pub entity_id: String,
    pub sso_url: String,
    pub require_signed_assertion: bool,
    pub asks_for_code: bool,
    pub creates_accounts: bool,
    pub domains: Vec<String>,
    pub enabled: bool,
    pub version: i32,
    pub saved_at: OffsetDateTime,
    pub tested_at: Option<OffsetDateTime>,
}

pub(super) async fn find(
    connection: &mut PgConnection,
    organization: OrganizationId,
    stage: Stage,
) -> Result<Option<Configuration>> {
    let row = sqlx::query_as!(
        Row,
        "select c.organization_id, o.name as organization, c.stage, c.source, c.metadata_url, c.entity_id, c.sso_url,
                c.require_signed_assertion, c.asks_for_code, c.creates_accounts, c.domains, c.enabled, c.version,
                c.saved_at, c.tested_at
         from saml_configurations c join organizations o on o.id = c.organization_id
         where c.organization_id = $1 and c.stage = $2",
        organization.0,
        stage.key()
    )
    .fetch_optional(&mut *connection)
    .await?;
    with_certificates(connection, row).await
}

/// The configuration by which people of the organization with this Org ID sign in.
pub(super) async fn find_live(
    connection: &mut PgConnection,
    org_id: &OrgId,
) -> Result<Option<Configuration>> {
    let row = sqlx::query_as!(
        Row,
        "select c.organization_id, o.name as organization, c.stage, c.source, c.metadata_url, c.entity_id, c.sso_url,
                c.require_signed_assertion, c.asks_for_code, c.creates_accounts, c.domains, c.enabled, c.version,
                c.saved_at, c.tested_at
         from organizations o join saml_configurations c on c.organization_id = o.id
         where o.org_id = $1 and o.closed_at is null and c.stage = 'live' and c.enabled",
        org_id.as_str()
    )
    .fetch_optional(&mut *connection)
    .await?;
    with_certificates(connection, row).await
}

async fn with_certificates(connection: &mut PgConnection, row: Option<Row>) -> Result<Option<Configuration>> {
    let Some(row) = row else { return Ok(None) };
    let ders = sqlx::query_scalar!(
        "select der from saml_certificates where organization_id = $1 and stage = $2 order by position",
        row.organization_id,
        row.stage
    )
    .fetch_all(connection)
    .await?;
    Configuration::new(row, &ders).map(Some)
}

pub(super) async fn is_org_id_of(
    connection: &mut PgConnection,
    organization: OrganizationId,
    org_id: &OrgId,
) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select exists (select from organizations where id = $1 and org_id = $2 and closed_at is null) as "is!""#,
        organization.0,
        org_id.as_str()
    )
    .fetch_one(connection)
    .await?)
}

/// The domains of addresses whose people come in by single sign-on at this moment. None for what admits everybody: an
/// address is of one person in the whole installation, so nobody may make accounts for those of all.
pub(crate) async fn list_domains_in_use(
    executor: impl PgExecutor<'_>,
    organization: OrganizationId,
) -> Result<Vec<String>> {
    let domains = sqlx::query_scalar!(
        "select domains from saml_configurations where organization_id = $1 and stage = 'live' and enabled",
        organization.0
    )
    .fetch_optional(executor)
    .await?;
    Ok(domains.unwrap_or_default())
}

/// Whether this version of the configuration is the one in use, now that the organization is held.
pub(super) async fn is_in_use(tx: &mut Tx, organization: OrganizationId, version: i32) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select exists (select from saml_configurations
                          where organization_id = $1 and stage = 'live' and enabled and version = $2) as "is!""#,
        organization.0,
        version
    )
    .fetch_one(&mut **tx)
    .await?)
}

pub(super) struct NewConfiguration<'a> {
    pub source: Source,
    pub metadata_url: Option<&'a str>,
    pub idp: &'a IdentityProvider,
    pub rules: &'a SsoRules,
}

pub(super) async fn replace_draft(
    tx: &mut Tx,
    permit: &Permit,
    new: &NewConfiguration<'_>,
    now: OffsetDateTime,
) -> Result<()> {
    delete(tx, permit, Stage::Draft).await?;
    let version = sqlx::query_scalar!(
        "update organizations set sso_saves = sso_saves + 1 where id = $1 returning sso_saves",
        permit.organization.0
    )
    .fetch_one(&mut **tx)
    .await?;
    sqlx::query!(
        "insert into saml_configurations
             (organization_id, stage, source, metadata_url, entity_id, sso_url, require_signed_assertion, asks_for_code,
              creates_accounts, domains, enabled, version, saved_at)
         values ($1, 'draft', $2, $3, $4, $5, $6, $7, $8, $9, false, $10, $11)",
        permit.organization.0,
        new.source.key(),
        new.metadata_url,
        new.idp.entity_id,
        new.idp.sso_url,
        new.rules.require_signed_assertion,
        new.rules.asks_for_code,
        new.rules.creates_accounts,
        &new.rules.domains,
        version,
        now
    )
    .execute(&mut **tx)
    .await?;
    for (position, certificate) in (0_i16..).zip(&new.idp.certificates) {
        sqlx::query!(
            "insert into saml_certificates (organization_id, stage, position, der, ends_at) values ($1, 'draft', $2, $3, $4)",
            permit.organization.0,
            position,
            certificate.der(),
            certificate.not_after()
        )
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

pub(super) async fn delete(tx: &mut Tx, permit: &Permit, stage: Stage) -> Result<()> {
    sqlx::query!(
        "delete from saml_configurations where organization_id = $1 and stage = $2",
        permit.organization.0,
        stage.key()
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Makes the draft the configuration in use; its certificates go with it.
pub(super) async fn save_deployed(tx: &mut Tx, permit: &Permit) -> Result<()> {
    sqlx::query!(
        "update saml_configurations set stage = 'live', enabled = true where organization_id = $1 and stage = 'draft'",
        permit.organization.0
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(super) async fn save_enabled(tx: &mut Tx, permit: &Permit, enabled: bool) -> Result<()> {
    sqlx::query!(
        "update saml_configurations set enabled = $2 where organization_id = $1 and stage = 'live'",
        permit.organization.0,
        enabled
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Uses a key of a response up; whether it was new.
pub(super) async fn save_used(
    tx: &mut Tx,
    organization: OrganizationId,
    key: &[u8; 32],
    until: OffsetDateTime,
) -> Result<bool> {
    let saved = sqlx::query!(
        "insert into saml_used (organization_id, key, expires_at) values ($1, $2, $3) on conflict do nothing",
        organization.0,
        &key[..],
        until
    )
    .execute(&mut **tx)
    .await?;
    Ok(saved.rows_affected() == 1)
}

/// A certificate in use that ends.
pub(super) struct Ending {
    pub organization_id: Uuid,
    pub organization: String,
    pub position: i16,
    pub der: Vec<u8>,
    pub ends_at: OffsetDateTime,
    /// The nearest of the days before its end.
    pub days: i16,
}

/// One of which administrators are to be told, and that no other server has in hand.
pub(super) async fn lock_ending(tx: &mut Tx, now: OffsetDateTime, days: &[i16]) -> Result<Option<Ending>> {
    Ok(sqlx::query_as!(
        Ending,
        r#"select c.organization_id, o.name as organization, c.position, c.der, c.ends_at, d.days as "days!"
           from saml_certificates c
           join organizations o on o.id = c.organization_id
           join saml_configurations s on s.organization_id = c.organization_id and s.stage = c.stage
           cross join lateral (select min(day) as days from unnest($2::smallint[]) day
                               where c.ends_at <= $1::timestamptz + make_interval(days => day)) d
           where c.stage = 'live' and s.enabled and o.closed_at is null and c.ends_at > $1
             and c.ends_at <= $1::timestamptz + make_interval(days => (select max(day) from unnest($2::smallint[]) day))
             and d.days is not null and (c.told_days is null or c.told_days > d.days)
           order by c.ends_at limit 1 for update of c skip locked"#,
        now,
        days
    )
    .fetch_optional(&mut **tx)
    .await?)
}

pub(super) async fn save_told(tx: &mut Tx, permit: &Permit, position: i16, days: i16) -> Result<()> {
    sqlx::query!(
        "update saml_certificates set told_days = $3 where organization_id = $1 and stage = 'live' and position = $2",
        permit.organization.0,
        position,
        days
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
