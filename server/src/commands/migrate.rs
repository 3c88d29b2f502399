//! `usher migrate`: brings the schema up to date, which every other command and the server do first, too.

use super::{Result, with_backend};
use crate::config::Config;

pub async fn run(config: &Config) -> Result {
    with_backend(config, async |_| {
        println!("The schema of the database is up to date.");
        Ok(())
    })
    .await
}
