//! What Google and GitHub have in common: the parameters of the way there (RFC 6749 with PKCE, RFC 7636), what comes
//! back, and how it fails.

use crate::{Error, one_line::one_line, outbound::NoAnswer, secret::Chance};
use domain::{identities::Provider, sign_in_problem::SignInProblem};
use oauth2::{CsrfToken, ErrorResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError};
use serde::{Deserialize, Serialize};
use std::fmt::Display;
use time::OffsetDateTime;

/// Longer than any code or error that a provider sends; what is longer is none.
pub(super) const LONGEST_PARAMETER: usize = 4_096;

/// What a provider says of somebody, proven.
#[derive(Clone, Debug)]
pub(crate) struct Vouched {
    pub issuer: String,
    /// Exactly as the provider writes it.
    pub subject: String,
    /// Only if the provider has verified it.
    pub email: Option<String>,
    pub first_name: String,
    pub last_name: String,
    /// When the person signed in there, if the provider says it.
    pub signed_in_at: Option<OffsetDateTime>,
}

/// Why nothing is proven. The detail is for the log.
#[derive(Debug)]
pub(crate) struct Unproven {
    pub answered: Answered,
    pub detail: String,
}

impl From<Unproven> for Error {
    fn from(unproven: Unproven) -> Self {
        Self::unavailable(unproven.detail)
    }
}

/// What the provider did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answered {
    /// Nothing in time, or nothing that can be read.
    Down,
    /// It does not accept this console.
    ClientRefused,
    /// Something that is not for this sign-in, or not signed.
    Wrong,
}

impl From<Answered> for SignInProblem {
    fn from(answered: Answered) -> Self {
        match answered {
            Answered::Down => Self::ProviderDown,
            Answered::ClientRefused => Self::ClientRefused,
            Answered::Wrong => Self::AnswerWrong,
        }
    }
}

pub(super) fn failed(answered: Answered, detail: impl Display) -> Unproven {
    Unproven {
        answered,
        detail: one_line(&detail.to_string()),
    }
}

pub(super) fn token_error<T: ErrorResponse + Display>(error: RequestTokenError<NoAnswer, T>) -> Unproven {
    match error {
        RequestTokenError::Request(cause) => failed(Answered::Down, cause),
        // The code was wrong or used, or we are not known: the words tell which.
        RequestTokenError::ServerResponse(said) => {
            let of_the_code = said.to_string().contains("invalid_grant")
                || said.to_string().contains("bad_verification_code");
            let answered = if of_the_code {
                Answered::Wrong
            } else {
                Answered::ClientRefused
            };
            failed(answered, said)
        }
        RequestTokenError::Parse(cause, _) => failed(Answered::Down, cause),
        RequestTokenError::Other(text) => failed(Answered::Down, text),
    }
}

/// What must be known when the browser comes back; sealed until then.
#[derive(Serialize, Deserialize)]
pub(super) struct Kept {
    /// Whether a new sign-in was asked for.
    pub again: bool,
    pub verifier: String,
    pub nonce: String,
    /// A path of ours.
    pub next: Option<String>,
    /// The link of the invitation at whose page it began.
    pub invitation: Option<String>,
}

/// Fresh for each sign-in: the proof of possession, and its challenge.
pub(super) fn pkce(chance: &Chance) -> (PkceCodeVerifier, PkceCodeChallenge) {
    // 43 characters of base64url are a verifier (RFC 7636 section 4.1).
    let verifier = PkceCodeVerifier::new(chance.token().expose().to_owned());
    let challenge = PkceCodeChallenge::from_code_verifier_sha256(&verifier);
    (verifier, challenge)
}

pub(super) fn state(text: &str) -> CsrfToken {
    CsrfToken::new(text.to_owned())
}

/// Where a provider sends people back to: exactly this, as it is registered there.
pub(super) fn callback(public_url: &str, provider: Provider) -> Result<RedirectUrl, Unproven> {
    RedirectUrl::new(format!("{public_url}/accounts/{}/callback", provider.key()))
        .map_err(|error| failed(Answered::ClientRefused, error))
}
