//! Whoever a token acts as. Asked of the database each time and kept nowhere: what is taken from a person is taken from
//! their tokens by the next request, on every server.

use super::store;
use crate::{Backend, Result, secret_text::SecretKind};
use domain::{
    access::{RoleKey, with_included},
    ids::{OrganizationId, UserId},
    moment::Moment,
    organization::OrgId,
};
use time::Duration;

/// How precisely the last use of a token is known.
const USED_EVERY: Duration = Duration::MINUTE;

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
    /// Who a token acts as; `None` for one that does not work, whatever the reason.
    pub async fn find_holder(&self, presented: &str) -> Result<Option<Holder>> {
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
        // One that was used in the future was so before the clock was set back.
        let is_fresh = |at| (now - at) < USED_EVERY && at <= now;
        if !row.last_used_at.is_some_and(is_fresh) {
            store::save_used(&self.pool, row.token, now, now - USED_EVERY).await?;
        }
        Ok(Some(Holder {
            user: UserId(row.user),
            email: row.email,
            organization: OrganizationId(row.organization),
            org_id,
            groups: row.groups,
            roles: with_included(row.roles),
            must_enrol: row.must_enrol,
            created: row.created_at.into(),
            expires: row.expires_at.map(Moment::from),
        }))
    }
}
