//! `usher database`: only the embedded PostgreSQL, for tests and for looking into it.

use super::Result;
use crate::{
    embedded_postgres::{Durability, EmbeddedPostgres},
    stop_signal::StopSignal,
};
use std::path::Path;

/// Prints its address and keeps it running until told to stop.
pub async fn run(data_dir: &Path, durability: Durability) -> Result {
    let stop = StopSignal::listen()?;
    let postgres = tokio::select! {
        () = stop.clone().received() => return Ok(()),
        postgres = EmbeddedPostgres::start(data_dir, durability) => postgres?,
    };
    println!("DATABASE_URL={}", postgres.url());
    stop.received().await;
    postgres.stop().await;
    Ok(())
}
