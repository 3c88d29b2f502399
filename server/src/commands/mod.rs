//! What the program does besides serving: each command acts on the database of a running server, or starts and stops
//! one for itself.

pub mod database;
pub mod doctor;
pub mod migrate;
pub mod organization;
pub mod recover_admin;
pub mod setup_link;

use crate::{
    config::Config,
    database::{self as server_database, Database},
    key,
};
use backend::{Backend, clock::Clock, secret::Chance};
use std::error::Error;

pub type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

/// Runs a command with a backend on a database whose schema is up to date.
async fn with_backend(config: &Config, command: impl AsyncFnOnce(Backend) -> Result) -> Result {
    let database = Database::attach_or_start(config).await?;
    let outcome = async {
        let pool = server_database::open(&database, 2).await?;
        let outcome = async {
            let backend = Backend::new(
                pool.clone(),
                config.settings(),
                Clock::system(),
                Chance::system(),
                key::find_or_make(config, &pool).await?,
            );
            key::adopt(&backend).await?;
            command(backend).await
        };
        let outcome = outcome.await;
        pool.close().await;
        outcome
    };
    let outcome = outcome.await;
    database.stop().await;
    outcome
}
