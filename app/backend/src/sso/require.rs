//! Letting people in by single sign-on alone, but for one administrator by whom it can be mended when it fails.

use super::store;
use crate::{
    Backend, Caller, Result, audit,
    caller::{Permit, Target},
    database::{Hold, Tx},
    organization,
};
use domain::{access::Action, ids::UserId, refusal::Refusal, sso::Stage};
use serde_json::json;
use time::OffsetDateTime;

/// Where single sign-on is the only way in, whoever the operator let in again is from now on the one whom it does not
/// bind, and what the one before began by a password ends. Whether that changed anything.
pub(crate) async fn name_recovered(
    tx: &mut Tx,
    permit: &Permit,
    user: UserId,
    now: OffsetDateTime,
) -> Result<bool> {
    let named = organization::store::find_break_glass(tx, permit.organization).await?;
    if named.is_none_or(|named| named == user) {
        return Ok(false);
    }
    store::save_required(tx, permit, user, now).await?;
    store::end_what_sso_replaces(tx, permit, user, now).await?;
    Ok(true)
}

impl Backend {
    /// From now on members sign in with SSO only, except whoever is named. Sessions that began otherwise end, but for that
    /// person's and the one that acts. Wants a passed test of what is deployed. Again names somebody else, or does nothing.
    pub async fn require_sso(&self, caller: &Caller, break_glass: UserId) -> Result<()> {
        let permit = caller.permit(Action::RequireSso, Target::Organization(caller.organization))?;
        self.require_proof(caller)?;
        let now = self.now();
        let mut tx = self.begin(&permit, Hold::Alone).await?;
        let live = store::find(&mut tx, permit.organization, Stage::Live).await?;
        let live = live
            .filter(|live| live.row.enabled)
            .ok_or(Refusal::NoSsoConfiguration)?;
        if live.row.tested_at.is_none() {
            return Err(Refusal::SsoNotTested.into());
        }
        let candidates = store::list_candidates(&mut tx, permit.organization).await?;
        let named = candidates.iter().find(|candidate| candidate.id == break_glass);
        let named = named.ok_or(Refusal::NoBreakGlass)?;
        let before = store::find_required(&mut tx, permit.organization, now).await?;
        if before
            .as_ref()
            .is_some_and(|before| before.break_glass.id == break_glass)
        {
            return Ok(());
        }
        store::save_required(&mut tx, &permit, break_glass, now).await?;
        let ended = store::end_what_sso_replaces(&mut tx, &permit, break_glass, now).await?;
        let change = audit::Change::from_to(
            json!({ "without_sso": before.map(|before| before.break_glass.email) }),
            json!({ "without_sso": named.email, "sessions_ended": ended }),
        );
        audit::record(&mut tx, &permit, &caller.organization_name, change, now).await?;
        Ok(tx.commit().await?)
    }

    /// Lets everybody in by all their methods again. Again does nothing.
    pub async fn stop_requiring_sso(&self, caller: &Caller) -> Result<()> {
        let permit = caller.permit(Action::RequireSso, Target::Organization(caller.organization))?;
        self.require_proof(caller)?;
        let now = self.now();
        let mut tx = self.begin(&permit, Hold::Alone).await?;
        let Some(before) = store::find_required(&mut tx, permit.organization, now).await? else {
            return Ok(());
        };
        store::delete_required(&mut tx, &permit).await?;
        let change = audit::Change::removed(json!({ "without_sso": before.break_glass.email }));
        audit::record(&mut tx, &permit, &caller.organization_name, change, now).await?;
        Ok(tx.commit().await?)
    }
}
