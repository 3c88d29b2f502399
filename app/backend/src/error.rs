//! How a use case fails. What people may know is a variant; causes stay inside and are logged once by the host.

use domain::{
    access::Role,
    field::{Fault, Faults, Field},
    refusal::Refusal,
};
use sqlx::error::DatabaseError;

pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("signed out")]
    SignedOut,
    /// One of these roles is missing.
    #[error("forbidden")]
    Forbidden { needs: Vec<Role> },
    /// The organization asks for two-factor authentication, and whoever asks has none.
    #[error("two-factor authentication is wanted")]
    TwoFactorWanted,
    /// This is done in the console by whoever is signed in there, and by no token.
    #[error("a session is wanted")]
    SessionWanted,
    /// Does not exist, or belongs to somebody who does not want it known.
    #[error("not found")]
    NotFound,
    #[error("invalid input: {0:?}")]
    Invalid(Faults),
    #[error("refused: {0:?}")]
    Refused(Refusal),
    #[error("too many attempts")]
    TooManyAttempts { wait: time::Duration },
    #[error("unavailable")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    pub fn unavailable(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Unavailable(cause.into())
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Faults> for Error {
    fn from(faults: Faults) -> Self {
        Self::Invalid(faults)
    }
}

/// Raised by the trigger `organization_keeps_an_administrator`.
const LAST_ADMINISTRATOR: &str = "UA001";
/// The same, of those who have two-factor authentication.
const LAST_ENROLLED_ADMINISTRATOR: &str = "UA003";
/// The indexes that keep names apart.
const NAMES: [&str; 5] = [
    "groups_by_name",
    "policies_by_name",
    "access_tokens_by_name",
    "services_by_name",
    "scim_tokens_by_name",
];

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        let told = error.as_database_error();
        match told.and_then(DatabaseError::code).as_deref() {
            Some(LAST_ADMINISTRATOR) => return Self::Refused(Refusal::LastAdministrator),
            Some(LAST_ENROLLED_ADMINISTRATOR) => {
                return Self::Refused(Refusal::LastEnrolledAdministrator);
            }
            _ => {}
        }
        if told
            .and_then(DatabaseError::constraint)
            .is_some_and(|index| NAMES.contains(&index))
        {
            return Faults::from((Field::Name, Fault::Refused(Refusal::NameTaken))).into();
        }
        Self::unavailable(error)
    }
}
