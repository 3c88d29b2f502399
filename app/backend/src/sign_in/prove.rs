//! Proving within a session who one is, by the password. Wrong guesses count with those of signing in, so that whoever
//! found a session open is no further than a stranger.

use super::store;
use crate::{
    Backend, Caller, Error, Result, audit,
    caller::{Permit, Target},
    database::{Hold, Tx},
    secret::{Secret, Token},
    throttle::{self, Guess},
};
use domain::{
    access::Action,
    field::{Fault, Faults, Field},
    refusal::Refusal,
};

/// That somebody gave the right password a moment ago. To be used in the transaction of the act that asked for it.
pub(crate) struct Proof {
    hash: String,
    guess: Guess,
}

fn wrong(fault: Fault) -> Error {
    Faults::from((Field::CurrentPassword, fault)).into()
}

impl Backend {
    /// Judges the password that the caller gave for the act of this permit.
    pub(crate) async fn prove(
        &self,
        caller: &Caller,
        permit: &Permit,
        password: &Secret<String>,
    ) -> Result<Proof> {
        if password.expose().is_empty() {
            return Err(wrong(Fault::Missing));
        }
        let Some(password) = self.presented(password) else {
            return Err(wrong(Fault::WrongPassword));
        };
        let (account, guess) = self.find_account(&caller.client, &caller.email).await?;
        let account = account.ok_or(Error::SignedOut)?;
        if account.is_bound_to_sso {
            return Err(Refusal::SsoRequired.into());
        }
        self.take_guess(&guess).await?;
        if !self.hasher.verify(password, account.hash.clone()).await? {
            let mut tx = Tx::begin(&self.pool).await?;
            audit::record(
                &mut tx,
                permit,
                &account.email,
                audit::Change::refused(),
                self.now(),
            )
            .await?;
            tx.commit().await?;
            return Err(wrong(Fault::WrongPassword));
        }
        let hash = account.hash.unwrap_or_default();
        Ok(Proof { hash, guess })
    }

    /// Whether the proof still holds: the password is the one that was proved.
    pub(crate) async fn still_holds(
        &self,
        tx: &mut Tx,
        permit: &Permit,
        caller: &Caller,
        proof: &Proof,
    ) -> Result<bool> {
        let holds = store::find_two_factor_of(tx, permit, caller.user, &proof.hash)
            .await?
            .is_some();
        if holds {
            throttle::forgive(tx, &proof.guess, self.now()).await?;
        }
        Ok(holds)
    }

    /// The caller proves again who they are, for what asks for a recent proof. Their session gets another token.
    pub async fn confirm_identity(&self, caller: &Caller, password: &Secret<String>) -> Result<Token> {
        let permit = caller.permit(Action::ConfirmIdentity, Target::User(caller.user))?;
        let proof = self.prove(caller, &permit, password).await?;
        let mut tx = self.begin(&permit, Hold::Shared).await?;
        if !self.still_holds(&mut tx, &permit, caller, &proof).await? {
            return Err(wrong(Fault::WrongPassword));
        }
        let token = self.renew_session(&mut tx, &permit, caller.session()?).await?;
        audit::record(
            &mut tx,
            &permit,
            &caller.email,
            audit::Change::nothing(),
            self.now(),
        )
        .await?;
        tx.commit().await?;
        Ok(token)
    }
}
