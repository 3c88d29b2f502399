//! `usher organization create`: a further organization, and activation links for its first people.

use super::{Result, with_backend};
use crate::config::Config;
use backend::{Client, Error};
use domain::field::Faults;

pub async fn create(config: &Config, name: &str, emails: &[String]) -> Result {
    let address = config.public_url.as_str();
    with_backend(config, async |backend| {
        let created = backend
            .create_organization(&Client::command_line(), name, emails)
            .await
            .map_err(in_words)?;
        println!(
            "{} has the Org ID {}. Each of these links activates one account:",
            created.name, created.org_id
        );
        for (email, link) in created.links {
            println!("{email}  {address}/invitations/{}", link.expose());
        }
        Ok(())
    })
    .await
}

fn in_words(error: Error) -> String {
    match error {
        Error::Invalid(Faults(faults)) => faults
            .iter()
            .map(|(field, fault)| fault.sentence(*field))
            .collect::<Vec<_>>()
            .join(" "),
        Error::Refused(refusal) => refusal.sentence().to_owned(),
        error => error.to_string(),
    }
}
