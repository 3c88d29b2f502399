//! How a server function fails, as it travels to the browser: a closed enum without free text, since anybody can craft
//! a link that carries one. Its sentences live in `domain`.

use domain::{access::Role, field::Faults, refusal::Refusal};
use leptos::{
    prelude::{FromServerFnError, ServerFnErrorErr},
    server_fn::codec::JsonEncoding,
};
use serde::{Deserialize, Serialize};

pub type Result<T, E = AppError> = std::result::Result<T, E>;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AppError {
    SignedOut,
    /// One of these roles is missing.
    Forbidden(Vec<Role>),
    /// The organization asks for two-factor authentication, which whoever asks has not.
    TwoFactorWanted,
    NotFound,
    Invalid(Faults),
    Refused(Refusal),
    TooManyAttempts {
        wait_seconds: u32,
    },
    Unavailable,
}

impl AppError {
    /// The HTTP status that says the same.
    pub fn status(&self) -> u16 {
        match self {
            Self::SignedOut => 401,
            Self::Forbidden(_) | Self::TwoFactorWanted => 403,
            Self::NotFound => 404,
            Self::Invalid(_) => 422,
            Self::Refused(_) => 409,
            Self::TooManyAttempts { .. } => 429,
            Self::Unavailable => 503,
        }
    }

    /// When to try again, in seconds (RFC 9110 section 10.2.3).
    pub fn retry_after(&self) -> Option<u32> {
        match self {
            Self::TooManyAttempts { wait_seconds } => Some(*wait_seconds),
            _ => None,
        }
    }

    /// What a person is told where no field is to blame.
    pub fn sentence(&self) -> String {
        match self {
            Self::SignedOut => "You are signed out. Sign in to go on.".into(),
            Self::Forbidden(needs) => {
                let names: Vec<_> = needs.iter().map(|role| role.name()).collect();
                format!(
                    "Your account may not do this. It needs the role {}.",
                    names.join(" or ")
                )
            }
            Self::TwoFactorWanted => {
                "Your organization asks for two-factor authentication. Set it up, and you get all your access back.".into()
            }
            Self::NotFound => "This doesn't exist, or not any more.".into(),
            Self::Invalid(_) => "Some fields need your attention.".into(),
            Self::Refused(refusal) => refusal.sentence().into(),
            Self::TooManyAttempts { wait_seconds } => {
                format!("Too many attempts. Try again in {}.", in_words(*wait_seconds))
            }
            Self::Unavailable => {
                "Usher can't do this at the moment. Nothing was changed. Try again shortly.".into()
            }
        }
    }
}

/// A wait as people say it, never shorter than it is.
fn in_words(seconds: u32) -> String {
    let (count, unit) = match seconds {
        0..=90 => (seconds.max(1), "second"),
        91..=5_400 => (seconds.div_ceil(60), "minute"),
        _ => (seconds.div_ceil(3_600), "hour"),
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Args(_)
            | ServerFnErrorErr::Deserialization(_)
            | ServerFnErrorErr::MissingArg(_) => Self::Invalid(Faults::default()),
            _ => Self::Unavailable,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_said_in_its_largest_sensible_unit() {
        let said = [
            (0, "1 second"),
            (90, "90 seconds"),
            (91, "2 minutes"),
            (3_600, "60 minutes"),
            (5_401, "2 hours"),
        ];
        for (seconds, words) in said {
            assert_eq!(in_words(seconds), words);
        }
    }
}
