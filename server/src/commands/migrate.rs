//! `usher migrate`: brings the schema up to date, which every other command and the server do first, too. Needs no key, so
//! that it can run where none is.

use super::Result;
use crate::{
    config::Config,
    database::{self, Database},
};

pub async fn run(config: &Config) -> Result {
    let database = Database::attach_or_start(config).await?;
    let outcome = database::open(&database, 2).await;
    if let Ok(pool) = &outcome {
        pool.close().await;
    }
    database.stop().await;
    outcome?;
    println!("The schema of the database is up to date.");
    Ok(())
}
