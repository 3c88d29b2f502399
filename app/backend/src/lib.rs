//! What Usher does: use cases, their SQL, mail. Native only; knows no browser and no page.
//!
//! A use case is a method of [`Backend`], in the folder of its slice: `users/mod.rs` has `deactivate_user`,
//! `users/store.rs` its SQL. What needs permission takes a [`caller::Caller`] and asks it for a [`caller::Permit`].

pub mod access;
pub mod account;
pub mod audit;
pub mod bulk_invitations;
pub mod caller;
pub mod clock;
pub mod database;
pub mod decisions;
pub mod error;
pub mod housekeeping;
pub mod idempotency;
pub mod identities;
pub mod installation;
pub mod invitations;
pub mod jobs;
mod last_use;
pub mod mail;
pub mod metrics;
mod one_line;
pub mod organization;
mod outbound;
pub mod password_hash;
pub mod password_resets;
pub mod password_strength;
mod patient_threads;
pub mod saml;
pub mod scim;
pub mod sealer;
pub mod secret;
mod secret_text;
pub mod services;
pub mod sessions;
pub mod settings;
pub mod setup;
pub mod sign_in;
pub mod sso;
pub(crate) mod throttle;
pub mod tokens;
pub mod trace;
pub mod two_factor;
pub mod users;

#[cfg(feature = "testing")]
pub mod testing;

pub use caller::{Caller, Client};
pub use error::{Error, Result};
pub use throttle::Allowance;
pub use users::TakenBack;

use clock::Clock;
use metrics::Metrics;
use outbound::Outbound;
use password_hash::PasswordHasher;
use sealer::Sealer;
use secret::Chance;
use settings::Settings;
use sqlx::PgPool;
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

/// Batches of files that are read at the same time.
const EXPORTS_AT_ONCE: usize = 2;
/// Works beside answers that are done at the same time: each has a connection to the database, which people wait for.
const BESIDE_AT_ONCE: usize = 2;

/// The application behind every host: a pool of connections, the settings, and the sources of time and chance.
/// Cheap to clone; holds no state that another server would need.
#[derive(Clone)]
pub struct Backend {
    pub(crate) pool: PgPool,
    pub(crate) settings: Arc<Settings>,
    pub(crate) clock: Clock,
    pub(crate) chance: Chance,
    /// For secrets that the database keeps, and for what browsers keep for us.
    pub(crate) sealer: Sealer,
    pub(crate) hasher: PasswordHasher,
    pub(crate) metrics: Metrics,
    /// For what the server itself asks others.
    pub(crate) outbound: Outbound,
    /// How many acts of one organization happen at once.
    pub(crate) places: database::Places,
    /// Files are read a batch at a time and two at once: however many people take one, the others are served.
    pub(crate) exports: Arc<Semaphore>,
    /// Work that no answer waits for.
    beside: TaskTracker,
    /// Places for it.
    places_beside: Arc<Semaphore>,
    /// Rung when a mail was queued, so that the worker of this server need not wait for its next look.
    pub(crate) mail_bell: Arc<tokio::sync::Notify>,
    /// The same for jobs.
    pub(crate) job_bell: Arc<tokio::sync::Notify>,
}

impl Backend {
    pub fn new(pool: PgPool, settings: Settings, clock: Clock, chance: Chance, sealer: Sealer) -> Self {
        let metrics = Metrics::default();
        let waits = metrics.password_waits.clone();
        let hasher = PasswordHasher::new(settings.hashing, chance.clone(), waits);
        let outbound = Outbound::new(
            settings.providers.timeout.unsigned_abs(),
            &settings.providers.metadata_networks,
        );
        Self {
            pool,
            settings: Arc::new(settings),
            clock,
            chance,
            sealer,
            hasher,
            metrics,
            outbound,
            places: database::Places::default(),
            exports: Arc::new(Semaphore::new(EXPORTS_AT_ONCE)),
            beside: TaskTracker::new(),
            places_beside: Arc::new(Semaphore::new(BESIDE_AT_ONCE)),
            mail_bell: Arc::default(),
            job_bell: Arc::default(),
        }
    }

    /// Does what no answer waits for, a few at a time. What was asked for and not done yet is lost with a process that is
    /// killed: nothing that somebody was told is done belongs here.
    pub(crate) fn do_beside(&self, work: impl Future<Output = ()> + Send + 'static) {
        let places = Arc::clone(&self.places_beside);
        self.beside.spawn(async move {
            // Nobody closes it.
            let _place = places.acquire().await;
            work.await;
        });
    }

    /// Waits for what was begun beside answers, before the server ends.
    pub async fn finish_beside(&self) {
        self.beside.close();
        self.beside.wait().await;
        self.beside.reopen();
    }

    /// For what browsers keep for us.
    pub fn sealer(&self) -> &Sealer {
        &self.sealer
    }

    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// The pool's connections: all, and those that nobody uses at the moment.
    pub fn connections(&self) -> (u32, usize) {
        (self.pool.size(), self.pool.num_idle())
    }

    /// The current time by this installation's clock.
    pub fn now(&self) -> time::OffsetDateTime {
        self.clock.now()
    }
}
