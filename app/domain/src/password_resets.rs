//! Links by which people choose a new password.

use crate::{moment::Moment, password::PasswordLength};
use serde::{Deserialize, Serialize};

/// Who asked for the link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResetKind {
    /// The operator of the installation, for an administrator who can't sign in any more.
    Recovery,
}

impl ResetKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Recovery => "recovery",
        }
    }
}

/// What the page behind a link that works shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordResetView {
    pub organization: String,
    pub email: String,
    pub first_name: String,
    pub last_name: String,
    pub expires: Moment,
    pub password_length: PasswordLength,
}
