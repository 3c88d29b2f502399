//! The SQL of groups, policies and the roles they give.

use crate::{Result, caller::Permit, database::Tx};
use domain::{
    access::{BuiltInGroup, Role, Roles},
    ids::{GroupId, OrganizationId, PolicyId, UserId},
};
use sqlx::PgPool;
use time::OffsetDateTime;
use uuid::Uuid;

/// Roles as the database writes them; a key that this program does not know gives nothing.
pub(crate) fn roles_from_keys(keys: &[String]) -> Roles {
    keys.iter().filter_map(|key| key.parse::<Role>().ok()).collect()
}

/// What an active person holds; `None` for anybody else.
pub(crate) async fn find_roles_of_active(tx: &mut Tx, user: UserId) -> Result<Option<Roles>> {
    let keys = sqlx::query_scalar!(
        r#"select array(select distinct role from held_roles where user_id = u.id) as "roles!"
           from users u where u.id = $1 and u.status = 'active'"#,
        user.0
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(keys.map(|keys| roles_from_keys(&keys)))
}

pub(crate) async fn save_built_in_group(
    tx: &mut Tx,
    permit: &Permit,
    id: GroupId,
    group: BuiltInGroup,
    at: OffsetDateTime,
) -> Result<()> {
    sqlx::query!(
        "insert into groups (id, organization_id, name, description, built_in, created_at) values ($1, $2, $3, $4, true, $5)",
        id.0,
        permit.organization.0,
        group.name(),
        group.description(),
        at
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The default policy of a built-in group: one rule that gives the group its roles.
pub(crate) async fn save_default_policy(
    tx: &mut Tx,
    permit: &Permit,
    (policy, rule): (PolicyId, Uuid),
    (id, group): (GroupId, BuiltInGroup),
    at: OffsetDateTime,
) -> Result<()> {
    let roles: Vec<String> = group.roles().iter().map(|role| role.key().to_owned()).collect();
    sqlx::query!(
        "with policy as (
            insert into policies (id, organization_id, name, description, built_in, created_at)
            values ($1, $2, $3, $4, true, $5)
         ), rule as (
            insert into policy_rules (id, organization_id, policy_id, position) values ($6, $2, $1, 1)
         ), given as (
            insert into policy_rule_roles (organization_id, rule_id, role) select $2, $6, unnest($7::text[])
         )
         insert into policy_rule_principals (organization_id, rule_id, group_id) values ($2, $6, $8)",
        policy.0,
        permit.organization.0,
        group.policy_name(),
        group.description(),
        at,
        rule,
        &roles,
        id.0
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(crate) struct GroupRow {
    pub id: Uuid,
    pub name: String,
    pub description: String,
}

pub(crate) async fn list_groups(pool: &PgPool, organization: OrganizationId) -> Result<Vec<GroupRow>> {
    Ok(sqlx::query_as!(
        GroupRow,
        "select id, name, description from groups where organization_id = $1 order by built_in desc, lower(name) limit 1000",
        organization.0
    )
    .fetch_all(pool)
    .await?)
}

/// Those of the groups that the organization has.
pub(crate) async fn list_groups_among(
    tx: &mut Tx,
    organization: OrganizationId,
    groups: &[Uuid],
) -> Result<Vec<GroupRow>> {
    Ok(sqlx::query_as!(
        GroupRow,
        "select id, name, description from groups where organization_id = $1 and id = any($2) order by name for key share",
        organization.0,
        groups
    )
    .fetch_all(&mut **tx)
    .await?)
}

pub(crate) async fn save_membership_by_name(
    tx: &mut Tx,
    permit: &Permit,
    user: UserId,
    group: BuiltInGroup,
    at: OffsetDateTime,
) -> Result<()> {
    sqlx::query!(
        "insert into memberships (organization_id, group_id, user_id, created_at)
         select organization_id, id, $2, $4 from groups where organization_id = $1 and name = $3 and built_in
         on conflict do nothing",
        permit.organization.0,
        user.0,
        group.name(),
        at
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(crate) async fn list_group_names_of(pool: &PgPool, user: UserId) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar!(
        "select g.name from memberships m join groups g on g.id = m.group_id where m.user_id = $1 order by g.name",
        user.0
    )
    .fetch_all(pool)
    .await?)
}
