//! `usher setup-link`: a new one-time link to make the first organization.

use super::{Result, with_backend};
use crate::config::Config;

pub async fn run(config: &Config) -> Result {
    let address = config.public_url.as_str();
    with_backend(config, async |backend| {
        match backend.open_set_up().await? {
            Some(token) => println!("{address}/setup?token={}", token.expose()),
            None => println!("An organization exists already: sign in at {address}/sign-in"),
        }
        Ok(())
    })
    .await
}
