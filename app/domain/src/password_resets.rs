//! Links by which people choose a new password.

use crate::{moment::Moment, password::PasswordLength};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// Who asked for the link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResetKind {
    /// The operator of the installation, for an administrator who can't sign in any more. It signs them in.
    Recovery,
    /// Its person, by the mailbox of their address. It signs nobody in.
    Forgotten,
}

impl ResetKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Recovery => "recovery",
            Self::Forgotten => "forgotten",
        }
    }

    pub fn signs_in(self) -> bool {
        self == Self::Recovery
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
    /// Whether whoever uses it is signed in then.
    pub signs_in: bool,
}

impl FromStr for ResetKind {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::Recovery, Self::Forgotten]
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or(())
    }
}
