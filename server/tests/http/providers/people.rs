//! Who has an account at a provider.

use sha2::{Digest, Sha256};

#[derive(Clone, Debug)]
pub(crate) struct Person {
    /// At GitHub it must be a number.
    pub(crate) subject: String,
    pub(crate) email: String,
    pub(crate) verified: bool,
    pub(crate) first_name: String,
    pub(crate) last_name: String,
}

impl Person {
    /// Whose address this is, verified; always the same one.
    pub(crate) fn of(email: &str) -> Self {
        let digest = Sha256::digest(email.as_bytes());
        let number = digest
            .iter()
            .take(6)
            .fold(1_u64, |n, byte| n << 8 | u64::from(*byte));
        Self {
            subject: number.to_string(),
            email: email.to_owned(),
            verified: true,
            first_name: "Ben".into(),
            last_name: "Babbage".into(),
        }
    }

    /// Another account at the provider, of the same address.
    pub(crate) fn known_as(&self, subject: &str) -> Self {
        Self {
            subject: subject.to_owned(),
            ..self.clone()
        }
    }

    /// The same account, with another address.
    pub(crate) fn with_address(&self, email: &str) -> Self {
        Self {
            email: email.to_owned(),
            ..self.clone()
        }
    }

    /// The same, whose address the provider has not verified.
    pub(crate) fn unverified(&self) -> Self {
        Self {
            verified: false,
            ..self.clone()
        }
    }
}
