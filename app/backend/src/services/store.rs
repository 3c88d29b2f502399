//! The SQL of services.

use crate::{Result, caller::Permit, database::Tx, secret::Token};
use domain::{
    ids::{OrganizationId, ServiceId, UserId},
    services::ServiceName,
};
use sqlx::PgPool;
use time::OffsetDateTime;
use uuid::Uuid;

pub(super) struct Row {
    pub id: Uuid,
    pub name: String,
    pub created_at: OffsetDateTime,
    pub created_by: String,
    pub maker_is_out: bool,
    pub last_used_at: Option<OffsetDateTime>,
}

pub(super) async fn list(pool: &PgPool, organization: OrganizationId) -> Result<Vec<Row>> {
    Ok(sqlx::query_as!(
        Row,
        r#"select s.id, s.name, s.created_at, s.last_used_at, u.first_name || ' ' || u.last_name as "created_by!",
                  u.status <> 'active' as "maker_is_out!"
           from services s join users u on u.id = s.created_by
           where s.organization_id = $1 order by lower(s.name)"#,
        organization.0
    )
    .fetch_all(pool)
    .await?)
}

pub(super) async fn count(tx: &mut Tx, permit: &Permit) -> Result<i64> {
    Ok(sqlx::query_scalar!(
        r#"select count(*) as "count!" from services where organization_id = $1"#,
        permit.organization.0
    )
    .fetch_one(&mut **tx)
    .await?)
}

pub(super) async fn save_new(
    tx: &mut Tx,
    permit: &Permit,
    (service, maker): (ServiceId, UserId),
    name: &ServiceName,
    secret: &Token,
    now: OffsetDateTime,
) -> Result<()> {
    sqlx::query!(
        "insert into services (id, organization_id, name, secret_hash, created_at, created_by)
         values ($1, $2, $3, $4, $5, $6)",
        service.0,
        permit.organization.0,
        name.as_str(),
        &secret.hash()[..],
        now,
        maker.0
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The name of the one that was deleted.
pub(super) async fn delete(tx: &mut Tx, permit: &Permit, service: ServiceId) -> Result<Option<String>> {
    Ok(sqlx::query_scalar!(
        "delete from services where organization_id = $1 and id = $2 returning name",
        permit.organization.0,
        service.0
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// Those that somebody made at a time or after it; their names.
pub(crate) async fn delete_made_since(
    tx: &mut Tx,
    permit: &Permit,
    maker: UserId,
    since: OffsetDateTime,
) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar!(
        "delete from services where organization_id = $1 and created_by = $2 and created_at >= $3 returning name",
        permit.organization.0,
        maker.0,
        since
    )
    .fetch_all(&mut **tx)
    .await?)
}

pub(super) struct Asking {
    pub id: Uuid,
    pub organization_id: Uuid,
    pub org_id: String,
    pub last_used_at: Option<OffsetDateTime>,
}

pub(super) async fn find_by_secret(pool: &PgPool, secret: &Token) -> Result<Option<Asking>> {
    Ok(sqlx::query_as!(
        Asking,
        "select s.id, s.organization_id, o.org_id, s.last_used_at
         from services s join organizations o on o.id = s.organization_id
         where s.secret_hash = $1 and o.closed_at is null",
        &secret.hash()[..]
    )
    .fetch_optional(pool)
    .await?)
}

/// Of many uses at once one writes.
pub(super) async fn save_used(
    pool: &PgPool,
    service: Uuid,
    now: OffsetDateTime,
    unless_since: OffsetDateTime,
) -> Result<()> {
    sqlx::query!(
        "update services set last_used_at = $2
         where id = $1 and (last_used_at is null or last_used_at <= $3 or last_used_at > $2)",
        service,
        now,
        unless_since
    )
    .execute(pool)
    .await?;
    Ok(())
}
