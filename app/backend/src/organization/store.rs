//! The SQL of organizations.

use crate::{
    Result,
    caller::Permit,
    database::{Hold, Tx},
};
use domain::{
    ids::{OrganizationId, UserId},
    organization::{OrgId, OrganizationName},
};
use sqlx::PgPool;
use time::OffsetDateTime;
use uuid::Uuid;

/// What decides about an organization while it is held.
pub(crate) struct Held {
    pub has_administrator: bool,
}

/// Holds an organization that is not closed until the transaction ends, or looks whether it is there.
///
/// The row alone would not do: PostgreSQL lets others share it that come after somebody who waits to have it alone, so that
/// whoever acts all the time would never be deactivated. Its advisory locks have one queue for all.
pub(crate) async fn lock_organization(
    tx: &mut Tx,
    organization: OrganizationId,
    hold: Hold,
) -> Result<Option<Held>> {
    Ok(match hold {
        Hold::Looked => {
            sqlx::query_as!(
                Held,
                r#"select administrator_since is not null as "has_administrator!"
                   from organizations where id = $1 and closed_at is null"#,
                organization.0
            )
            .fetch_optional(&mut **tx)
            .await?
        }
        Hold::Shared => {
            sqlx::query_as!(
                Held,
                r#"with turn as materialized (select pg_advisory_xact_lock_shared($2))
                   select administrator_since is not null as "has_administrator!"
                   from organizations, turn where id = $1 and closed_at is null for share of organizations"#,
                organization.0,
                queue_of(organization)
            )
            .fetch_optional(&mut **tx)
            .await?
        }
        Hold::Alone => {
            sqlx::query_as!(
                Held,
                r#"with turn as materialized (select pg_advisory_xact_lock($2))
                   select administrator_since is not null as "has_administrator!"
                   from organizations, turn where id = $1 and closed_at is null for no key update of organizations"#,
                organization.0,
                queue_of(organization)
            )
            .fetch_optional(&mut **tx)
            .await?
        }
    })
}

/// The number of its queue: the half of its id that is random.
fn queue_of(organization: OrganizationId) -> i64 {
    let (_, random) = organization.0.as_u64_pair();
    i64::from_ne_bytes(random.to_ne_bytes())
}

/// The one whom a required single sign-on does not bind; nobody where none is required.
pub(crate) async fn find_break_glass(tx: &mut Tx, organization: OrganizationId) -> Result<Option<UserId>> {
    let named = sqlx::query_scalar!(
        "select break_glass_user_id from organizations where id = $1",
        organization.0
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(named.flatten().map(UserId))
}

/// Whether the installation has an organization, a closed one included: set-up is over for ever then.
pub(crate) async fn exists_any(pool: &PgPool) -> Result<bool> {
    Ok(
        sqlx::query_scalar!(r#"select exists (select from organizations) as "exists!""#)
            .fetch_one(pool)
            .await?,
    )
}

/// Saves a new organization unless its Org ID is taken.
pub(crate) async fn save_new(
    tx: &mut Tx,
    permit: &Permit,
    org_id: &OrgId,
    name: &OrganizationName,
    at: OffsetDateTime,
) -> Result<bool> {
    let saved = sqlx::query!(
        "insert into organizations (id, org_id, name, created_at) values ($1, $2, $3, $4) on conflict (org_id) do nothing",
        permit.organization.0,
        org_id.as_str(),
        name.as_str(),
        at
    )
    .execute(&mut **tx)
    .await?;
    Ok(saved.rows_affected() == 1)
}

pub(crate) async fn save_administrator_since(tx: &mut Tx, permit: &Permit, at: OffsetDateTime) -> Result<()> {
    sqlx::query!(
        "update organizations set administrator_since = $2 where id = $1",
        permit.organization.0,
        at
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// An organization, closed or not.
pub(super) struct Found {
    id: Uuid,
    pub name: String,
    pub closed: bool,
}

impl Found {
    pub(super) fn id(&self) -> OrganizationId {
        OrganizationId(self.id)
    }
}

/// Holds an organization against every act in it until the transaction ends, when it is its turn among them.
pub(super) async fn lock_by_org_id(tx: &mut Tx, org_id: &OrgId) -> Result<Option<Found>> {
    let id = sqlx::query_scalar!("select id from organizations where org_id = $1", org_id.as_str())
        .fetch_optional(&mut **tx)
        .await?;
    let Some(id) = id else { return Ok(None) };
    sqlx::query!("select pg_advisory_xact_lock($1)", queue_of(OrganizationId(id)))
        .execute(&mut **tx)
        .await?;
    Ok(sqlx::query_as!(
        Found,
        r#"select id, name, closed_at is not null as "closed!" from organizations where org_id = $1 for no key update"#,
        org_id.as_str()
    )
    .fetch_optional(&mut **tx)
    .await?)
}

pub(super) async fn save_closed(tx: &mut Tx, permit: &Permit, at: Option<OffsetDateTime>) -> Result<()> {
    sqlx::query!(
        "update organizations set closed_at = $2 where id = $1",
        permit.organization.0,
        at
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
