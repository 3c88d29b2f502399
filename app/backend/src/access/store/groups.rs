//! The SQL of groups; `members.rs` has who is in them.

use super::choices::Offered;
use crate::{Result, caller::Permit, database::Tx};
use domain::{
    access::{group::COUNTED_MEMBERS, policy::NameQuery},
    ids::{GroupId, OrganizationId, UserId},
    users::PAGE_SIZE,
};
use sqlx::{PgExecutor, PgPool};
use time::OffsetDateTime;
use uuid::Uuid;

#[expect(clippy::cast_possible_wrap, reason = "constants of a few digits")]
const COUNTED: i64 = COUNTED_MEMBERS as i64;
#[expect(clippy::cast_possible_wrap, reason = "constants of a few digits")]
const PAGE: i64 = PAGE_SIZE as i64 + 1;

/// Those of the groups that the organization has.
pub(crate) async fn list_among(
    tx: &mut Tx,
    organization: OrganizationId,
    groups: &[Uuid],
) -> Result<Vec<Offered>> {
    Ok(sqlx::query_as!(
        Offered,
        "select id, name, description from groups where organization_id = $1 and id = any($2) order by name for key share",
        organization.0,
        groups
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// A group that is called by a name.
pub(crate) struct Named {
    /// The name as it was asked for.
    pub asked: String,
    pub id: Uuid,
    pub name: String,
}

/// Those of the names that groups of the organization have, whatever their case.
pub(crate) async fn list_named(
    tx: &mut Tx,
    organization: OrganizationId,
    names: &[String],
) -> Result<Vec<Named>> {
    Ok(sqlx::query_as!(
        Named,
        r#"select asked.name as "asked!", g.id, g.name
           from unnest($2::text[]) asked(name) join groups g on g.organization_id = $1 and lower(g.name) = lower(asked.name)"#,
        organization.0,
        names
    )
    .fetch_all(&mut **tx)
    .await?)
}

pub(crate) struct Row {
    pub id: Uuid,
    pub name: String,
    pub description: String,
    pub built_in: bool,
    pub version: i32,
    pub members: i64,
}

/// A page of groups by name, with their members in force, counted up to a bound.
pub(crate) async fn list_page(
    pool: &PgPool,
    organization: OrganizationId,
    query: &NameQuery,
    now: OffsetDateTime,
) -> Result<Vec<Row>> {
    Ok(sqlx::query_as!(
        Row,
        r#"select g.id, g.name, g.description, g.built_in, g.version,
                  (select count(*) from (select from memberships m where m.group_id = g.id
                       and (m.ends_at is null or m.ends_at > $4) limit $5) counted) as "members!"
           from groups g
           where g.organization_id = $1 and lower(g.name) like $2 and ($3::text is null or lower(g.name) > lower($3))
           order by lower(g.name) limit $6"#,
        organization.0,
        crate::database::pattern_of_part(&query.search),
        query.after.as_deref().map(crate::database::storable),
        now,
        COUNTED + 1,
        PAGE
    )
    .fetch_all(pool)
    .await?)
}

pub(crate) async fn find(
    executor: impl PgExecutor<'_>,
    organization: OrganizationId,
    group: GroupId,
    now: OffsetDateTime,
) -> Result<Option<Row>> {
    Ok(sqlx::query_as!(
        Row,
        r#"select g.id, g.name, g.description, g.built_in, g.version,
                  (select count(*) from (select from memberships m where m.group_id = g.id
                       and (m.ends_at is null or m.ends_at > $3) limit $4) counted) as "members!"
           from groups g where g.organization_id = $1 and g.id = $2"#,
        organization.0,
        group.0,
        now,
        COUNTED + 1
    )
    .fetch_optional(executor)
    .await?)
}

pub(crate) struct Locked {
    pub name: String,
    pub description: String,
    pub built_in: bool,
    pub version: i32,
}

pub(crate) async fn lock(
    tx: &mut Tx,
    organization: OrganizationId,
    group: GroupId,
) -> Result<Option<Locked>> {
    Ok(sqlx::query_as!(
        Locked,
        "select name, description, built_in, version from groups where organization_id = $1 and id = $2 for update",
        organization.0,
        group.0
    )
    .fetch_optional(&mut **tx)
    .await?)
}

pub(crate) async fn save_new(
    tx: &mut Tx,
    permit: &Permit,
    group: GroupId,
    (name, description): (&str, &str),
    at: OffsetDateTime,
) -> Result<()> {
    sqlx::query!(
        "insert into groups (id, organization_id, name, description, created_at) values ($1, $2, $3, $4, $5)",
        group.0,
        permit.organization.0,
        name,
        description,
        at
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(crate) async fn save_words(
    tx: &mut Tx,
    permit: &Permit,
    group: GroupId,
    (name, description): (&str, &str),
) -> Result<()> {
    sqlx::query!(
        "update groups set name = $3, description = $4, version = version + 1 where organization_id = $1 and id = $2",
        permit.organization.0,
        group.0,
        name,
        description
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(crate) async fn delete(tx: &mut Tx, permit: &Permit, group: GroupId) -> Result<()> {
    sqlx::query!(
        "delete from groups where organization_id = $1 and id = $2",
        permit.organization.0,
        group.0
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(crate) struct Naming {
    pub id: Uuid,
    pub name: String,
}

/// The policies that name a group.
pub(crate) async fn list_policies_naming(
    executor: impl PgExecutor<'_>,
    organization: OrganizationId,
    group: GroupId,
) -> Result<Vec<Naming>> {
    Ok(sqlx::query_as!(
        Naming,
        "select id, name from policies where organization_id = $1 and id in (
             select x.policy_id from policy_rule_principals p join policy_rules x on x.id = p.rule_id where p.group_id = $2)
         order by lower(name) limit 200",
        organization.0,
        group.0
    )
    .fetch_all(executor)
    .await?)
}

/// The keys of the roles that a group gives its members now.
pub(crate) async fn list_roles_of(
    pool: &PgPool,
    organization: OrganizationId,
    group: GroupId,
    now: OffsetDateTime,
) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar!(
        "select role from given_roles
         where organization_id = $1 and group_id = $2 and (ends_at is null or ends_at > $3) order by role",
        organization.0,
        group.0,
        now
    )
    .fetch_all(pool)
    .await?)
}

/// Those of the people who are in the organization and have or had an account.
pub(crate) async fn list_people_among(
    tx: &mut Tx,
    organization: OrganizationId,
    users: &[Uuid],
) -> Result<Vec<Naming>> {
    Ok(sqlx::query_as!(
        Naming,
        "select id, email as name from users where organization_id = $1 and id = any($2) and status <> 'invited'
         order by sort_name for key share",
        organization.0,
        users
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// The groups that a person is in now, with the end of each membership.
pub(crate) async fn list_of_person(
    pool: &PgPool,
    organization: OrganizationId,
    user: UserId,
    now: OffsetDateTime,
) -> Result<Vec<(Uuid, String, Option<OffsetDateTime>)>> {
    let rows = sqlx::query!(
        "select g.id, g.name, m.ends_at from memberships m join groups g on g.id = m.group_id
         where m.organization_id = $1 and m.user_id = $2 and (m.ends_at is null or m.ends_at > $3)
         order by lower(g.name)",
        organization.0,
        user.0,
        now
    )
    .fetch_all(pool)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.id, row.name, row.ends_at))
        .collect())
}
