//! Hashing of passwords: argon2id (RFC 9106), on threads that let others go first, a bounded number at once.

use crate::{
    Error, Result,
    patient_threads::{Line, PatientThreads, Told},
    secret::{Chance, Secret},
    settings::Hashing,
    trace::traced,
};
use argon2::{
    ARGON2ID_IDENT, Algorithm, Argon2, Block, Params, Version,
    password_hash::phc::{Output, ParamsString, PasswordHash, Salt},
};
use prometheus_client::metrics::histogram::Histogram;
use std::sync::{Arc, Mutex, PoisonError};

#[derive(Clone)]
pub struct PasswordHasher {
    params: Params,
    memory: Memory,
    chance: Chance,
    hashing: Line,
    judging: Line,
    /// Verified where there is no account, so that an unknown address takes as long as a wrong password.
    decoy: Arc<tokio::sync::OnceCell<String>>,
}

impl PasswordHasher {
    pub(crate) fn new(cost: Hashing, chance: Chance, waits: Histogram) -> Self {
        let params = Params::new(cost.memory, cost.passes, cost.lanes, None).unwrap_or_default();
        let threads = PatientThreads::default();
        let hashing = Told {
            waits: Some(waits),
            wait: || traced!("wait to hash a password"),
            work: || traced!("hash a password"),
        };
        let judging = Told {
            waits: None,
            wait: || traced!("wait to judge a password"),
            work: || traced!("judge a password"),
        };
        Self {
            params,
            memory: Memory::default(),
            chance,
            hashing: Line::new(threads.clone(), cost.at_once, hashing),
            judging: Line::new(threads, 1, judging),
            decoy: Arc::default(),
        }
    }

    /// The PHC string of a password that has passed the rule.
    pub(crate) async fn hash(&self, password: Secret<String>) -> Result<String> {
        let (salt, params) = (self.chance.bytes::<16>(), self.params.clone());
        self.in_line(move |memory| phc_string(&password, &salt, &params, memory))
            .await?
            .map_err(|e| Error::unavailable(e.to_string()))
    }

    /// The PHC strings of secrets that are kept together and share their salt, so that one hash of what is typed is
    /// enough to find the one that it is.
    pub(crate) async fn hash_set(&self, secrets: Vec<Secret<String>>) -> Result<Vec<String>> {
        let (salt, params) = (self.chance.bytes::<16>(), self.params.clone());
        self.in_line(move |memory| {
            let hashes = secrets
                .iter()
                .map(|secret| phc_string(secret, &salt, &params, memory));
            hashes.collect::<PhcResult<_>>()
        })
        .await?
        .map_err(|e| Error::unavailable(e.to_string()))
    }

    /// The PHC string of what is typed, with salt and cost of a stored one.
    pub(crate) async fn hash_like(&self, secret: Secret<String>, stored: String) -> Result<String> {
        self.in_line(move |memory| {
            let stored = PasswordHash::new(&stored)?;
            let salt = stored.salt.as_ref().map_or(&[][..], AsRef::as_ref);
            phc_string(&secret, salt, &Params::try_from(&stored)?, memory)
        })
        .await?
        .map_err(|e| Error::unavailable(e.to_string()))
    }

    /// Whether a stored hash costs an attacker less than one that is made today.
    pub(crate) fn is_outdated(&self, hash: &str) -> bool {
        let params = PasswordHash::new(hash)
            .ok()
            .and_then(|hash| Params::try_from(&hash).ok());
        params.is_none_or(|params| {
            params.m_cost() < self.params.m_cost() || params.t_cost() < self.params.t_cost()
        })
    }

    /// Whether the password is the one. Without a hash (no account, no password) the same work is done for nothing.
    pub(crate) async fn verify(&self, password: Secret<String>, hash: Option<String>) -> Result<bool> {
        let known = hash.is_some();
        let hash = match hash {
            Some(hash) => hash,
            None => self
                .decoy
                .get_or_try_init(|| self.hash(Secret::new("decoy".to_owned())))
                .await?
                .clone(),
        };
        let matches = self
            .in_line(move |memory| is_hash_of(&password, &hash, memory).unwrap_or(false))
            .await?;
        Ok(matches && known)
    }

    /// Judging passwords, which strangers can ask for: bounded, too, and apart, so that it holds up no sign-in.
    pub(crate) async fn judging_password<T: Send + 'static>(
        &self,
        work: impl Fn() -> T + Send + Sync + 'static,
    ) -> Result<T> {
        self.judging.run(work).await
    }

    async fn in_line<T: Send + 'static>(
        &self,
        work: impl Fn(&Memory) -> T + Send + Sync + 'static,
    ) -> Result<T> {
        let memory = self.memory.clone();
        self.hashing.run(move || work(&memory)).await
    }
}

/// Blocks for hashing that wait for the next password, as many as have ever been hashed at once: to get 19 MiB from the
/// system, page by page, takes a quarter of the time of a hash.
#[derive(Clone, Default)]
struct Memory(Arc<Mutex<Vec<Vec<Block>>>>);

impl Memory {
    fn lend<T>(&self, blocks: usize, work: impl FnOnce(&mut [Block]) -> T) -> T {
        let waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut memory = waiting.unwrap_or_default();
        if memory.len() < blocks {
            memory.resize(blocks, Block::new());
        }
        let done = work(&mut memory[..blocks]);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(memory);
        done
    }
}

type PhcResult<T> = Result<T, argon2::password_hash::Error>;

fn output(
    password: &Secret<String>,
    salt: &[u8],
    (params, length): (&Params, usize),
    memory: &Memory,
) -> PhcResult<Output> {
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
    let mut out = vec![0; length];
    memory.lend(params.block_count(), |blocks| {
        argon.hash_password_into_with_memory(password.expose().as_bytes(), salt, &mut out, blocks)
    })?;
    Ok(Output::new(&out)?)
}

fn phc_string(password: &Secret<String>, salt: &[u8], params: &Params, memory: &Memory) -> PhcResult<String> {
    let length = params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN);
    let hash = PasswordHash {
        algorithm: ARGON2ID_IDENT,
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(params)?,
        salt: Some(Salt::new(salt)?),
        hash: Some(output(password, salt, (params, length), memory)?),
    };
    Ok(hash.to_string())
}

/// Made with the cost that the hash itself names, which may be that of an earlier configuration. Compared in constant
/// time.
fn is_hash_of(password: &Secret<String>, hash: &str, memory: &Memory) -> PhcResult<bool> {
    let hash = PasswordHash::new(hash)?;
    let (Some(salt), Some(expected)) = (&hash.salt, &hash.hash) else {
        return Ok(false);
    };
    let params = Params::try_from(&hash)?;
    let made = output(password, salt.as_ref(), (&params, expected.len()), memory)?;
    Ok(hash.algorithm == ARGON2ID_IDENT && hash.version == Some(Version::V0x13.into()) && made == *expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hasher() -> PasswordHasher {
        PasswordHasher::new(
            Hashing {
                memory: 64,
                passes: 1,
                lanes: 1,
                at_once: 1,
            },
            Chance::system(),
            Histogram::new([1.0]),
        )
    }

    #[tokio::test]
    async fn only_the_same_password_is_verified() {
        let hasher = hasher();
        let hash = hasher.hash(Secret::new("correct horse".into())).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{hash}");
        assert!(
            hasher
                .verify(Secret::new("correct horse".into()), Some(hash.clone()))
                .await
                .unwrap()
        );
        assert!(
            !hasher
                .verify(Secret::new("correct horsf".into()), Some(hash))
                .await
                .unwrap()
        );
    }

    #[tokio::test]
    async fn of_a_set_the_one_that_is_typed_is_found_by_its_hash() {
        let secret = |text: &str| Secret::new(text.to_owned());
        let set = hasher()
            .hash_set(vec![secret("one"), secret("two")])
            .await
            .unwrap();
        assert_ne!(set[0], set[1]);
        let dearer = PasswordHasher::new(
            Hashing {
                memory: 128,
                passes: 2,
                lanes: 1,
                at_once: 1,
            },
            Chance::system(),
            Histogram::new([1.0]),
        );
        assert_eq!(
            dearer.hash_like(secret("two"), set[0].clone()).await.unwrap(),
            set[1]
        );
        assert!(!set.contains(&dearer.hash_like(secret("three"), set[0].clone()).await.unwrap()));
        let other = hasher().hash_set(vec![secret("one")]).await.unwrap();
        assert_ne!(other[0], set[0], "each set has its own salt");
    }

    #[tokio::test]
    async fn what_another_implementation_made_is_verified() {
        // The reference implementation's own vector (phc-winner-argon2, src/test.c, version 19).
        let hash = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
        let password = || Secret::new("password".to_owned());
        assert!(hasher().verify(password(), Some(hash.into())).await.unwrap());
        let other = hash.replace("argon2id", "argon2i");
        assert!(!hasher().verify(password(), Some(other)).await.unwrap());
    }

    #[tokio::test]
    async fn a_hash_is_outdated_when_today_s_cost_more() {
        let hasher = hasher();
        let today = hasher.hash(Secret::new("correct horse".into())).await.unwrap();
        assert!(!hasher.is_outdated(&today));
        assert!(hasher.is_outdated(&today.replace("m=64", "m=32")));
        assert!(
            !hasher.is_outdated(&today.replace("m=64", "m=128")),
            "never to a weaker one"
        );
        assert!(hasher.is_outdated("nonsense"));
    }

    #[tokio::test]
    async fn nobody_signs_in_with_the_decoy() {
        assert!(!hasher().verify(Secret::new("decoy".into()), None).await.unwrap());
    }
}
