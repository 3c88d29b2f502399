//! The database of a server or a command: the one of `DATABASE_URL`, or the embedded one. Opens it, which brings its
//! schema up to date. Of several hosts it finds the one that takes writes, see `watch.rs`. Speaks no SQL.

pub mod addresses;
mod hosts;
pub mod moves;
mod watch;

use crate::{
    config::Config,
    embedded_postgres::{Durability, EmbeddedPostgres, Failure},
};
use addresses::Addresses;
use backend::secret::Secret;
use hosts::Hosts;
use moves::{Mover, Moves};
use sqlx::{
    Connection, PgConnection, PgPool,
    migrate::MigrateError,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use std::time::{Duration, Instant};
use tokio::time::{sleep, timeout};
use watch::Watch;

/// How long a database that is not there yet is waited for.
const START_PATIENCE: Duration = Duration::from_secs(30);
/// How long a request waits for a free connection; then it is answered with 503.
const PATIENCE: Duration = Duration::from_secs(3);
/// A connection that was idle for longer is asked whether it still is one.
const FRESH: Duration = Duration::from_secs(1);
/// No statement of a request takes longer; it would hold a connection that others wait for.
const LONGEST_STATEMENT: &str = "20s";
const LONGEST_IDLE_TRANSACTION: &str = "60s";
/// PostgreSQL starts or stops (manual, appendix A).
const CANNOT_CONNECT_NOW: &str = "57P03";

type Result<T, E = OpenError> = std::result::Result<T, E>;

#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The address itself is not repeated: it holds a password.
    #[error("DATABASE_URL can't be used: {0}. Write it like postgres://user:password@host/database.")]
    Address(#[source] sqlx::Error),
    #[error("DATABASE_URL {0}.")]
    Addresses(addresses::Fault),
    #[error(
        "None of the hosts in DATABASE_URL can be used: {0}. Start the primary, promote a replica, or correct DATABASE_URL."
    )]
    NoHost(String),
    #[error("The database does not answer: {0}. Start it, or correct DATABASE_URL.")]
    Unreachable(#[source] sqlx::Error),
    #[error(
        "The database was brought up to date by a newer Usher (it has the migration {0}, which this one doesn't know). \
         Run that Usher."
    )]
    Newer(i64),
    #[error(
        "The migration {0} in this Usher is not the one that was applied to the database. Run the Usher that made it."
    )]
    Changed(i64),
    #[error("The schema of the database can't be brought up to date; it is as it was before: {0}")]
    Migration(#[source] MigrateError),
}

impl From<MigrateError> for OpenError {
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::VersionMissing(version) => Self::Newer(version),
            MigrateError::VersionMismatch(version) => Self::Changed(version),
            error => Self::Migration(error),
        }
    }
}

pub struct Database {
    url: Secret<String>,
    embedded: Option<EmbeddedPostgres>,
    mover: Mover,
}

impl Database {
    /// For a server, which has the embedded one alone.
    pub async fn start(config: &Config) -> Result<Self, Failure> {
        Self::find(config, async || {
            EmbeddedPostgres::start(&config.data_dir, Durability::Safe).await
        })
        .await
    }

    /// For a command, beside a running server or without one.
    pub async fn attach_or_start(config: &Config) -> Result<Self, Failure> {
        Self::find(config, async || {
            EmbeddedPostgres::attach_or_start(&config.data_dir).await
        })
        .await
    }

    async fn find(
        config: &Config,
        embedded: impl AsyncFnOnce() -> Result<EmbeddedPostgres, Failure>,
    ) -> Result<Self, Failure> {
        if let Some(url) = &config.database_url {
            return Ok(Self {
                url: url.clone(),
                embedded: None,
                mover: Mover::default(),
            });
        }
        let embedded = embedded().await?;
        Ok(Self {
            url: Secret::new(embedded.url()),
            embedded: Some(embedded),
            mover: Mover::default(),
        })
    }

    /// Of a pool that was opened, to another host.
    pub fn moves(&self) -> Moves {
        self.mover.moves()
    }

    /// Stops what was started.
    pub async fn stop(self) {
        if let Some(embedded) = self.embedded {
            embedded.stop().await;
        }
    }
}

/// What the address of a database names.
enum Place {
    One(Box<PgConnectOptions>),
    Several(Hosts),
}

fn place(database: &Database) -> Result<Place> {
    match Addresses::parse(database.url.expose()).map_err(OpenError::Addresses)? {
        Addresses::One(url) => {
            let options: PgConnectOptions = url.expose().parse().map_err(OpenError::Address)?;
            Ok(Place::One(Box::new(options.application_name("usher"))))
        }
        Addresses::Several { hosts, target } => {
            let hosts = Hosts::new(&hosts, target).map_err(OpenError::Address)?;
            Ok(Place::Several(hosts))
        }
    }
}

/// Connects, waiting for a database that is still starting, and brings its schema up to date.
pub async fn open(database: &Database, connections: u32) -> Result<PgPool> {
    let pool = PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(PATIENCE)
        .test_before_acquire(false);
    let mut hosts = match place(database)? {
        Place::Several(hosts) => hosts,
        Place::One(options) => {
            migrate((*options).clone()).await?;
            let pool = pool
                .before_acquire(|connection, about| {
                    Box::pin(async move {
                        if about.idle_for > FRESH {
                            connection.ping().await?;
                        }
                        Ok(true)
                    })
                })
                .connect_with(limited(*options));
            return pool.await.map_err(OpenError::Unreachable);
        }
    };
    let options = find(&mut hosts, START_PATIENCE).await?;
    migrate(options.clone()).await?;
    let watch = Watch::new(hosts, database.mover.clone());
    let pool = watch.guard(pool).connect_with(limited(options)).await;
    let pool = pool.map_err(OpenError::Unreachable)?;
    tokio::spawn(watch.run(pool.clone(), limited));
    Ok(pool)
}

fn limited(options: PgConnectOptions) -> PgConnectOptions {
    options.options([
        ("statement_timeout", LONGEST_STATEMENT),
        ("idle_in_transaction_session_timeout", LONGEST_IDLE_TRANSACTION),
    ])
}

/// Connects without waiting for a database that does not answer, and without touching its schema.
pub async fn look(database: &Database, patience: Duration) -> Result<Look> {
    let (options, hosts) = match place(database)? {
        Place::One(options) => (*options, None),
        Place::Several(mut hosts) => (find(&mut hosts, Duration::ZERO).await?, Some(hosts)),
    };
    let pool = PgPoolOptions::new()
        .max_connections(1)
        .acquire_timeout(patience)
        .connect_with(options);
    Ok(Look {
        pool: pool.await.map_err(OpenError::Unreachable)?,
        hosts: hosts.map(|hosts| HostsSeen {
            sentence: hosts.sentence(),
            all_answer: hosts.all_answer(),
            one_suits: hosts.is_clear(),
        }),
    })
}

/// What a command sees that only looks.
pub struct Look {
    pub pool: PgPool,
    /// Where there are several.
    pub hosts: Option<HostsSeen>,
}

pub struct HostsSeen {
    pub sentence: String,
    pub all_answer: bool,
    /// No two of them take writes.
    pub one_suits: bool,
}

/// The options of the host that can be used. Waits for one, if any may become it.
async fn find(hosts: &mut Hosts, patience: Duration) -> Result<PgConnectOptions> {
    let began = Instant::now();
    loop {
        if let Some(found) = hosts.look_at_all().await {
            return Ok(hosts.options(found).clone());
        }
        let seen = hosts.sentence();
        if hosts.refuse(is_starting) || began.elapsed() >= patience {
            return Err(OpenError::NoHost(seen));
        }
        tracing::warn!(seen, "no host of the database can be used yet; trying again");
        sleep(Duration::from_secs(1)).await;
    }
}

/// One that answers "no" does not change its mind by waiting.
fn is_starting(error: &sqlx::Error) -> bool {
    error
        .as_database_error()
        .is_none_or(|error| error.code().as_deref() == Some(CANNOT_CONNECT_NOW))
}

/// On a connection of its own without those limits: a migration may take its time.
async fn migrate(options: PgConnectOptions) -> Result<()> {
    let mut connection = wait_for(&options).await?;
    backend::database::migrate(&mut connection).await?;
    let _ = connection.close().await;
    Ok(())
}

/// The first connection that the database takes.
async fn wait_for(options: &PgConnectOptions) -> Result<PgConnection> {
    let began = Instant::now();
    loop {
        let error = match timeout(PATIENCE, PgConnection::connect_with(options)).await {
            Ok(Ok(connection)) => return Ok(connection),
            Ok(Err(error)) => error,
            Err(_) => sqlx::Error::PoolTimedOut,
        };
        if !is_starting(&error) || began.elapsed() > START_PATIENCE {
            return Err(OpenError::Unreachable(error));
        }
        tracing::warn!(%error, "the database does not answer yet; trying again");
        sleep(Duration::from_secs(1)).await;
    }
}
