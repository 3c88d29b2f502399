//! Hashing of passwords: argon2id (RFC 9106), off the async threads, a bounded number at once.

use crate::{
    Error, Result,
    secret::{Chance, Secret},
    settings::Hashing,
    trace::traced,
};
use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash},
};
use prometheus_client::metrics::histogram::Histogram;
use std::{sync::Arc, time::Instant};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tracing::Instrument;

#[derive(Clone)]
pub struct PasswordHasher {
    argon: Argon2<'static>,
    chance: Chance,
    slots: Arc<Semaphore>,
    judging: Arc<Semaphore>,
    waits: Histogram,
    /// Verified where there is no account, so that an unknown address takes as long as a wrong password.
    decoy: Arc<tokio::sync::OnceCell<String>>,
}

impl PasswordHasher {
    pub(crate) fn new(cost: Hashing, chance: Chance, waits: Histogram) -> Self {
        let params = Params::new(cost.memory, cost.passes, cost.lanes, None).unwrap_or_default();
        Self {
            argon: Argon2::new(Algorithm::Argon2id, Version::V0x13, params),
            chance,
            slots: Arc::new(Semaphore::new(cost.at_once.max(1))),
            waits,
            judging: Arc::new(Semaphore::new(1)),
            decoy: Arc::default(),
        }
    }

    /// The PHC string of a password that has passed the rule.
    pub(crate) async fn hash(&self, password: Secret<String>) -> Result<String> {
        let salt = self.chance.bytes::<16>();
        self.in_a_slot(move |argon| {
            argon
                .hash_password_with_salt(password.expose().as_bytes(), &salt)
                .map(|hash| hash.to_string())
        })
        .await?
        .map_err(|e| Error::unavailable(e.to_string()))
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
            .in_a_slot(move |argon| {
                PasswordHash::new(&hash)
                    .is_ok_and(|hash| argon.verify_password(password.expose().as_bytes(), &hash).is_ok())
            })
            .await?;
        Ok(matches && known)
    }

    /// Judging passwords, which strangers can ask for: bounded, too, and apart, so that it holds up no sign-in.
    pub(crate) async fn judging_password<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T> {
        let slot = slot(&self.judging).await?;
        off_the_async_threads(slot, work).await
    }

    async fn in_a_slot<T: Send + 'static>(
        &self,
        work: impl FnOnce(Argon2<'static>) -> T + Send + 'static,
    ) -> Result<T> {
        let argon = self.argon.clone();
        let began = Instant::now();
        let slot = slot(&self.slots)
            .instrument(traced!("wait to hash a password"))
            .await?;
        self.waits.observe(began.elapsed().as_secs_f64());
        off_the_async_threads(slot, move || work(argon))
            .instrument(traced!("hash a password"))
            .await
    }
}

async fn slot(slots: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit> {
    slots.clone().acquire_owned().await.map_err(Error::unavailable)
}

async fn off_the_async_threads<T: Send + 'static>(
    slot: OwnedSemaphorePermit,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T> {
    tokio::task::spawn_blocking(move || {
        let _slot = slot;
        work()
    })
    .await
    .map_err(Error::unavailable)
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
    async fn nobody_signs_in_with_the_decoy() {
        assert!(!hasher().verify(Secret::new("decoy".into()), None).await.unwrap());
    }
}
