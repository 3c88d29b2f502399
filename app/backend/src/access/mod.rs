//! Groups and policies of an organization. Which role allows what is decided by `domain::access`.

pub(crate) mod store;

use crate::{
    Backend, Caller, Result,
    caller::{Permit, Target},
    database::Tx,
    secret::Chance,
};
use domain::{
    access::{Action, BuiltInGroup},
    ids::{GroupId, PolicyId},
    users::GroupOption,
};
use time::OffsetDateTime;

/// Writes the five built-in groups and the five default policies of a new organization.
pub(crate) async fn found_defaults(
    tx: &mut Tx,
    permit: &Permit,
    chance: &Chance,
    at: OffsetDateTime,
) -> Result<()> {
    for group in BuiltInGroup::ALL {
        let id = GroupId(chance.id(at));
        store::save_built_in_group(tx, permit, id, group, at).await?;
        let policy = (PolicyId(chance.id(at)), chance.id(at));
        store::save_default_policy(tx, permit, policy, (id, group), at).await?;
    }
    Ok(())
}

impl Backend {
    /// The groups that an administrator can choose from.
    pub async fn list_groups(&self, caller: &Caller) -> Result<Vec<GroupOption>> {
        caller.permit(Action::ViewUsers, Target::Organization(caller.organization))?;
        let groups = store::list_groups(&self.pool, caller.organization).await?;
        Ok(groups
            .into_iter()
            .map(|g| GroupOption {
                id: GroupId(g.id),
                name: g.name,
                description: g.description,
            })
            .collect())
    }
}
