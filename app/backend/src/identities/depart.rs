//! Sending somebody to Google or GitHub. The way back is open in the browser that left, once, for some minutes.

use super::{
    Stopped, github, google,
    oauth::{self, Kept},
    store,
};
use crate::{
    Backend, Caller, Client, Error, Result,
    caller::Target,
    database::Tx,
    sealer::Place,
    secret::{Secret, Token},
    throttle,
};
use domain::{
    access::Action, identities::Provider, ids::SessionId, local_path::LocalPath, refusal::Refusal,
    sign_in_problem::SignInProblem,
};
use openidconnect::Nonce;
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

/// What somebody leaves for.
#[derive(Clone, Copy, Debug)]
pub enum Purpose<'a> {
    /// `again`: to prove anew who they are, even to a provider that has them signed in.
    SignIn { again: bool },
    /// The link of an invitation.
    Accept(&'a Token),
}

/// Where a browser is sent, and what it must bring back.
#[derive(Debug)]
pub struct Departure {
    pub url: Secret<String>,
    /// For a cookie.
    pub browser: Token,
}

/// The facts of a row, beside what is sealed.
pub(crate) struct Leaving {
    pub provider: &'static str,
    pub purpose: &'static str,
    pub organization: Option<Uuid>,
    pub session: Option<SessionId>,
}

/// Where what must be known on the way back is sealed.
pub(crate) fn place(row: Uuid) -> Place {
    Place {
        table: "external_sign_ins",
        row,
    }
}

impl Backend {
    /// Somebody signs in with a provider, or accepts an invitation with it.
    pub async fn depart(
        &self,
        client: &Client,
        provider: Provider,
        purpose: Purpose<'_>,
        next: Option<&LocalPath>,
    ) -> Result<Departure, Stopped> {
        let (name, again, invitation) = match purpose {
            Purpose::SignIn { again } => ("sign_in", again, None),
            Purpose::Accept(link) => ("accept", false, Some(link)),
        };
        let leaving = Leaving {
            provider: provider.key(),
            purpose: name,
            organization: None,
            session: None,
        };
        self.leave_for(client, provider, leaving, (again, next, invitation))
            .await
            .map_err(|error| match error {
                Error::NotFound => SignInProblem::NotConfigured.into(),
                other => other.into(),
            })
    }

    /// The caller links a provider to their account. Asks for a recent proof of who they are.
    pub async fn depart_to_link(&self, caller: &Caller, provider: Provider) -> Result<Departure> {
        caller.permit(Action::LinkIdentity, Target::User(caller.user))?;
        self.require_proof(caller)?;
        if self.is_bound_to_sso(caller).await? {
            return Err(Refusal::SsoRequired.into());
        }
        let leaving = Leaving {
            provider: provider.key(),
            purpose: "link",
            organization: None,
            session: Some(caller.session()?),
        };
        self.leave_for(&caller.client, provider, leaving, (false, None, None))
            .await
    }

    /// Not found: a provider that is not set up.
    async fn leave_for(
        &self,
        client: &Client,
        provider: Provider,
        leaving: Leaving,
        (again, next, invitation): (bool, Option<&LocalPath>, Option<&Token>),
    ) -> Result<Departure> {
        let redirect = oauth::callback(&self.settings.public_url, provider)?;
        let (verifier, challenge) = oauth::pkce(&self.chance);
        let (state, nonce) = (self.chance.token(), self.chance.token());
        let providers = &self.settings.providers;
        let sent = oauth::state(state.expose());
        let url = match (provider, &providers.google, &providers.github) {
            (Provider::Google, Some(google), _) => google::departure(
                google,
                redirect,
                (sent, Nonce::new(nonce.expose().to_owned()), challenge),
                again,
            )?,
            (Provider::GitHub, _, Some(github)) => github::departure(github, redirect, (sent, challenge))?,
            _ => return Err(Error::NotFound),
        };
        let kept = Kept {
            again,
            verifier: verifier.secret().clone(),
            nonce: nonce.expose().to_owned(),
            next: next.map(|next| next.as_str().to_owned()),
            invitation: invitation.map(|link| link.expose().to_owned()),
        };
        let browser = self.save_departure(client, &leaving, &state, &kept).await?;
        Ok(Departure {
            url: Secret::new(url),
            browser,
        })
    }

    /// Notes who left; what the browser must bring back beside the state.
    pub(crate) async fn save_departure(
        &self,
        client: &Client,
        leaving: &Leaving,
        state: &Token,
        kept: &impl Serialize,
    ) -> Result<Token> {
        let (now, browser) = (self.now(), self.chance.token());
        let id = self.chance.id(now);
        let json = serde_json::to_vec(kept).map_err(Error::unavailable)?;
        let sealed = self.sealer.seal(place(id), &json).map_err(Error::unavailable)?;
        let ends = now + self.settings.external_sign_in_lifetime;
        let mut tx = Tx::begin(&self.pool).await?;
        let bucket = throttle::departure(&self.settings.throttles, client);
        throttle::take(&mut tx, &[bucket], now).await?;
        store::save_departure(&mut tx, id, leaving, (state, &browser), &sealed, (now, ends)).await?;
        tx.commit().await?;
        Ok(browser)
    }

    /// Takes a departure up: it is used, whatever comes of it. `None` if it was never made, is over, or was made in
    /// another browser.
    pub(crate) async fn take_departure<T: DeserializeOwned>(
        &self,
        provider: &str,
        state: &Token,
        browser: &Token,
    ) -> Result<Option<(store::Left, T)>> {
        let Some(left) = store::take_departure(&self.pool, provider, state, browser, self.now()).await?
        else {
            return Ok(None);
        };
        let opened = self
            .sealer
            .open(place(left.id), &left.sealed)
            .map_err(Error::unavailable)?;
        let kept = serde_json::from_slice(opened.expose()).map_err(Error::unavailable)?;
        Ok(Some((left, kept)))
    }
}
