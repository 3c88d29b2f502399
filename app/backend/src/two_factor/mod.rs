//! Two-factor authentication: what somebody has of it, switching it off, recovery codes, and how old a proof of who one is
//! may be. `enrol.rs` sets an authenticator up and seals its secret, `challenge.rs` asks for a code at sign-in, `codes.rs`
//! judges what was typed, `totp.rs` has the arithmetic of authenticators, `reset.rs` takes everything of somebody away,
//! `demand.rs` is the organization that asks it of everybody.
//!
//! Every code works once, over all flows and on all servers: its use is a conditional update in the act's transaction.

mod challenge;
mod codes;
mod demand;
mod enrol;
mod reset;
pub(crate) mod store;
#[cfg(test)]
mod tests;
pub(crate) mod totp;

pub use enrol::Confirmed;
pub(crate) use reset::clear;
pub(crate) use store::stop_asking_unless_enrolled;

use crate::{
    Backend, Caller, Error, Result, audit,
    caller::{Permit, Target},
    database::{Hold, Tx},
    mail::{Message, TwoFactorChange},
    secret::Secret,
    throttle,
};
use domain::{
    access::Action,
    field::{Fault, Faults, Field},
    ids::{AuthenticatorId, UserId},
    refusal::Refusal,
    two_factor::{AuthenticatorLine, OwnTwoFactor, RECOVERY_CODES, recovery_code},
};
use serde_json::json;
use time::OffsetDateTime;

impl Backend {
    /// What somebody sees of their own on the settings page.
    pub(crate) async fn own_two_factor(&self, caller: &Caller) -> Result<OwnTwoFactor> {
        let authenticators = store::list_confirmed(&self.pool, caller.organization, caller.user).await?;
        let line = |row: store::InUse| AuthenticatorLine {
            id: AuthenticatorId(row.id),
            name: row.name,
            added: row.confirmed_at.into(),
            last_used: row.last_used_at.map(Into::into),
        };
        let left = store::count_codes_left(&self.pool, caller.organization, caller.user).await?;
        let asked_from = store::find_demand(&self.pool, caller.organization).await?;
        Ok(OwnTwoFactor {
            authenticators: authenticators.into_iter().map(line).collect(),
            recovery_codes_left: usize::try_from(left).unwrap_or_default(),
            asked_from: asked_from.map(Into::into),
            wants_proof: !self.is_proved(caller),
        })
    }

    /// Whether the caller has proved a short while ago who they are.
    pub fn is_proved(&self, caller: &Caller) -> bool {
        let age = self.now() - caller.proved_at;
        // One of the future was given before the clock was set back.
        !age.is_negative() && age <= self.settings.proof_lifetime
    }

    /// For what matters most: refuses somebody whose last proof is too old, at the field that asks for another.
    pub(crate) fn require_proof(&self, caller: &Caller) -> Result<()> {
        if self.is_proved(caller) {
            Ok(())
        } else {
            Err(Faults::from((Field::CurrentPassword, Fault::ProofWanted)).into())
        }
    }

    /// Takes all authenticators and recovery codes of the caller away. Again does nothing.
    pub async fn turn_two_factor_off(&self, caller: &Caller) -> Result<()> {
        let permit = caller.permit(Action::TurnTwoFactorOff, Target::User(caller.user))?;
        self.require_proof(caller)?;
        let now = self.now();
        let mut tx = self.begin(&permit, Hold::Alone).await?;
        if store::find_demand(&mut *tx, permit.organization)
            .await?
            .is_some_and(|from| from <= now)
        {
            return Err(Refusal::TwoFactorAskedFor.into());
        }
        let removed = store::delete_authenticators_of(&mut tx, &permit, caller.user).await?;
        if removed == 0 {
            return Ok(());
        }
        store::delete_codes_of(&mut tx, &permit, caller.user).await?;
        store::delete_challenges_of(&mut tx, &permit, caller.user).await?;
        let change = audit::Change::from_to(
            json!({ "authenticators": removed }),
            json!({ "authenticators": 0 }),
        );
        self.tell_and_record(&mut tx, &permit, caller, TwoFactorChange::Off, change, now)
            .await?;
        tx.commit().await?;
        self.mail_bell.notify_one();
        Ok(())
    }

    /// Takes one authenticator away, as long as another one stays. Again: there is none.
    pub async fn remove_authenticator(&self, caller: &Caller, authenticator: AuthenticatorId) -> Result<()> {
        let permit = caller.permit(Action::RemoveAuthenticator, Target::User(caller.user))?;
        self.require_proof(caller)?;
        let now = self.now();
        // Alone: of two that remove each another one, one stays.
        let mut tx = self.begin(&permit, Hold::Alone).await?;
        let name = store::delete_authenticator(&mut tx, &permit, caller.user, authenticator)
            .await?
            .ok_or(Error::NotFound)?;
        if store::count_confirmed(&mut *tx, permit.organization, caller.user).await? == 0 {
            return Err(Refusal::LastAuthenticator.into());
        }
        let change = audit::Change::from_to(json!({ "authenticator": name }), json!({}));
        let told = TwoFactorChange::Removed { name };
        self.tell_and_record(&mut tx, &permit, caller, told, change, now)
            .await?;
        tx.commit().await?;
        self.mail_bell.notify_one();
        Ok(())
    }

    /// Ten new recovery codes, as they are shown; the old ones work no more.
    pub async fn make_recovery_codes(&self, caller: &Caller) -> Result<Vec<Secret<String>>> {
        let permit = caller.permit(Action::MakeRecoveryCodes, Target::User(caller.user))?;
        self.require_proof(caller)?;
        let now = self.now();
        let mut tx = Tx::begin(&self.pool).await?;
        let made = throttle::recovery_codes(&self.settings.throttles, caller.user);
        throttle::take(&mut tx, &[made], now).await?;
        tx.commit().await?;
        let (codes, hashes) = self.new_recovery_codes().await?;
        let mut tx = self.begin(&permit, Hold::Alone).await?;
        if store::count_confirmed(&mut *tx, permit.organization, caller.user).await? == 0 {
            return Err(Error::NotFound);
        }
        store::delete_codes_of(&mut tx, &permit, caller.user).await?;
        store::save_codes(&mut tx, &permit, caller.user, &hashes, now).await?;
        let (told, change) = (TwoFactorChange::NewCodes, audit::Change::nothing());
        self.tell_and_record(&mut tx, &permit, caller, told, change, now)
            .await?;
        tx.commit().await?;
        self.mail_bell.notify_one();
        Ok(codes)
    }

    /// Recovery codes as they are shown, and what is stored of them.
    async fn new_recovery_codes(&self) -> Result<(Vec<Secret<String>>, Vec<String>)> {
        let codes: Vec<String> = (0..RECOVERY_CODES)
            .map(|_| recovery_code(self.chance.bytes()))
            .collect();
        let bare = codes
            .iter()
            .map(|code| Secret::new(code.replace('-', "")))
            .collect();
        let hashes = self.hasher.hash_set(bare).await?;
        Ok((codes.into_iter().map(Secret::new).collect(), hashes))
    }

    /// The mail and the entry of the audit log that every change of one's own has.
    async fn tell_and_record(
        &self,
        tx: &mut Tx,
        permit: &Permit,
        caller: &Caller,
        told: TwoFactorChange,
        change: audit::Change,
        now: OffsetDateTime,
    ) -> Result<()> {
        let to = (caller.user, caller.email.as_str());
        self.tell_of_two_factor(tx, permit, to, &caller.organization_name, told)
            .await?;
        audit::record(tx, permit, &caller.email, change, now).await
    }

    pub(crate) async fn tell_of_two_factor(
        &self,
        tx: &mut Tx,
        permit: &Permit,
        to: (UserId, &str),
        organization: &str,
        change: TwoFactorChange,
    ) -> Result<()> {
        let message = Message::TwoFactor {
            organization: organization.to_owned(),
            at: self.now().into(),
            change,
        };
        self.queue_mail_to(tx, permit, to, message).await
    }
}
