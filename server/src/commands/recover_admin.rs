//! `usher recover-admin`: a one-time link by which an administrator chooses a new password.

use super::{Result, with_backend};
use crate::config::Config;
use backend::Client;
use domain::moment::Moment;

pub async fn run(config: &Config, email: Option<&str>) -> Result {
    let address = config.public_url.as_str();
    with_backend(config, async |backend| {
        let recovery = backend
            .recover_administrator(&Client::command_line(), email)
            .await?;
        println!(
            "{} of {} can choose a new password here, once, until {}:\n{address}/recover?token={}",
            recovery.email,
            recovery.organization,
            Moment::from(recovery.expires_at).date_and_time(),
            recovery.link.expose()
        );
        println!(
            "Sessions ended: {}. The old password works until the link is used, and so do authenticators and \
             recovery codes: the link takes them away, so that it signs in without a code.",
            recovery.sessions_ended
        );
        Ok(())
    })
    .await
}
