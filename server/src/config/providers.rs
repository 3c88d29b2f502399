//! Google, GitHub, and from where metadata may come.

use super::{Result, sources::Values, values};
use backend::{
    secret::Secret,
    settings::{GitHubClient, GoogleClient, Providers, Registration},
};

pub(super) fn read(values: &Values) -> Result<Providers> {
    let address = |key| values.read(key, values::provider_address);
    let google = registration(values, "google_client_id", "google_client_secret")?
        .map(|registration| {
            Ok(GoogleClient {
                registration,
                issuer: address("google_issuer")?,
                authorize_url: address("google_authorize_url")?,
                token_url: address("google_token_url")?,
                keys_url: address("google_keys_url")?,
            })
        })
        .transpose()?;
    let github = registration(values, "github_client_id", "github_client_secret")?
        .map(|registration| {
            Ok(GitHubClient {
                registration,
                authorize_url: address("github_authorize_url")?,
                token_url: address("github_token_url")?,
                user_url: address("github_user_url")?,
                emails_url: address("github_emails_url")?,
            })
        })
        .transpose()?;
    Ok(Providers {
        google,
        github,
        timeout: values
            .read("provider_timeout", values::duration)
            .map(values::as_time)?,
        metadata_networks: values.read("metadata_networks", values::networks)?,
    })
}

/// Both or none: one without the other is a mistake that nobody should find out at the provider.
fn registration(values: &Values, id: &'static str, secret: &'static str) -> Result<Option<Registration>> {
    match (values.text(id), values.text(secret)) {
        (Some(client_id), Some(client_secret)) => Ok(Some(Registration {
            client_id,
            client_secret: Secret::new(client_secret),
        })),
        (None, None) => Ok(None),
        (Some(_), None) => Err(values.wrong(id, &format!("is there without {secret}. Set both, or none"))),
        (None, Some(_)) => Err(values.wrong(secret, &format!("is there without {id}. Set both, or none"))),
    }
}
