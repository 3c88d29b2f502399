//! Setting an authenticator up: the password, then the secret, then a code that proves that the device has it. Until then
//! nothing is changed, and sign-in does not ask for it.

use super::{
    codes::place,
    store,
    totp::{self, SECRET_LENGTH},
};
use crate::{
    Backend, Caller, Error, Result, audit,
    caller::Target,
    database::Hold,
    mail::TwoFactorChange,
    secret::{Secret, Token},
};
use domain::{
    access::Action,
    field::{Fault, Faults, Field},
    ids::AuthenticatorId,
    refusal::Refusal,
    two_factor::{AuthenticatorName, Enrolment, MOST_AUTHENTICATORS, TypedCode},
};
use serde_json::json;

/// An authenticator that works from now on.
#[derive(Debug)]
pub struct Confirmed {
    /// The session's new token.
    pub session: Token,
    /// With the first authenticator: the recovery codes, to be shown once.
    pub recovery_codes: Vec<Secret<String>>,
}

impl Backend {
    /// Begins to set an authenticator up in this session, by the password, or by a recent proof for whoever has none. One that was begun before is forgotten. The
    /// session gets another token.
    pub async fn start_enrolment(&self, caller: &Caller, password: &Secret<String>) -> Result<Token> {
        let permit = caller.permit(Action::AddAuthenticator, Target::User(caller.user))?;
        // Whoever has no password proves it by having signed in a moment ago.
        let proof = if self.proof_ways(caller).await?.password {
            Some(self.prove(caller, &permit, password).await?)
        } else {
            self.require_proof(caller)?;
            None
        };
        let now = self.now();
        // Alone: of two that begin at once the newest is the one.
        let mut tx = self.begin(&permit, Hold::Alone).await?;
        if let Some(proof) = proof
            && !self.still_holds(&mut tx, &permit, caller, &proof).await?
        {
            return Err(Faults::from((Field::CurrentPassword, Fault::WrongPassword)).into());
        }
        let there = store::count_confirmed(&mut *tx, permit.organization, caller.user).await?;
        if usize::try_from(there).unwrap_or_default() >= MOST_AUTHENTICATORS {
            return Err(Refusal::TooManyAuthenticators.into());
        }
        let id = self.chance.id(now);
        let secret = self.chance.bytes::<SECRET_LENGTH>();
        let sealed = self.sealer.seal(place(id), &secret).map_err(Error::unavailable)?;
        store::delete_unconfirmed_of(&mut tx, &permit, caller.user).await?;
        let ends = now + self.settings.enrolment_lifetime;
        store::save_unconfirmed(
            &mut tx,
            &permit,
            (AuthenticatorId(id), caller.user, caller.session()?),
            &sealed,
            (now, ends),
        )
        .await?;
        let token = self.renew_session(&mut tx, &permit, caller.session()?).await?;
        tx.commit().await?;
        Ok(token)
    }

    /// What is being set up in this session, with its secret; `None` once it is confirmed or too late.
    pub async fn look_at_enrolment(&self, caller: &Caller) -> Result<Option<Enrolment>> {
        caller.permit(Action::AddAuthenticator, Target::User(caller.user))?;
        let now = self.now();
        let Some(row) = store::find_unconfirmed(
            &self.pool,
            caller.organization,
            caller.user,
            caller.session()?,
            now,
        )
        .await?
        else {
            return Ok(None);
        };
        let secret = self
            .sealer
            .open(place(row.id), &row.sealed_secret)
            .map_err(Error::unavailable)?;
        let uri = totp::uri(&secret, &caller.organization_name, &caller.email)?;
        Ok(Some(Enrolment {
            secret: totp::in_groups(&secret)?,
            qr: totp::qr_code(&uri)?,
            uri,
            expires: row.expires_at.into(),
            is_first: !caller.two_factor,
        }))
    }

    /// Takes the authenticator into use, by one of its codes. With the first one two-factor authentication is on.
    pub async fn confirm_enrolment(&self, caller: &Caller, name: &str, code: &str) -> Result<Confirmed> {
        let permit = caller.permit(Action::AddAuthenticator, Target::User(caller.user))?;
        let mut faults = Faults::default();
        let name = faults.take(Field::Name, AuthenticatorName::parse(name));
        let code = faults.take(Field::Code, TypedCode::parse(code));
        let (Some(name), Some(code)) = (name, code) else {
            return Err(faults.into());
        };
        let wrong = || Error::from(Faults::from((Field::Code, Fault::WrongCode)));
        let TypedCode::OneTime(code) = code else {
            return Err(wrong());
        };
        let now = self.now();
        let of_session = (caller.user, caller.session()?);
        let row = store::find_unconfirmed(
            &self.pool,
            caller.organization,
            caller.user,
            caller.session()?,
            now,
        )
        .await?;
        let row = row.ok_or(Refusal::EnrolmentOver)?;
        let secret = self
            .sealer
            .open(place(row.id), &row.sealed_secret)
            .map_err(Error::unavailable)?;
        let step = totp::step_of(&secret, &code, now)?.ok_or_else(wrong)?;
        let is_first = !caller.two_factor;
        let (codes, hashes) = if is_first {
            self.new_recovery_codes().await?
        } else {
            Default::default()
        };

        let mut tx = self.begin(&permit, Hold::Alone).await?;
        // Switched off in another window since: the first one comes with recovery codes.
        let there = store::count_confirmed(&mut *tx, permit.organization, caller.user).await?;
        if is_first != (there == 0) {
            return Err(Refusal::EnrolmentOver.into());
        }
        let id = AuthenticatorId(row.id);
        // Of two at once one finds it confirmed already.
        if !store::save_confirmed(&mut tx, &permit, of_session, (id, name.as_str(), step), now).await? {
            return Err(Refusal::EnrolmentOver.into());
        }
        if is_first {
            store::delete_codes_of(&mut tx, &permit, caller.user).await?;
            store::save_codes(&mut tx, &permit, caller.user, &hashes, now).await?;
        }
        // What the password alone had begun elsewhere does not go on without a code.
        store::delete_challenges_of(&mut tx, &permit, caller.user).await?;
        let session = self.renew_session(&mut tx, &permit, caller.session()?).await?;
        let name = name.as_str().to_owned();
        let change = audit::Change::made(json!({ "authenticator": name, "is_first": is_first }));
        let told = if is_first {
            TwoFactorChange::On { name }
        } else {
            TwoFactorChange::Added { name }
        };
        self.tell_and_record(&mut tx, &permit, caller, told, change, now)
            .await?;
        tx.commit().await?;
        self.mail_bell.notify_one();
        Ok(Confirmed {
            session,
            recovery_codes: codes,
        })
    }
}
