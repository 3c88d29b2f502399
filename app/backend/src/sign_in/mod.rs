//! Signing in with a password: one answer for an unknown address, a wrong password and an account that may not, after
//! the same work. Where two-factor authentication is on, `two_factor/challenge.rs` goes on from here.

pub(crate) mod prove;
mod store;
#[cfg(test)]
mod tests;

use crate::{
    Backend, Client, Error, Result, audit,
    caller::Permit,
    database::{Hold, Tx},
    secret::{Secret, Token},
    throttle::{self, Guess},
};
use domain::{
    email_address::EmailAddress,
    field::{Fault, Faults, Field},
    identities::Method,
    ids::{OrganizationId, UserId},
    refusal::Refusal,
    users::UserStatus,
};
use unicode_normalization::UnicodeNormalization;

/// What the right password leads to.
#[derive(Debug)]
pub enum SignedIn {
    /// A new session.
    Session(Token),
    /// A code is asked for: the token of the sign-in that waits for it.
    CodeWanted(Token),
}

impl SignedIn {
    /// The session, unless a code is asked for.
    pub fn session(self) -> Option<Token> {
        match self {
            Self::Session(token) => Some(token),
            Self::CodeWanted(_) => None,
        }
    }
}

impl Backend {
    /// A new session for whoever knows the password of an active account, or the question for a code.
    pub async fn sign_in(&self, client: &Client, email: &str, password: Secret<String>) -> Result<SignedIn> {
        self.sign_in_linking(client, email, password, None).await
    }

    /// The same, and links what waits under this hash to the account.
    pub(crate) async fn sign_in_linking(
        &self,
        client: &Client,
        email: &str,
        password: Secret<String>,
        links: Option<[u8; 32]>,
    ) -> Result<SignedIn> {
        let outcome = self.prove_and_sign_in(client, email, password, links).await;
        // One that waits for its code is counted with that.
        if !matches!(outcome, Ok(SignedIn::CodeWanted(_))) {
            self.metrics.sign_in(&outcome);
        }
        outcome
    }

    async fn prove_and_sign_in(
        &self,
        client: &Client,
        email: &str,
        password: Secret<String>,
        links: Option<[u8; 32]>,
    ) -> Result<SignedIn> {
        let mut faults = Faults::default();
        if email.trim().is_empty() {
            faults.0.push((Field::Email, Fault::Missing));
        }
        if password.expose().is_empty() {
            faults.0.push((Field::Password, Fault::Missing));
        }
        if !faults.is_empty() {
            return Err(faults.into());
        }
        let Some(password) = self.presented(&password) else {
            return Err(Refusal::WrongCredentials.into());
        };
        let (account, guess) = self.find_account(client, email).await?;
        self.take_guess(&guess).await?;
        let hash = account.as_ref().and_then(|a| a.hash.clone());
        let proved = self.hasher.verify(password.clone(), hash).await?;
        let Some(account) = account else {
            return Err(Refusal::WrongCredentials.into());
        };
        let (organization, user) = (OrganizationId(account.organization), UserId(account.user));
        if !proved || account.is_bound_to_sso || account.status.parse() != Ok(UserStatus::Active) {
            // Beside the answer: an address that has an account must not take longer than one that has none.
            let (backend, client) = (self.clone(), client.clone());
            self.do_beside(async move {
                if let Err(error) = backend
                    .record_failed_sign_in(organization, user, &account.email, &client)
                    .await
                {
                    tracing::error!(?error, "a failed sign-in was not recorded");
                }
            });
            return Err(Refusal::WrongCredentials.into());
        }
        let hash = account.hash.as_deref().unwrap_or_default();
        let costlier = if self.hasher.is_outdated(hash) {
            Some(self.hasher.hash(password).await?)
        } else {
            None
        };
        let permit = Permit::sign_in(organization, user, &account.email, client);
        let mut tx = match self.begin(&permit, Hold::Shared).await {
            // The organization was closed since the account was read.
            Err(Error::NotFound) => return Err(Refusal::WrongCredentials.into()),
            begun => begun?,
        };
        // The person may have been deactivated, or have another password, since the hash was read.
        let two_factor = store::find_two_factor_of(&mut tx, &permit, user, hash).await?;
        let two_factor = two_factor.ok_or(Refusal::WrongCredentials)?;
        // Before the person is written to, as where somebody proves again who they are: two acts wait in one order.
        throttle::forgive(&mut tx, &guess, self.now()).await?;
        if let Some(costlier) = costlier {
            store::save_costlier(&mut tx, &permit, user, &costlier).await?;
        }
        if two_factor {
            let challenge = self
                .ask_for_code(&mut tx, &permit, user, Method::Password, links, None)
                .await?;
            tx.commit().await?;
            return Ok(SignedIn::CodeWanted(challenge));
        }
        let token = self.start_session(&mut tx, &permit, user).await?;
        if !account.knows_browser {
            self.tell_of_new_device(
                &mut tx,
                &permit,
                (user, &account.email),
                &account.organization_name,
            )
            .await?;
        }
        let writes = !account.knows_browser || links.is_some();
        if let Some(links) = links {
            let to = (user, account.email.as_str());
            self.link_pending(&mut tx, &permit, to, &account.organization_name, links)
                .await?;
        }
        audit::record(
            &mut tx,
            &permit,
            &account.email,
            audit::Change::nothing(),
            self.now(),
        )
        .await?;
        tx.commit().await?;
        if writes {
            self.mail_bell.notify_one();
        }
        Ok(SignedIn::Session(token))
    }

    /// A password in the form in which it is hashed; `None` for one beyond the longest that can be set, which is nobody's
    /// and not worth hashing.
    fn presented(&self, password: &Secret<String>) -> Option<Secret<String>> {
        let password = password.expose();
        (password.len() <= self.settings.password_length.max * 4)
            .then(|| Secret::new(password.nfc().collect::<String>()))
    }

    /// Whose address it is, and what an attempt at their password counts as.
    async fn find_account(&self, client: &Client, email: &str) -> Result<(Option<store::Account>, Guess)> {
        let browser = client.browser.as_ref().map(Token::hash);
        let account = match EmailAddress::parse(email) {
            Ok(email) => store::find_account(&self.pool, &email, browser).await?,
            Err(_) => None,
        };
        let limits = &self.settings.throttles;
        let guess = match (&account, browser) {
            (Some(account), Some(browser)) if account.knows_browser => {
                Guess::in_known_browser(limits, UserId(account.user), &browser)
            }
            _ => Guess::of_stranger(limits, email, client),
        };
        Ok((account, guess))
    }

    async fn record_failed_sign_in(
        &self,
        organization: OrganizationId,
        user: UserId,
        email: &str,
        client: &Client,
    ) -> Result<()> {
        let permit = Permit::failed_sign_in(organization, user, client);
        let mut tx = Tx::begin(&self.pool).await?;
        audit::record(&mut tx, &permit, email, audit::Change::refused(), self.now()).await?;
        Ok(tx.commit().await?)
    }
}
