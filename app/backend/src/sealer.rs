//! Encryption of secrets at rest with the installation's key: XChaCha20-Poly1305 (RFC 8439 with the nonce of 192 bits of
//! draft-irtf-cfrg-xchacha, long enough to be drawn by chance).
//!
//! Sealed bytes are bound to the table and the row that they are for: copied into another row they do not open. What a
//! browser keeps for us is bound to the name of its cookie and to the person in the same way.

use crate::secret::{Chance, Secret};
use chacha20poly1305::{
    Key, XChaCha20Poly1305, XNonce,
    aead::{Aead, KeyInit, Payload},
};
use std::{fmt, sync::Arc};
use uuid::Uuid;

/// Stands in front of what was sealed, so that a later kind of sealing or another key can be told apart.
const VERSION: u8 = 1;
const NONCE: usize = 24;

/// 32 random bytes.
pub type InstallationKey = Secret<[u8; 32]>;

/// Where sealed bytes are kept: a row of a table, or a cookie of a person (nil for whoever is not signed in).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub table: &'static str,
    pub row: Uuid,
}

/// Cheap to clone.
#[derive(Clone)]
pub struct Sealer {
    cipher: Arc<XChaCha20Poly1305>,
    chance: Chance,
}

/// Sealed with another key or for another place, or changed since. Which of them can't be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a secret in the database does not open with the installation's key")]
pub struct Unopened;

impl Sealer {
    pub fn new(key: &InstallationKey, chance: Chance) -> Self {
        Self {
            cipher: Arc::new(XChaCha20Poly1305::new(Key::from_slice(key.expose()))),
            chance,
        }
    }

    /// # Errors
    /// Never for what fits in memory.
    pub fn seal(&self, place: Place, secret: &[u8]) -> Result<Vec<u8>, Unopened> {
        let nonce = self.chance.bytes::<NONCE>();
        let payload = Payload {
            msg: secret,
            aad: &bound_to(place),
        };
        let sealed = self
            .cipher
            .encrypt(XNonce::from_slice(&nonce), payload)
            .map_err(|_| Unopened)?;
        Ok([&[VERSION][..], &nonce, &sealed].concat())
    }

    pub fn open(&self, place: Place, sealed: &[u8]) -> Result<Secret<Vec<u8>>, Unopened> {
        let (&[VERSION], rest) = sealed.split_at_checked(1).ok_or(Unopened)? else {
            return Err(Unopened);
        };
        let (nonce, sealed) = rest.split_at_checked(NONCE).ok_or(Unopened)?;
        let payload = Payload {
            msg: sealed,
            aad: &bound_to(place),
        };
        self.cipher
            .decrypt(XNonce::from_slice(nonce), payload)
            .map(Secret::new)
            .map_err(|_| Unopened)
    }
}

/// The version is bound, too: bytes can't be taken for those of another.
fn bound_to(place: Place) -> Vec<u8> {
    [&[VERSION][..], place.table.as_bytes(), &[0], place.row.as_bytes()].concat()
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealer(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Place = Place {
        table: "totp",
        row: Uuid::from_u128(1),
    };

    fn sealer(key: u8) -> Sealer {
        Sealer::new(&Secret::new([key; 32]), Chance::system())
    }

    #[test]
    fn what_was_sealed_opens_with_the_same_key_in_its_place_only() {
        let sealed = sealer(1).seal(HERE, b"a secret").unwrap();
        assert_eq!(sealer(1).open(HERE, &sealed).unwrap().expose(), b"a secret");
        assert_eq!(sealer(2).open(HERE, &sealed), Err(Unopened));
        let row = Uuid::from_u128(2);
        assert_eq!(sealer(1).open(Place { row, ..HERE }, &sealed), Err(Unopened));
        let table = "saml";
        assert_eq!(sealer(1).open(Place { table, ..HERE }, &sealed), Err(Unopened));
    }

    #[test]
    fn any_changed_byte_is_noticed() {
        let sealed = sealer(1).seal(HERE, b"a secret").unwrap();
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(sealer(1).open(HERE, &changed), Err(Unopened), "byte {at}");
            assert_eq!(sealer(1).open(HERE, &sealed[..at]), Err(Unopened), "{at} bytes");
        }
    }

    #[test]
    fn the_same_secret_is_sealed_differently_each_time() {
        let (one, two) = (
            sealer(1).seal(HERE, b"a secret").unwrap(),
            sealer(1).seal(HERE, b"a secret").unwrap(),
        );
        assert_ne!(one, two);
        assert_eq!(one.len(), 1 + NONCE + b"a secret".len() + 16);
    }
}
