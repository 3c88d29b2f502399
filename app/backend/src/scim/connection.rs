//! The identity provider that asks, known by its token.

use super::store;
use crate::{Backend, Client, Error, Result, database::Tx, last_use, secret_text::SecretKind};
use domain::{
    ids::{OrganizationId, ScimTokenId},
    organization::OrgId,
    refusal::Refusal,
    scim::ScimPart,
};

/// An identity provider with a token that is there, as the database knew it when the request began. It hears of its own
/// organization and of no other.
#[derive(Clone, Debug)]
pub struct Connection {
    pub token: ScimTokenId,
    /// What its token is called.
    pub name: String,
    pub organization: OrganizationId,
    pub org_id: OrgId,
    pub organization_name: String,
    pub client: Client,
    users: bool,
    groups: bool,
}

impl Connection {
    /// Whether this part is taken at all.
    pub(super) fn require(&self, part: ScimPart) -> Result<(), Refusal> {
        judge(part, (self.users, self.groups))
    }
}

fn judge(part: ScimPart, (users, groups): (bool, bool)) -> Result<(), Refusal> {
    match part {
        ScimPart::Users if !users => Err(Refusal::ScimUsersOff),
        ScimPart::Groups if !groups => Err(Refusal::ScimGroupsOff),
        _ => Ok(()),
    }
}

/// The same once the organization is held, so that nothing happens after its token was deleted or its switch was put off.
pub(crate) async fn judge_again(
    tx: &mut Tx,
    organization: OrganizationId,
    token: ScimTokenId,
    part: ScimPart,
) -> Result<()> {
    let switches = store::find_switches_of(tx, organization, token)
        .await?
        .ok_or(Error::SignedOut)?;
    Ok(judge(part, switches)?)
}

impl Backend {
    /// Who asks at the address of an organization; `None` for a token that does not work there, whatever the reason.
    pub async fn find_scim_connection(
        &self,
        org_id: &str,
        presented: &str,
        client: Client,
    ) -> Result<Option<Connection>> {
        let (Some(secret), Ok(org_id)) = (SecretKind::Scim.parse(presented), org_id.parse::<OrgId>()) else {
            return Ok(None);
        };
        let now = self.now();
        let Some(row) = store::find_by_secret(&self.pool, &org_id, &secret).await? else {
            return Ok(None);
        };
        if last_use::is_due(row.last_used_at, now) {
            store::save_used(&self.pool, row.id, now, last_use::unless_since(now)).await?;
        }
        Ok(Some(Connection {
            token: ScimTokenId(row.id),
            name: row.name,
            organization: OrganizationId(row.organization_id),
            org_id,
            organization_name: row.organization_name,
            client,
            users: row.users,
            groups: row.groups,
        }))
    }
}
