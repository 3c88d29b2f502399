//! Whoever a token acts as. Asked of the database each time and kept nowhere: what is taken from a person is taken from
//! their tokens by the next request, on every server.

use super::store;
use crate::{
    Backend, Caller, Client, Result, access::store::held::roles_from_keys, caller::Credential, last_use,
    secret_text::SecretKind,
};
use domain::{
    access::{RoleKey, with_included},
    ids::{OrganizationId, TokenId, UserId},
    moment::Moment,
    organization::OrgId,
};
use time::OffsetDateTime;

/// An active person, by a token that works.
#[derive(Clone, Debug)]
pub struct Holder {
    pub user: UserId,
    pub email: String,
    pub organization: OrganizationId,
    pub org_id: OrgId,
    /// By name.
    pub groups: Vec<String>,
    /// What they hold, those of the operator and those that come with others included.
    pub roles: Vec<RoleKey>,
    /// Whether their organization asks for two-factor authentication that they don't have: their roles count for nothing.
    pub must_enrol: bool,
    pub created: Moment,
    pub expires: Option<Moment>,
}

impl Holder {
    /// The roles that count.
    pub fn effective_roles(&self) -> &[RoleKey] {
        if self.must_enrol { &[] } else { &self.roles }
    }
}

impl Backend {
    /// The person and what they may do, for acts by a token.
    pub async fn find_caller(&self, presented: &str, client: Client) -> Result<Option<Caller>> {
        let Some((row, org_id)) = self.find_by_secret(presented).await? else {
            return Ok(None);
        };
        self.note_use(&row).await?;
        Ok(Some(Caller {
            user: UserId(row.user),
            organization: OrganizationId(row.organization),
            org_id,
            organization_name: row.organization_name,
            email: row.email,
            first_name: row.first_name,
            last_name: row.last_name,
            theme: row.theme.parse().unwrap_or_default(),
            two_factor: row.two_factor,
            two_factor_from: row.two_factor_from,
            must_enrol: row.must_enrol,
            credential: Credential::Token(TokenId(row.token), row.name),
            proved_at: OffsetDateTime::UNIX_EPOCH,
            roles: roles_from_keys(&row.roles),
            client,
        }))
    }

    /// Who a token acts as; `None` for one that does not work, whatever the reason.
    pub async fn find_holder(&self, presented: &str) -> Result<Option<Holder>> {
        self.find_holder_in(None, presented).await
    }

    /// The same if it is somebody of this organization. Whoever else asks leaves no trace at the token.
    pub(crate) async fn find_holder_in(
        &self,
        organization: Option<OrganizationId>,
        presented: &str,
    ) -> Result<Option<Holder>> {
        let Some((row, org_id)) = self.find_by_secret(presented).await? else {
            return Ok(None);
        };
        if organization.is_some_and(|organization| organization.0 != row.organization) {
            return Ok(None);
        }
        self.note_use(&row).await?;
        let mut groups = row.groups;
        groups.sort_by_cached_key(|name| (name.to_lowercase(), name.clone()));
        Ok(Some(Holder {
            user: UserId(row.user),
            email: row.email,
            organization: OrganizationId(row.organization),
            org_id,
            groups,
            roles: with_included(row.roles),
            must_enrol: row.must_enrol,
            created: row.created_at.into(),
            expires: row.expires_at.map(Moment::from),
        }))
    }

    /// A token that works.
    async fn find_by_secret(&self, presented: &str) -> Result<Option<(store::HolderRow, OrgId)>> {
        let Some(secret) = SecretKind::AccessToken.parse(presented) else {
            return Ok(None);
        };
        let now = self.now();
        let Some(row) = store::find_living(&self.pool, &secret, now).await? else {
            return Ok(None);
        };
        let Ok(org_id) = row.org_id.parse::<OrgId>() else {
            return Ok(None);
        };
        Ok(Some((row, org_id)))
    }

    async fn note_use(&self, row: &store::HolderRow) -> Result<()> {
        let now = self.now();
        if last_use::is_due(row.last_used_at, now) {
            store::save_used(&self.pool, row.token, now, last_use::unless_since(now)).await?;
        }
        Ok(())
    }
}
