//! Organizations: their name and the Org ID that people see.

use crate::field::{Fault, single_line};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use unicode_normalization::UnicodeNormalization;

/// The name of an organization, at most [`MAX_ORGANIZATION_NAME`] characters on one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrganizationName(String);

pub const MAX_ORGANIZATION_NAME: usize = 100;

impl OrganizationName {
    pub fn parse(typed: &str) -> Result<Self, Fault> {
        let typed: String = typed.nfc().collect();
        single_line(&typed, MAX_ORGANIZATION_NAME).map(|name| Self(name.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Six lower-case hexadecimal characters; unique, never changed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OrgId(String);

impl OrgId {
    /// From three bytes of chance.
    pub fn from_bytes([a, b, c]: [u8; 3]) -> Self {
        Self(format!("{a:02x}{b:02x}{c:02x}"))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for OrgId {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        let is_hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        if text.len() == 6 && text.bytes().all(is_hex) {
            Ok(Self(text.to_owned()))
        } else {
            Err(())
        }
    }
}

impl fmt::Display for OrgId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_org_id_is_six_lower_case_hexadecimal_characters() {
        assert_eq!(OrgId::from_bytes([0xab, 0x0c, 0xd2]).as_str(), "ab0cd2");
        for wrong in ["ab0cd", "ab0cd2e", "AB0CD2", "ab0cg2", ""] {
            assert!(wrong.parse::<OrgId>().is_err(), "{wrong}");
        }
    }
}
