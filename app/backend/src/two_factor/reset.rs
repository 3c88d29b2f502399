//! Taking somebody's two-factor authentication away: by an administrator, for whoever has lost their device, and with the
//! operator's link.

use super::store;
use crate::{
    Backend, Caller, Error, Result, audit,
    caller::{Permit, Target},
    database::{Hold, Tx},
    mail::TwoFactorChange,
    sessions, users,
};
use domain::{access::Action, ids::UserId, refusal::Refusal};
use serde_json::json;

impl Backend {
    /// Takes all authenticators and recovery codes of somebody else away, and ends their sessions. They sign in with their
    /// password and can set it up anew. Again does nothing; whether it did something.
    pub async fn reset_two_factor(&self, caller: &Caller, user: UserId) -> Result<bool> {
        let permit = caller.permit(Action::ResetTwoFactor, Target::User(user))?;
        if user == caller.user {
            return Err(Refusal::OwnTwoFactor.into());
        }
        self.require_proof(caller)?;
        let now = self.now();
        let mut tx = self.begin(&permit, Hold::Alone).await?;
        let person = users::store::lock_user(&mut tx, permit.organization, user)
            .await?
            .ok_or(Error::NotFound)?;
        let removed = clear(&mut tx, &permit, user).await?;
        if removed == 0 {
            return Ok(false);
        }
        let ended = sessions::store::delete_all_of(&mut tx, &permit, user).await?;
        let to = (user, person.email.as_str());
        self.tell_of_two_factor(
            &mut tx,
            &permit,
            to,
            &caller.organization_name,
            TwoFactorChange::Reset,
        )
        .await?;
        let change = audit::Change::from_to(
            json!({ "authenticators": removed }),
            json!({ "authenticators": 0, "sessions_ended": ended }),
        );
        audit::record(&mut tx, &permit, &person.email, change, now).await?;
        tx.commit().await?;
        self.mail_bell.notify_one();
        Ok(true)
    }
}

/// Takes everything away that asks somebody for a code; says how many authenticators.
pub(crate) async fn clear(tx: &mut Tx, permit: &Permit, user: UserId) -> Result<u64> {
    let removed = store::delete_authenticators_of(tx, permit, user).await?;
    store::delete_codes_of(tx, permit, user).await?;
    store::delete_challenges_of(tx, permit, user).await?;
    Ok(removed)
}
