//! Secrets that people paste into scripts and services: a prefix by which scanners of leaks recognize them, 256 random bits,
//! and a checksum by which a typing error or a made-up one is known without asking the database.
//!
//! `usher_`, `usher_service_` or `usher_scim_`, 43 random characters and 6 of the CRC-32 (ISO 3309) of all before, in base 62.

use crate::secret::{Chance, Token};

/// What a secret is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SecretKind {
    AccessToken,
    Service,
    Scim,
}

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// 62^43 is more than 2^256.
const RANDOM: usize = 43;
/// 62^6 is more than 2^32.
const CHECKSUM: usize = 6;

impl SecretKind {
    fn prefix(self) -> &'static str {
        match self {
            Self::AccessToken => "usher_",
            Self::Service => "usher_service_",
            Self::Scim => "usher_scim_",
        }
    }

    /// A new one.
    pub(crate) fn make(self, chance: &Chance) -> Token {
        let mut text = self.prefix().to_owned();
        let end = text.len() + RANDOM;
        while text.len() < end {
            // 248 is the largest multiple of 62 in a byte: what lies above would make some characters likelier.
            let letters = chance.bytes::<64>().into_iter().filter(|byte| *byte < 248);
            let letters = letters.map(|byte| char::from(ALPHABET[usize::from(byte % 62)]));
            text.extend(letters.take(end - text.len()));
        }
        let checksum = checksum(&text);
        text.push_str(&checksum);
        Token::presented(&text)
    }

    /// What somebody presented, if it can be one of ours of this kind.
    pub(crate) fn parse(self, text: &str) -> Option<Token> {
        let rest = text.strip_prefix(self.prefix())?;
        let is_whole = rest.len() == RANDOM + CHECKSUM && rest.bytes().all(|byte| ALPHABET.contains(&byte));
        if !is_whole {
            return None;
        }
        let (before, given) = text.split_at(text.len() - CHECKSUM);
        (given == checksum(before)).then(|| Token::presented(text))
    }
}

fn checksum(text: &str) -> String {
    let mut rest = crc32fast::hash(text.as_bytes());
    let mut letters = ['0'; CHECKSUM];
    for letter in letters.iter_mut().rev() {
        *letter = char::from(ALPHABET[usize::try_from(rest % 62).unwrap_or_default()]);
        rest /= 62;
    }
    letters.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_secret_is_recognized_and_a_changed_one_is_not() {
        for kind in [SecretKind::AccessToken, SecretKind::Service, SecretKind::Scim] {
            let text = kind.make(&Chance::system()).expose().to_owned();
            assert_eq!(text.len(), kind.prefix().len() + 49);
            assert_eq!(kind.parse(&text).unwrap().expose(), text);
            for at in 0..text.len() {
                let mut other = text.clone().into_bytes();
                other[at] = if other[at] == b'a' { b'b' } else { b'a' };
                let other = String::from_utf8(other).unwrap();
                assert!(kind.parse(&other).is_none(), "{at}");
            }
            for other in [
                String::new(),
                text[..text.len() - 1].to_owned(),
                format!("{text}0"),
                format!(" {text}"),
                format!("{text}\n"),
                text.to_uppercase(),
                text.replacen('_', "-", 1),
            ] {
                assert!(kind.parse(&other).is_none(), "{other}");
            }
        }
    }

    #[test]
    fn no_kind_passes_for_the_other() {
        let chance = Chance::system();
        let kinds = [SecretKind::AccessToken, SecretKind::Service, SecretKind::Scim];
        for kind in kinds {
            let secret = kind.make(&chance);
            for other in kinds.into_iter().filter(|other| *other != kind) {
                assert!(other.parse(secret.expose()).is_none(), "{kind:?} as {other:?}");
            }
        }
    }

    #[test]
    fn every_character_is_as_likely_as_any_other() {
        let chance = Chance::system();
        let mut counts = [0_u32; 62];
        let mut all = BTreeSet::new();
        for _ in 0..2_000 {
            let text = SecretKind::AccessToken.make(&chance).expose().to_owned();
            for byte in text.bytes().skip(6).take(RANDOM) {
                counts[ALPHABET.iter().position(|letter| *letter == byte).unwrap()] += 1;
            }
            all.insert(text);
        }
        assert_eq!(all.len(), 2_000);
        // 86,000 of 62 kinds: 1,387 of each, with a deviation of 37. Seven of them are less than one in 10^11.
        assert!(
            counts.iter().all(|count| count.abs_diff(1_387) < 7 * 37),
            "{counts:?}"
        );
    }

    #[test]
    fn the_checksum_is_the_one_of_zip_and_png() {
        // The check value of CRC-32/ISO-HDLC is cbf43926 for these digits, which is 3 45 22 52 25 2 in base 62.
        assert_eq!(crc32fast::hash(b"123456789"), 0xcbf4_3926);
        let value = checksum("123456789").bytes().fold(0_u64, |value, byte| {
            let digit = ALPHABET.iter().position(|letter| *letter == byte).unwrap();
            value * 62 + u64::try_from(digit).unwrap()
        });
        assert_eq!(value, 0xcbf4_3926);
    }
}
