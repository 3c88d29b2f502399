//! Groups and policies of an organization. Which role allows what is decided by `domain::access`.

mod administrators;
mod change;
mod drafts;
mod explain;
mod groups;
mod policies;
pub(crate) mod store;
#[cfg(test)]
mod tests;

pub use change::Intent;
pub(crate) use change::{Measure, recorded};
pub use drafts::{Draft, KEEP_DRAFTS};
pub use policies::Saved;

use crate::{Result, caller::Permit, database::Tx, secret::Chance};
use domain::{
    access::BuiltInGroup,
    ids::{GroupId, PolicyId},
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
