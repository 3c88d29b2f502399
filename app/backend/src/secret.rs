//! Chance, and the secrets made of it. A secret prints as `…`, is never serialized, and is compared by its hash.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use std::{fmt, sync::Arc};
use time::OffsetDateTime;
use uuid::Uuid;

/// The source of randomness: the operating system's, or one that a test repeats.
#[derive(Clone)]
pub struct Chance(Arc<Fill>);

type Fill = dyn Fn(&mut [u8]) + Send + Sync;

impl Chance {
    /// # Panics
    /// When the operating system has no randomness to give: nothing can be done safely then.
    pub fn system() -> Self {
        Self::new(|bytes| getrandom::fill(bytes).expect("the operating system gives random bytes"))
    }

    pub fn new(fill: impl Fn(&mut [u8]) + Send + Sync + 'static) -> Self {
        Self(Arc::new(fill))
    }

    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        (self.0)(&mut bytes);
        bytes
    }

    /// A UUID of version 7 (RFC 9562): rows that are made together lie together in the index.
    pub fn id(&self, now: OffsetDateTime) -> Uuid {
        let millis = u64::try_from(now.unix_timestamp_nanos() / 1_000_000).unwrap_or_default();
        uuid::Builder::from_unix_timestamp_millis(millis, &self.bytes()).into_uuid()
    }

    /// A token of 256 random bits for a cookie or a link.
    pub fn token(&self) -> Token {
        Token(Secret(URL_SAFE_NO_PAD.encode(self.bytes::<32>())))
    }
}

/// Something that must not be seen: no log, no answer, no serialization.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret<T>(T);

impl<T> Secret<T> {
    pub fn new(value: T) -> Self {
        Self(value)
    }

    pub fn expose(&self) -> &T {
        &self.0
    }
}

impl<T> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// A random token as its holder shows it, in base64url. Only its hash is stored.
#[derive(Clone, Debug)]
pub struct Token(Secret<String>);

impl Token {
    /// What somebody presented. Whether it is one of ours is known by its hash.
    pub fn presented(text: &str) -> Self {
        Self(Secret(text.to_owned()))
    }

    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// SHA-256: enough for 256 random bits, which nobody can search.
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0.expose().as_bytes()).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_does_not_show_itself() {
        assert_eq!(format!("{:?}", Secret::new("hunter2")), "…");
        assert_eq!(format!("{:?}", Chance::system().token()), "Token(…)");
    }

    #[test]
    fn tokens_are_long_and_differ() {
        let chance = Chance::system();
        let (one, two) = (chance.token(), chance.token());
        assert_eq!(one.expose().len(), 43);
        assert_ne!(one.expose(), two.expose());
        assert_eq!(Token::presented(one.expose()).hash(), one.hash());
    }
}
