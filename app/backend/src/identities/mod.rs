//! Signing in by what a provider vouches for. `depart.rs` sends somebody to Google or GitHub, `arrive.rs` judges what
//! comes back, `join.rs` is for whoever belongs to no account yet, `own.rs` links and unlinks in the settings, `enter.rs`
//! is the way in that SAML shares (`sso/`). `google.rs`, `github.rs` and `oauth.rs` speak with the providers.
//!
//! A person is known by provider, issuer and subject; an address is matched once, when it is linked, and only if the
//! provider has verified it. Linking to an account that exists asks for that account's own proof.

mod arrive;
pub(crate) mod depart;
pub(crate) mod enter;
mod github;
mod google;
mod join;
pub(crate) mod oauth;
mod own;
pub(crate) mod store;

pub use arrive::{Answer, Arrived};
pub use depart::{Departure, Purpose};

use crate::{Backend, Error, secret::Token};
use domain::{identities::Provider, refusal::Refusal, sign_in_problem::SignInProblem};

/// Why a sign-in by a provider ended without a session.
#[derive(Debug)]
pub struct Stopped {
    pub problem: SignInProblem,
    /// For the log: the provider's own words, or the cause.
    pub detail: String,
    /// Attributes that were missing.
    pub missing: Vec<&'static str>,
    /// Where it began, so that it can be tried again there.
    pub back: Back,
}

#[derive(Clone, Debug, Default)]
pub enum Back {
    #[default]
    SignIn,
    /// The page of this link.
    Invitation(Token),
    Settings,
    /// The settings of single sign-on.
    Sso,
}

impl Stopped {
    pub(crate) fn new(problem: SignInProblem, detail: impl Into<String>) -> Self {
        Self {
            problem,
            detail: detail.into(),
            missing: Vec::new(),
            back: Back::default(),
        }
    }

    #[must_use]
    pub(crate) fn back_to(mut self, back: Back) -> Self {
        self.back = back;
        self
    }
}

impl From<SignInProblem> for Stopped {
    fn from(problem: SignInProblem) -> Self {
        Self::new(problem, problem.key())
    }
}

impl From<Error> for Stopped {
    fn from(error: Error) -> Self {
        let problem = match &error {
            Error::TooManyAttempts { .. } => SignInProblem::TooMany,
            Error::SignedOut => SignInProblem::SessionOver,
            Error::Forbidden { .. } | Error::TwoFactorWanted => SignInProblem::NotAllowed,
            Error::Refused(Refusal::NoSsoConfiguration) => SignInProblem::NoSso,
            Error::Refused(Refusal::WrongCredentials) | Error::NotFound => SignInProblem::NoAccount,
            // An invitation that ended on the way: its page says how.
            Error::Refused(_) => SignInProblem::Over,
            _ => SignInProblem::Unavailable,
        };
        let detail = match &error {
            Error::Unavailable(cause) => cause.to_string(),
            other => other.to_string(),
        };
        Self::new(problem, detail)
    }
}

impl From<sqlx::Error> for Stopped {
    fn from(error: sqlx::Error) -> Self {
        Error::from(error).into()
    }
}

impl From<oauth::Unproven> for Stopped {
    fn from(unproven: oauth::Unproven) -> Self {
        Self::new(unproven.answered.into(), unproven.detail)
    }
}

impl Backend {
    /// The providers that the operator has set up.
    pub fn providers(&self) -> Vec<Provider> {
        let providers = &self.settings.providers;
        Provider::ALL
            .into_iter()
            .filter(|provider| match provider {
                Provider::Google => providers.google.is_some(),
                Provider::GitHub => providers.github.is_some(),
            })
            .collect()
    }
}
