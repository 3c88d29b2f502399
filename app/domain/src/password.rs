//! The password rule: how long, and in words why one is too easy to guess. The guessing itself is measured
//! by `backend::password_strength`; composition rules and rotation are not asked for (NIST SP 800-63B-4
//! section 3.1.1.2).

use crate::field::Fault;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

/// How long a password must and may be, in Unicode code points after normalization.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordLength {
    pub min: usize,
    pub max: usize,
}

/// NIST SP 800-63B-4 section 3.1.1.2: 15 where the password is the only factor; at least 64 must be possible.
pub const DEFAULT_LENGTH: PasswordLength = PasswordLength { min: 15, max: 128 };
/// The same section: never fewer than 8, however an installation is configured.
pub const SHORTEST_MINIMUM: usize = 8;

impl PasswordLength {
    /// The form in which a password is judged and hashed: NFC, otherwise as typed, so that the same keys on
    /// another keyboard give the same password. Never cut.
    pub fn check(self, typed: &str) -> Result<String, Fault> {
        // Each code point is at most four bytes, so longer input can't pass and need not be normalized.
        if typed.len() > self.max * 4 {
            return Err(Fault::PasswordTooLong { max: self.max });
        }
        let password: String = typed.nfc().collect();
        match password.chars().count() {
            0 => Err(Fault::Missing),
            n if n < self.min => Err(Fault::PasswordTooShort { min: self.min }),
            n if n > self.max => Err(Fault::PasswordTooLong { max: self.max }),
            _ => Ok(password),
        }
    }
}

/// Why a password is easy to guess, in the order in which it is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Weakness {
    /// Contains the address, the name, the organization or the product.
    AboutYou,
    CommonPassword,
    CommonWords,
    KeyboardRow,
    Repetition,
    Sequence,
    Date,
    Guessable,
}

impl Weakness {
    pub fn sentence(self) -> &'static str {
        match self {
            Self::AboutYou => {
                "Too easy to guess: it is made of your name, your address or your organization."
            }
            Self::CommonPassword => "Too easy to guess: it is one of the passwords that attackers try first.",
            Self::CommonWords => {
                "Too easy to guess: one or two common words. Add a few that don't belong together."
            }
            Self::KeyboardRow => "Too easy to guess: it follows the keys of the keyboard.",
            Self::Repetition => "Too easy to guess: it repeats the same characters.",
            Self::Sequence => "Too easy to guess: it is a sequence like abc or 6543.",
            Self::Date => "Too easy to guess: dates and years are tried early.",
            Self::Guessable => "Too easy to guess. Add a few words that don't belong together.",
        }
    }
}

/// The judgement of a password while it is typed and when it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Judgement {
    Refused(Fault),
    Good,
    Strong,
}

impl Judgement {
    /// From 1 (refused) to 4 (strong): the filled parts of the meter.
    pub fn level(&self) -> u8 {
        match self {
            Self::Refused(Fault::PasswordTooShort { .. } | Fault::Missing) => 1,
            Self::Refused(_) => 2,
            Self::Good => 3,
            Self::Strong => 4,
        }
    }

    pub fn sentence(&self) -> String {
        match self {
            Self::Refused(fault) => fault.sentence(crate::field::Field::Password),
            Self::Good => "Good: hard to guess.".into(),
            Self::Strong => "Strong: nobody will guess this.".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_is_counted_in_code_points_after_normalization() {
        let length = PasswordLength { min: 8, max: 10 };
        assert_eq!(length.check("1234567"), Err(Fault::PasswordTooShort { min: 8 }));
        assert!(length.check("12345678").is_ok());
        assert!(length.check("パスワードパスワード").is_ok());
        assert_eq!(
            length.check("12345678901"),
            Err(Fault::PasswordTooLong { max: 10 })
        );
        assert_eq!(length.check("e\u{301}1234567"), length.check("é1234567"));
    }

    #[test]
    fn spaces_are_kept_and_nothing_is_cut() {
        assert_eq!(
            DEFAULT_LENGTH.check("  a sentence with spaces  ").unwrap(),
            "  a sentence with spaces  "
        );
        let longest = "x".repeat(DEFAULT_LENGTH.max);
        assert_eq!(DEFAULT_LENGTH.check(&longest).unwrap(), longest);
    }

    #[test]
    fn megabytes_are_refused_before_any_work() {
        assert_eq!(
            DEFAULT_LENGTH.check(&"x".repeat(1 << 20)),
            Err(Fault::PasswordTooLong { max: 128 })
        );
    }
}
