//! Organizations: making them, with their built-in groups and default policies; closing and reopening them.

mod close;
pub(crate) mod store;
#[cfg(test)]
mod tests;

pub use close::{Closed, Reopened};

use crate::{Backend, Client, Error, Result, access, audit, caller::Permit, database::Tx, secret::Token};
use domain::{
    email_address::EmailAddress,
    field::{Fault, Faults, Field},
    ids::OrganizationId,
    organization::{OrgId, OrganizationName},
};
use serde_json::json;

/// An organization that the operator made, with the links that its first people open.
#[derive(Debug)]
pub struct CreatedOrganization {
    pub org_id: OrgId,
    pub name: String,
    pub links: Vec<(String, Token)>,
}

impl Backend {
    /// The operator makes a further organization and invites its first people. Whoever of them is first to set up
    /// their account becomes its administrator.
    pub async fn create_organization(
        &self,
        client: &Client,
        name: &str,
        emails: &[String],
    ) -> Result<CreatedOrganization> {
        let mut faults = Faults::default();
        let name = faults.take(Field::Organization, OrganizationName::parse(name));
        let emails: Vec<_> = emails
            .iter()
            .filter_map(|email| faults.take(Field::Email, EmailAddress::parse(email)))
            .collect();
        if emails.is_empty() && faults.is_empty() {
            faults.0.push((Field::Email, Fault::Missing));
        }
        let (Some(name), true) = (name, faults.is_empty()) else {
            return Err(faults.into());
        };

        let organization = OrganizationId(self.chance.id(self.now()));
        let permit = Permit::operator(organization, "organization.create", client);
        let mut tx = Tx::begin(&self.pool).await?;
        let org_id = self.found(&mut tx, &permit, &name).await?;
        crate::setup::store::delete_link(&mut tx).await?;
        let mut links = Vec::new();
        for email in &emails {
            let link = self.activate(&mut tx, &permit, &name, email).await?;
            links.push((email.as_str().to_owned(), link));
        }
        let after = json!({ "name": name.as_str(), "org_id": org_id.as_str() });
        audit::record(
            &mut tx,
            &permit,
            name.as_str(),
            audit::Change::made(after),
            self.now(),
        )
        .await?;
        tx.commit().await?;
        self.mail_bell.notify_one();
        Ok(CreatedOrganization {
            org_id,
            name: name.as_str().to_owned(),
            links,
        })
    }

    /// Writes the organization with its built-in groups and default policies.
    pub(crate) async fn found(&self, tx: &mut Tx, permit: &Permit, name: &OrganizationName) -> Result<OrgId> {
        // 16 million Org IDs: a taken one is drawn again; an installation that is nearly full says so.
        for _ in 0..20 {
            let org_id = OrgId::from_bytes(self.chance.bytes());
            if store::save_new(tx, permit, &org_id, name, self.now()).await? {
                access::found_defaults(tx, permit, &self.chance, self.now()).await?;
                return Ok(org_id);
            }
        }
        Err(Error::unavailable("no free Org ID was found"))
    }
}
