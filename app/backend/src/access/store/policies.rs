//! The SQL of policies, their rules and whom these name.

use crate::{Result, caller::Permit, database::Tx};
use domain::{
    access::policy::{NameQuery, Rule},
    ids::{OrganizationId, PolicyId, UserId},
    users::PAGE_SIZE,
};
use sqlx::{PgExecutor, PgPool};
use time::OffsetDateTime;
use uuid::Uuid;

pub(crate) struct Head {
    pub id: Uuid,
    pub name: String,
    pub description: String,
    pub built_in: bool,
    pub version: i32,
}

/// A page of policies by name; one more than a page holds if there are more.
pub(crate) async fn list_page(
    pool: &PgPool,
    organization: OrganizationId,
    query: &NameQuery,
) -> Result<Vec<Head>> {
    #[expect(clippy::cast_possible_wrap, reason = "a constant of a few digits")]
    let limit = PAGE_SIZE as i64 + 1;
    Ok(sqlx::query_as!(
        Head,
        "select id, name, description, built_in, version from policies
         where organization_id = $1 and lower(name) like $2 and ($3::text is null or lower(name) > lower($3))
         order by lower(name) limit $4",
        organization.0,
        crate::database::pattern_of_part(&query.search),
        query.after.as_deref().map(crate::database::storable),
        limit
    )
    .fetch_all(pool)
    .await?)
}

pub(crate) async fn find(
    executor: impl PgExecutor<'_>,
    organization: OrganizationId,
    policy: PolicyId,
) -> Result<Option<Head>> {
    Ok(sqlx::query_as!(
        Head,
        "select id, name, description, built_in, version from policies where organization_id = $1 and id = $2",
        organization.0,
        policy.0
    )
    .fetch_optional(executor)
    .await?)
}

pub(crate) struct Naming {
    pub id: Uuid,
    pub name: String,
}

/// The policies that name a person or a group that they are in now, whether or not they give anything.
pub(crate) async fn list_naming_person(
    pool: &PgPool,
    organization: OrganizationId,
    user: UserId,
    now: OffsetDateTime,
) -> Result<Vec<Naming>> {
    Ok(sqlx::query_as!(
        Naming,
        "select id, name from policies where organization_id = $1 and id in (
             select x.policy_id from policy_rule_principals p join policy_rules x on x.id = p.rule_id where p.user_id = $2
             union
             select x.policy_id from memberships m
             join policy_rule_principals p on p.group_id = m.group_id
             join policy_rules x on x.id = p.rule_id
             where m.user_id = $2 and (m.ends_at is null or m.ends_at > $3))
         order by lower(name) limit 200",
        organization.0,
        user.0,
        now
    )
    .fetch_all(pool)
    .await?)
}

pub(crate) async fn lock(
    tx: &mut Tx,
    organization: OrganizationId,
    policy: PolicyId,
) -> Result<Option<Head>> {
    Ok(sqlx::query_as!(
        Head,
        "select id, name, description, built_in, version from policies
         where organization_id = $1 and id = $2 for update",
        organization.0,
        policy.0
    )
    .fetch_optional(&mut **tx)
    .await?)
}

pub(crate) struct RuleRow {
    pub policy_id: Uuid,
    pub id: Uuid,
    pub ends_at: Option<OffsetDateTime>,
    pub roles: Vec<String>,
    pub users: Vec<Uuid>,
    pub user_names: Vec<String>,
    pub groups: Vec<Uuid>,
    pub group_names: Vec<String>,
}

/// The rules of policies in their order, with the names of whom they name.
pub(crate) async fn list_rules(
    executor: impl PgExecutor<'_>,
    organization: OrganizationId,
    policies: &[Uuid],
) -> Result<Vec<RuleRow>> {
    Ok(sqlx::query_as!(
        RuleRow,
        r#"select x.policy_id, x.id, x.ends_at,
                  array(select role from policy_rule_roles where rule_id = x.id order by role) as "roles!",
                  array(select u.id from policy_rule_principals p join users u on u.id = p.user_id
                        where p.rule_id = x.id order by u.sort_name, u.id) as "users!",
                  array(select case when u.first_name = '' then u.email else u.first_name || ' ' || u.last_name end
                        from policy_rule_principals p join users u on u.id = p.user_id
                        where p.rule_id = x.id order by u.sort_name, u.id) as "user_names!",
                  array(select g.id from policy_rule_principals p join groups g on g.id = p.group_id
                        where p.rule_id = x.id order by lower(g.name)) as "groups!",
                  array(select g.name from policy_rule_principals p join groups g on g.id = p.group_id
                        where p.rule_id = x.id order by lower(g.name)) as "group_names!"
           from policy_rules x where x.organization_id = $1 and x.policy_id = any($2)
           order by x.policy_id, x.position"#,
        organization.0,
        policies
    )
    .fetch_all(executor)
    .await?)
}

pub(crate) async fn save_new(
    tx: &mut Tx,
    permit: &Permit,
    policy: PolicyId,
    (name, description): (&str, &str),
    at: OffsetDateTime,
) -> Result<()> {
    sqlx::query!(
        "insert into policies (id, organization_id, name, description, created_at) values ($1, $2, $3, $4, $5)",
        policy.0,
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
    policy: PolicyId,
    (name, description): (&str, &str),
) -> Result<()> {
    sqlx::query!(
        "update policies set name = $3, description = $4, version = version + 1 where organization_id = $1 and id = $2",
        permit.organization.0,
        policy.0,
        name,
        description
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Counts a change of a default policy, whose own words stay.
pub(crate) async fn save_changed(tx: &mut Tx, permit: &Permit, policy: PolicyId) -> Result<()> {
    sqlx::query!(
        "update policies set version = version + 1 where organization_id = $1 and id = $2",
        permit.organization.0,
        policy.0
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(crate) async fn delete_rules(tx: &mut Tx, permit: &Permit, policy: PolicyId) -> Result<()> {
    sqlx::query!(
        "delete from policy_rules where organization_id = $1 and policy_id = $2",
        permit.organization.0,
        policy.0
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The rules of a policy in their order. Each statement writes those of all rules: what people hold is worked out anew
/// once, however many rules there are.
pub(crate) async fn save_rules(
    tx: &mut Tx,
    permit: &Permit,
    policy: PolicyId,
    rules: &[(Uuid, &Rule)],
) -> Result<()> {
    let ids: Vec<Uuid> = rules.iter().map(|(id, _)| *id).collect();
    let ends: Vec<Option<i64>> = rules
        .iter()
        .map(|(_, rule)| rule.ends.map(domain::moment::Moment::unix_seconds))
        .collect();
    let of_rules = rules
        .iter()
        .flat_map(|(id, rule)| rule.roles.iter().map(|role| (*id, role.as_str().to_owned())));
    let (of_rules, role_keys): (Vec<Uuid>, Vec<String>) = of_rules.unzip();
    sqlx::query!(
        "with rules as (
            insert into policy_rules (id, organization_id, policy_id, position, ends_at)
            select id, $1, $2, position, to_timestamp(ends)
            from unnest($3::uuid[], $4::bigint[]) with ordinality as x (id, ends, position)
         )
         insert into policy_rule_roles (organization_id, rule_id, role)
         select $1, rule_id, role from unnest($5::uuid[], $6::text[]) as y (rule_id, role)",
        permit.organization.0,
        policy.0,
        &ids,
        &ends as &[Option<i64>],
        &of_rules,
        &role_keys
    )
    .execute(&mut **tx)
    .await?;
    save_principals(tx, permit, rules).await
}

/// Whom rules name.
pub(crate) async fn save_principals(tx: &mut Tx, permit: &Permit, rules: &[(Uuid, &Rule)]) -> Result<()> {
    let users = rules
        .iter()
        .flat_map(|(id, rule)| rule.users.iter().map(|user| (*id, user.0)));
    let groups = rules
        .iter()
        .flat_map(|(id, rule)| rule.groups.iter().map(|group| (*id, group.0)));
    let (of_users, users): (Vec<Uuid>, Vec<Uuid>) = users.unzip();
    let (of_groups, groups): (Vec<Uuid>, Vec<Uuid>) = groups.unzip();
    sqlx::query!(
        "insert into policy_rule_principals (organization_id, rule_id, user_id, group_id)
         select $1::uuid, rule_id, user_id, null::uuid from unnest($2::uuid[], $3::uuid[]) as x (rule_id, user_id)
         union all
         select $1, rule_id, null, group_id from unnest($4::uuid[], $5::uuid[]) as y (rule_id, group_id)",
        permit.organization.0,
        &of_users,
        &users,
        &of_groups,
        &groups
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Forgets whom the rules of a policy name.
pub(crate) async fn delete_principals(tx: &mut Tx, permit: &Permit, policy: PolicyId) -> Result<()> {
    sqlx::query!(
        "delete from policy_rule_principals p using policy_rules r
         where r.id = p.rule_id and p.organization_id = $1 and r.policy_id = $2",
        permit.organization.0,
        policy.0
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Whether the organization has as many policies as it may.
pub(crate) async fn are_enough(tx: &mut Tx, permit: &Permit, most: i64) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select count(*) >= $2 as "are_enough!" from policies where organization_id = $1"#,
        permit.organization.0,
        most
    )
    .fetch_one(&mut **tx)
    .await?)
}

pub(crate) async fn delete(tx: &mut Tx, permit: &Permit, policy: PolicyId) -> Result<()> {
    sqlx::query!(
        "delete from policies where organization_id = $1 and id = $2",
        permit.organization.0,
        policy.0
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
