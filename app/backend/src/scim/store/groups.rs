//! The SQL of the groups that SCIM keeps. Somebody invited is a member as soon as they accept, and for SCIM from the
//! beginning.

use super::super::{GroupAsked, ScimMember};
use crate::{Result, access::store::groups::Naming, caller::Permit, database::Tx};
use domain::ids::{GroupId, OrganizationId, UserId};
use sqlx::{FromRow, PgExecutor, PgPool, Postgres, QueryBuilder};
use time::OffsetDateTime;
use uuid::Uuid;

#[derive(Clone, FromRow)]
pub(in crate::scim) struct Row {
    pub id: Uuid,
    pub name: String,
    pub description: String,
    pub external_id: Option<String>,
    pub created_at: OffsetDateTime,
    pub changed_at: OffsetDateTime,
}

const COLUMNS: &str = "select g.id, g.name, g.description, s.external_id, g.created_at, s.changed_at";
const GROUPS: &str = " from scim_groups s join groups g on g.id = s.group_id where s.organization_id = ";

/// In the order in which they came.
pub(in crate::scim) async fn list(
    pool: &PgPool,
    organization: OrganizationId,
    asked: &[GroupAsked],
    (offset, limit): (i64, i64),
    now: OffsetDateTime,
) -> Result<(i64, Vec<Row>)> {
    let mut tx = Tx::begin(pool).await?;
    let mut count = QueryBuilder::new("select count(*)");
    push_asked(&mut count, organization, asked, now);
    let total = count
        .build_query_scalar()
        .persistent(false)
        .fetch_one(&mut *tx)
        .await?;
    let mut sql = QueryBuilder::new(COLUMNS);
    push_asked(&mut sql, organization, asked, now);
    sql.push(" order by g.id limit ")
        .push_bind(limit)
        .push(" offset ")
        .push_bind(offset);
    let rows = sql.build_query_as().persistent(false).fetch_all(&mut *tx).await?;
    tx.commit().await?;
    Ok((total, rows))
}

fn push_asked(
    sql: &mut QueryBuilder<Postgres>,
    organization: OrganizationId,
    asked: &[GroupAsked],
    now: OffsetDateTime,
) {
    sql.push(GROUPS).push_bind(organization.0);
    for one in asked {
        match one {
            GroupAsked::Id(group) => sql.push(" and g.id = ").push_bind(group.0),
            GroupAsked::Name(name) => sql
                .push(" and lower(g.name) = lower(")
                .push_bind(name.clone())
                .push(")"),
            GroupAsked::ExternalId(id) => sql.push(" and s.external_id = ").push_bind(id.clone()),
            GroupAsked::Member(user) => sql
                .push(" and (exists (select from memberships m where m.group_id = g.id and m.user_id = ")
                .push_bind(user.0)
                .push(" and (m.ends_at is null or m.ends_at > ")
                .push_bind(now)
                .push(
                    ")) or exists (select from invitation_groups x join invitations i on i.id = x.invitation_id
                        where x.group_id = g.id and i.accepted_at is null and i.cancelled_at is null and i.user_id = ",
                )
                .push_bind(user.0)
                .push("))"),
            GroupAsked::None => sql.push(" and false"),
        };
    }
}

pub(in crate::scim) async fn find(
    pool: &PgPool,
    organization: OrganizationId,
    group: GroupId,
) -> Result<Option<Row>> {
    Ok(one(organization, group, "")
        .build_query_as()
        .fetch_optional(pool)
        .await?)
}

/// Held.
pub(in crate::scim) async fn lock(
    tx: &mut Tx,
    organization: OrganizationId,
    group: GroupId,
) -> Result<Option<Row>> {
    let mut sql = one(organization, group, " for update of g");
    Ok(sql.build_query_as().fetch_optional(&mut **tx).await?)
}

fn one(organization: OrganizationId, group: GroupId, end: &'static str) -> QueryBuilder<Postgres> {
    let mut sql = QueryBuilder::new(COLUMNS);
    sql.push(GROUPS)
        .push_bind(organization.0)
        .push(" and g.id = ")
        .push_bind(group.0)
        .push(end);
    sql
}

/// The members of each of the groups, by address, but for those whom SCIM deleted.
pub(in crate::scim) async fn list_members(
    executor: impl PgExecutor<'_>,
    organization: OrganizationId,
    groups: &[Uuid],
    now: OffsetDateTime,
) -> Result<Vec<(Uuid, ScimMember)>> {
    let rows = sqlx::query!(
        r#"select group_id as "group_id!", user_id as "user_id!", email as "email!" from (
               select m.group_id, m.user_id, u.email from memberships m
               join users u on u.id = m.user_id left join scim_users s on s.user_id = u.id
               where m.organization_id = $1 and m.group_id = any($2) and (m.ends_at is null or m.ends_at > $3)
                 and (u.status <> 'deactivated' or s.deleted_version is distinct from u.status_version)
               union all
               select x.group_id, u.id, u.email from invitation_groups x
               join invitations i on i.id = x.invitation_id join users u on u.id = i.user_id
               where x.organization_id = $1 and x.group_id = any($2) and i.accepted_at is null and i.cancelled_at is null
           ) as members order by email"#,
        organization.0,
        groups,
        now
    )
    .fetch_all(executor)
    .await?;
    let member = |id, email| ScimMember {
        id: UserId(id),
        email,
    };
    Ok(rows
        .into_iter()
        .map(|row| (row.group_id, member(row.user_id, row.email)))
        .collect())
}

/// Everybody with a membership, in force or not, and everybody who is invited to it.
pub(in crate::scim) async fn list_all_members(
    tx: &mut Tx,
    organization: OrganizationId,
    group: GroupId,
) -> Result<Vec<Uuid>> {
    Ok(sqlx::query_scalar!(
        r#"select user_id as "user_id!" from memberships where organization_id = $1 and group_id = $2
           union
           select i.user_id from invitation_groups x join invitations i on i.id = x.invitation_id
           where x.organization_id = $1 and x.group_id = $2 and i.user_id is not null"#,
        organization.0,
        group.0
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// Those of the people who are there for SCIM, with their addresses.
pub(in crate::scim) async fn list_shown_among(
    tx: &mut Tx,
    organization: OrganizationId,
    users: &[Uuid],
) -> Result<Vec<Naming>> {
    Ok(sqlx::query_as!(
        Naming,
        "select u.id, u.email as name from users u left join scim_users s on s.user_id = u.id
         where u.organization_id = $1 and u.id = any($2)
           and (u.status <> 'deactivated' or s.deleted_version is distinct from u.status_version)
         for key share of u",
        organization.0,
        users
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// The addresses of people, whatever became of them.
pub(in crate::scim) async fn list_addresses(
    tx: &mut Tx,
    organization: OrganizationId,
    users: &[Uuid],
) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar!(
        "select email from users where organization_id = $1 and id = any($2) order by email",
        organization.0,
        users
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// What SCIM says of a group from now on; the first time makes it one that it keeps.
pub(in crate::scim) async fn save(
    tx: &mut Tx,
    permit: &Permit,
    group: GroupId,
    external_id: Option<&str>,
    now: OffsetDateTime,
) -> Result<()> {
    sqlx::query!(
        "insert into scim_groups (group_id, organization_id, external_id, changed_at) values ($2, $1, $3, $4)
         on conflict (group_id) do update set external_id = excluded.external_id, changed_at = excluded.changed_at",
        permit.organization.0,
        group.0,
        external_id,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Those of the people who are invited come into the group when they accept. Whoever was not to before.
pub(in crate::scim) async fn save_invited_members(
    tx: &mut Tx,
    permit: &Permit,
    group: GroupId,
    users: &[Uuid],
) -> Result<Vec<Uuid>> {
    Ok(sqlx::query_scalar!(
        r#"with saved as (
               insert into invitation_groups (organization_id, invitation_id, group_id)
               select i.organization_id, i.id, $2 from invitations i join users u on u.id = i.user_id
               where i.organization_id = $1 and u.id = any($3) and u.status = 'invited'
               on conflict do nothing returning invitation_id
           )
           select i.user_id as "user_id!" from saved s join invitations i on i.id = s.invitation_id"#,
        permit.organization.0,
        group.0,
        users
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// Whoever was to come into the group by an invitation.
pub(in crate::scim) async fn delete_invited_members(
    tx: &mut Tx,
    permit: &Permit,
    group: GroupId,
    users: &[Uuid],
) -> Result<Vec<Uuid>> {
    Ok(sqlx::query_scalar!(
        r#"delete from invitation_groups x using invitations i
           where i.id = x.invitation_id and x.organization_id = $1 and x.group_id = $2 and i.user_id = any($3)
           returning i.user_id as "user_id!""#,
        permit.organization.0,
        group.0,
        users
    )
    .fetch_all(&mut **tx)
    .await?)
}
