//! The SQL of the people as SCIM sees them. What looks for somebody is built by hand, so that it is planned each time.

use super::super::person::PersonAsked;
use crate::{Result, caller::Permit, database::Tx};
use domain::{
    ids::{OrganizationId, UserId},
    person_name::PersonName,
    scim::ScimMarks,
    users::StatusVersion,
};
use sqlx::{FromRow, PgPool, Postgres, QueryBuilder};
use time::OffsetDateTime;
use uuid::Uuid;

#[derive(FromRow)]
pub(in crate::scim) struct Row {
    pub id: Uuid,
    pub email: String,
    pub first_name: String,
    pub last_name: String,
    pub status: String,
    pub status_version: i32,
    pub deactivation_reason: Option<String>,
    pub external_id: Option<String>,
    pub created_at: OffsetDateTime,
    pub changed_at: OffsetDateTime,
    pub deactivated_version: Option<i32>,
    pub deleted_version: Option<i32>,
}

impl Row {
    pub(in crate::scim) fn marks(&self) -> ScimMarks {
        ScimMarks {
            deactivated: self.deactivated_version.map(StatusVersion),
            deleted: self.deleted_version.map(StatusVersion),
        }
    }
}

const COLUMNS: &str = "select u.id, u.email, u.first_name, u.last_name, u.status, u.status_version, u.deactivation_reason,
    s.external_id, u.created_at, greatest(u.created_at, u.activated_at, u.deactivated_at, s.changed_at) as changed_at,
    s.deactivated_version, s.deleted_version";
const PEOPLE: &str = " from users u left join scim_users s on s.user_id = u.id where u.organization_id = ";
/// Whom SCIM deleted is gone for it as long as nobody has let them in again.
const SHOWN: &str = " and (u.status <> 'deactivated' or s.deleted_version is distinct from u.status_version)";

/// In the order in which they came.
pub(in crate::scim) async fn list(
    pool: &PgPool,
    organization: OrganizationId,
    asked: &[PersonAsked],
    (offset, limit): (i64, i64),
) -> Result<(i64, Vec<Row>)> {
    let mut tx = Tx::begin(pool).await?;
    let mut count = QueryBuilder::new("select count(*)");
    push_asked(&mut count, organization, asked);
    let total = count
        .build_query_scalar()
        .persistent(false)
        .fetch_one(&mut *tx)
        .await?;
    let mut sql = QueryBuilder::new(COLUMNS);
    push_asked(&mut sql, organization, asked);
    sql.push(" order by u.id limit ")
        .push_bind(limit)
        .push(" offset ")
        .push_bind(offset);
    let rows = sql.build_query_as().persistent(false).fetch_all(&mut *tx).await?;
    tx.commit().await?;
    Ok((total, rows))
}

fn push_asked(sql: &mut QueryBuilder<Postgres>, organization: OrganizationId, asked: &[PersonAsked]) {
    sql.push(PEOPLE).push_bind(organization.0).push(SHOWN);
    for one in asked {
        match one {
            PersonAsked::Id(user) => sql.push(" and u.id = ").push_bind(user.0),
            PersonAsked::Address(email) => sql.push(" and u.email_key = ").push_bind(email.key().to_owned()),
            PersonAsked::ExternalId(id) => sql
                .push(" and s.organization_id = ")
                .push_bind(organization.0)
                .push(" and s.external_id = ")
                .push_bind(id.clone()),
            PersonAsked::Name(name) => sql
                .push(" and u.sort_name = lower(")
                .push_bind(name.clone())
                .push(")"),
            PersonAsked::Active(active) => sql.push(" and (u.status <> 'deactivated') = ").push_bind(*active),
            PersonAsked::Nobody => sql.push(" and false"),
        };
    }
}

pub(in crate::scim) async fn find(
    pool: &PgPool,
    organization: OrganizationId,
    user: UserId,
) -> Result<Option<Row>> {
    let mut sql = one(organization, user, SHOWN);
    Ok(sql.build_query_as().fetch_optional(pool).await?)
}

/// Held, and gone for SCIM or not.
pub(in crate::scim) async fn lock(
    tx: &mut Tx,
    organization: OrganizationId,
    user: UserId,
) -> Result<Option<Row>> {
    let mut sql = one(organization, user, " for update of u");
    Ok(sql.build_query_as().fetch_optional(&mut **tx).await?)
}

fn one(organization: OrganizationId, user: UserId, end: &'static str) -> QueryBuilder<Postgres> {
    let mut sql = QueryBuilder::new(COLUMNS);
    sql.push(PEOPLE)
        .push_bind(organization.0)
        .push(" and u.id = ")
        .push_bind(user.0)
        .push(end);
    sql
}

pub(in crate::scim) async fn save_names(
    tx: &mut Tx,
    permit: &Permit,
    user: UserId,
    (first, last): (&PersonName, &PersonName),
) -> Result<()> {
    sqlx::query!(
        "update users set first_name = $3, last_name = $4 where organization_id = $1 and id = $2",
        permit.organization.0,
        user.0,
        first.as_str(),
        last.as_str()
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// What SCIM says of a person from now on.
pub(in crate::scim) async fn save(
    tx: &mut Tx,
    permit: &Permit,
    user: UserId,
    external_id: Option<&str>,
    marks: ScimMarks,
    now: OffsetDateTime,
) -> Result<()> {
    sqlx::query!(
        "insert into scim_users (user_id, organization_id, external_id, changed_at, deactivated_version, deleted_version)
         values ($2, $1, $3, $4, $5, $6)
         on conflict (user_id) do update set external_id = excluded.external_id, changed_at = excluded.changed_at,
             deactivated_version = excluded.deactivated_version, deleted_version = excluded.deleted_version",
        permit.organization.0,
        user.0,
        external_id,
        now,
        marks.deactivated.map(|version| version.0),
        marks.deleted.map(|version| version.0)
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
