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
    NotFound,
    Invalid(Faults),
    Refused(Refusal),
    TooManyAttempts,
    Unavailable,
}

impl AppError {
    /// The HTTP status that says the same.
    pub fn status(&self) -> u16 {
        match self {
            Self::SignedOut => 401,
            Self::Forbidden(_) => 403,
            Self::NotFound => 404,
            Self::Invalid(_) => 422,
            Self::Refused(_) => 409,
            Self::TooManyAttempts => 429,
            Self::Unavailable => 503,
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
            Self::NotFound => "This doesn't exist, or not any more.".into(),
            Self::Invalid(_) => "Some fields need your attention.".into(),
            Self::Refused(refusal) => refusal.sentence().into(),
            Self::TooManyAttempts => "Too many attempts. Wait a little and try again.".into(),
            Self::Unavailable => {
                "Usher can't do this at the moment. Nothing was changed. Try again shortly.".into()
            }
        }
    }
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
