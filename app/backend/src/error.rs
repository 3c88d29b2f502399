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
/// The indexes that keep names apart.
const NAMES: [&str; 2] = ["groups_by_name", "policies_by_name"];

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        let told = error.as_database_error();
        if told
            .and_then(DatabaseError::code)
            .is_some_and(|code| code == LAST_ADMINISTRATOR)
        {
            return Self::Refused(Refusal::LastAdministrator);
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
