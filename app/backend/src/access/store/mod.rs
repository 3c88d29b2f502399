//! The SQL of access: what an organization is founded with here, groups, policies and what people hold beside it.

pub(crate) mod choices;
pub(crate) mod drafts;
pub(crate) mod groups;
pub(crate) mod held;
pub(crate) mod members;
pub(crate) mod policies;

use crate::{Result, caller::Permit, database::Tx};
use domain::{
    access::BuiltInGroup,
    ids::{GroupId, PolicyId, UserId},
};
use time::OffsetDateTime;
use uuid::Uuid;

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
