//! `usher organization create`: a further organization, and activation links for its first people. `close` and `reopen`:
//! everything of an organization is refused, and is there again.

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

pub async fn close(config: &Config, org_id: &str) -> Result {
    with_backend(config, async |backend| {
        let closed = backend
            .close_organization(&Client::command_line(), org_id)
            .await
            .map_err(|error| about(org_id, error))?;
        if closed.already {
            println!("{} is closed already.", closed.name);
        } else {
            println!(
                "{} is closed. Sessions ended: {}. Open it again with: usher organization reopen --org-id {org_id}",
                closed.name, closed.sessions_ended
            );
        }
        Ok(())
    })
    .await
}

pub async fn reopen(config: &Config, org_id: &str) -> Result {
    with_backend(config, async |backend| {
        let reopened = backend
            .reopen_organization(&Client::command_line(), org_id)
            .await
            .map_err(|error| about(org_id, error))?;
        if reopened.already {
            println!("{} is not closed.", reopened.name);
        } else {
            println!("{} is open again. Its people sign in anew.", reopened.name);
        }
        Ok(())
    })
    .await
}

fn about(org_id: &str, error: Error) -> String {
    match error {
        Error::NotFound => format!("No organization has the Org ID {org_id}."),
        error => in_words(error),
    }
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
