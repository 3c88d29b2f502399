//! Whether an address can be invited, and into which groups: the same for one and for many.

use crate::{Result, access, caller::Permit, database::Tx, users};
use domain::{
    email_address::EmailAddress,
    field::{Fault, Faults, Field},
    ids::GroupId,
    refusal::Refusal,
    users::UserStatus,
};
use uuid::Uuid;

/// Why an address can't be invited.
pub(crate) async fn why_not(tx: &mut Tx, permit: &Permit, email: &EmailAddress) -> Result<Option<Refusal>> {
    let known = users::store::find_by_email(tx, email).await?;
    Ok(known.map(|known| why_not_known(permit, &known)))
}

/// Why the address of somebody can't be invited. Of one in another organization nothing is said but that it is taken.
pub(crate) fn why_not_known(permit: &Permit, known: &users::store::Known) -> Refusal {
    match known.status.parse() {
        _ if known.organization != permit.organization.0 => Refusal::AddressTaken,
        Ok(UserStatus::Invited) => Refusal::AlreadyInvited,
        Ok(UserStatus::Deactivated) => Refusal::MemberIsDeactivated,
        _ => Refusal::AlreadyMember,
    }
}

/// The chosen groups, each once; one that the organization does not have is a fault.
pub(crate) async fn chosen_groups(
    tx: &mut Tx,
    permit: &Permit,
    groups: &[GroupId],
) -> Result<Vec<access::store::choices::Offered>> {
    let mut ids: Vec<Uuid> = groups.iter().map(|g| g.0).collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let found = access::store::groups::list_among(tx, permit.organization, &ids).await?;
    if found.len() == ids.len() {
        Ok(found)
    } else {
        Err(Faults::from((Field::Groups, Fault::UnknownGroup)).into())
    }
}
