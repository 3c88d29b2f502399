//! The PostgreSQL that Usher brings up for itself where no `DATABASE_URL` names another: set up once, started and
//! stopped with the server, reached through a unix socket only. Runs the system's own programs and speaks no SQL.
//!
//! One process at a time has the cluster: whoever holds the lock on `usher.lock` in the data directory. Everybody
//! else attaches to it. Who may enter the socket's directory may enter the database, so that directory is private.

mod account;
mod cluster;
mod place;
mod postmaster;
mod programs;

use place::Place;
use postmaster::Postmaster;
use programs::Programs;
use std::{
    fmt, fs,
    path::{Path, PathBuf},
    time::Duration,
};
use tokio::{sync::oneshot, task::JoinHandle};

/// Names the role and the database. The role is the superuser of the cluster: tests create databases with it.
const NAME: &str = "usher";
/// The wait before PostgreSQL is started again after it died; doubles each time.
const FIRST_WAIT: Duration = Duration::from_millis(500);
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// Says in one sentence what is wrong and in another what to do.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Failure(String);

pub type Result<T, E = Failure> = std::result::Result<T, E>;

impl Failure {
    fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }

    /// For `map_err`: what was tried on which path.
    fn path<E: fmt::Display>(tried: &'static str, path: &Path) -> impl FnOnce(E) -> Self {
        let path = path.display().to_string();
        move |error| Self(format!("can't {tried} {path}: {error}"))
    }
}

/// What a crash of the machine may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// Nothing that was committed.
    Safe,
    /// Everything, and in return tests are fast.
    UnsafeFast,
}

/// A running PostgreSQL: ours, or that of another Usher process with the same data directory.
pub struct EmbeddedPostgres {
    socket_dir: PathBuf,
    ours: Option<Supervisor>,
}

struct Supervisor {
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
    /// Held until the last moment; released by the system if this process is killed.
    _lock: fs::File,
}

/// Whether the data directory has a database, running or not.
pub fn is_made(data_dir: &Path) -> bool {
    fs::symlink_metadata(data_dir.join("postgres")).is_ok()
}

impl EmbeddedPostgres {
    /// Starts PostgreSQL, for a server.
    ///
    /// # Errors
    /// A sentence for the operator; also when another process has the data directory.
    pub async fn start(data_dir: &Path, durability: Durability) -> Result<Self> {
        let data_dir = place::prepare_data_dir(data_dir)?;
        match place::try_lock(&data_dir)? {
            Some(lock) => Self::start_locked(&data_dir, lock, durability).await,
            None => Err(Failure::new(format!(
                "another Usher already runs with the data directory {}. Stop it, or give this one a directory of its \
                 own with USHER_DATA_DIR. For several servers on one database set DATABASE_URL.",
                data_dir.display()
            ))),
        }
    }

    /// Attaches to the PostgreSQL of a running server, or starts it if none runs: for commands.
    ///
    /// # Errors
    /// A sentence for the operator.
    pub async fn attach_or_start(data_dir: &Path) -> Result<Self> {
        let data_dir = place::prepare_data_dir(data_dir)?;
        if let Some(lock) = place::try_lock(&data_dir)? {
            return Self::start_locked(&data_dir, lock, Durability::Safe).await;
        }
        let socket_dir = postmaster::wait_for_that_of_another(&data_dir).await?;
        Ok(Self {
            socket_dir,
            ours: None,
        })
    }

    async fn start_locked(data_dir: &Path, lock: fs::File, durability: Durability) -> Result<Self> {
        let place = Place::find_or_make(data_dir)?;
        let programs = Programs::find(cluster::major_version(&place)?)?;
        if !cluster::exists(&place) {
            cluster::create(&place, &programs, durability).await?;
        }
        let socket_dir = place.socket_dir.clone();
        let starter = Starter {
            place,
            programs,
            durability,
        };
        let first = starter.start().await?;
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(supervise(starter, first, stopped));
        Ok(Self {
            socket_dir,
            ours: Some(Supervisor {
                stop,
                task,
                _lock: lock,
            }),
        })
    }

    /// How to connect, also for `psql` and the tests.
    pub fn url(&self) -> String {
        let socket_dir = self.socket_dir.display().to_string();
        let host: String = url::form_urlencoded::byte_serialize(socket_dir.as_bytes()).collect();
        format!(
            "postgres://{NAME}@localhost/{NAME}?host={}",
            host.replace('+', "%20")
        )
    }

    /// Stops what this process started, and waits for it; leaves that of another process alone.
    pub async fn stop(self) {
        if let Some(ours) = self.ours {
            let _ = ours.stop.send(());
            let _ = ours.task.await;
        }
    }
}

/// All that a start needs, so that it can be repeated.
struct Starter {
    place: Place,
    programs: Programs,
    durability: Durability,
}

impl Starter {
    async fn start(&self) -> Result<Postmaster> {
        postmaster::stop_left_over(&self.place).await?;
        Postmaster::start(&self.place, &self.programs, self.durability).await
    }
}

/// Keeps PostgreSQL running until told to stop. While it is down, the server answers that it is unavailable.
async fn supervise(starter: Starter, first: Postmaster, mut stop: oneshot::Receiver<()>) {
    let mut running = first;
    loop {
        tokio::select! {
            _ = &mut stop => return running.stop().await,
            status = running.wait() => tracing::error!(status, "PostgreSQL stopped by itself; starting it again"),
        }
        let mut wait = FIRST_WAIT;
        running = loop {
            tokio::select! {
                _ = &mut stop => return,
                () = tokio::time::sleep(wait) => {}
            }
            match starter.start().await {
                Ok(postmaster) => break postmaster,
                Err(error) => tracing::error!(%error, "PostgreSQL can't be started again; trying on"),
            }
            wait = LONGEST_WAIT.min(wait * 2);
        };
        tracing::info!("PostgreSQL runs again");
    }
}
