//! Services outside that ask the console: their credentials, and which of them asks. What they are told is in `decisions`.

pub(crate) mod store;
#[cfg(test)]
mod tests;

use crate::{
    Backend, Caller, Error, Result, audit, caller::Target, database::Hold, last_use, mail::Message,
    secret::Token, secret_text::SecretKind,
};
use domain::{
    access::Action,
    field::{Faults, Field},
    ids::{OrganizationId, ServiceId},
    moment::Moment,
    organization::OrgId,
    refusal::Refusal,
    services::{MOST_SERVICES, ServiceLine, ServiceName, Services},
};
use serde_json::json;

/// A service that asks, with a credential that is there. It hears of its own organization and of no other.
#[derive(Clone, Debug)]
pub struct Service {
    pub id: ServiceId,
    pub organization: OrganizationId,
    pub org_id: OrgId,
}

impl Backend {
    /// The services of the caller's organization.
    pub async fn list_services(&self, caller: &Caller) -> Result<Services> {
        caller.permit(Action::ViewServices, Target::Organization(caller.organization))?;
        let rows = store::list(&self.pool, caller.organization).await?;
        let line = |row: store::Row| ServiceLine {
            id: ServiceId(row.id),
            name: row.name,
            created: row.created_at.into(),
            created_by: row.created_by,
            maker_is_out: row.maker_is_out,
            last_used: row.last_used_at.map(Moment::from),
        };
        Ok(Services {
            services: rows.into_iter().map(line).collect(),
            may_change: caller.may(Action::CreateService),
            address: self.settings.public_url.clone(),
            now: self.now().into(),
        })
    }

    /// Gives a service a credential: its secret, which nobody is shown again.
    pub async fn create_service(&self, caller: &Caller, name: &str) -> Result<(ServiceId, Token)> {
        let name = ServiceName::parse(name).map_err(|fault| Faults::from((Field::Name, fault)))?;
        let now = self.now();
        let id = ServiceId(self.chance.id(now));
        let permit = caller.permit(Action::CreateService, Target::Service(id))?;
        self.require_proof(caller)?;
        // Alone: of two at once the second counts the first.
        let mut tx = self.begin(&permit, Hold::Alone).await?;
        let there = store::count(&mut tx, &permit).await?;
        if usize::try_from(there).unwrap_or_default() >= MOST_SERVICES {
            return Err(Refusal::TooManyServices.into());
        }
        let secret = SecretKind::Service.make(&self.chance);
        store::save_new(&mut tx, &permit, (id, caller.user), &name, &secret, now).await?;
        // Whoever has its secret can ask about everybody of the organization, for as long as it is there.
        let message = Message::ServiceAdded {
            organization: caller.organization_name.clone(),
            at: now.into(),
            name: name.as_str().to_owned(),
            by: caller.name(),
        };
        self.mail_administrators(&mut tx, &permit, None, &message).await?;
        let change = audit::Change::made(json!({ "name": name.as_str() }));
        audit::record(&mut tx, &permit, name.as_str(), change, now).await?;
        tx.commit().await?;
        self.mail_bell.notify_one();
        Ok((id, secret))
    }

    /// Takes the credential away: the service is refused from its next question on. Again: there is none.
    pub async fn delete_service(&self, caller: &Caller, service: ServiceId) -> Result<()> {
        let permit = caller.permit(Action::DeleteService, Target::Service(service))?;
        let mut tx = self.begin(&permit, Hold::Shared).await?;
        let name = store::delete(&mut tx, &permit, service)
            .await?
            .ok_or(Error::NotFound)?;
        let change = audit::Change::removed(json!({ "name": name }));
        audit::record(&mut tx, &permit, &name, change, self.now()).await?;
        Ok(tx.commit().await?)
    }

    /// Which service presents a credential; `None` for one that does not work, whatever the reason. `id`: what it calls
    /// itself, where it does (RFC 6749 section 2.3.1), which must be true.
    pub async fn find_service(&self, id: Option<&str>, presented: &str) -> Result<Option<Service>> {
        let Some(secret) = SecretKind::Service.parse(presented) else {
            return Ok(None);
        };
        let now = self.now();
        let Some(row) = store::find_by_secret(&self.pool, &secret).await? else {
            return Ok(None);
        };
        if id.is_some_and(|id| id.parse() != Ok(ServiceId(row.id))) {
            return Ok(None);
        }
        let Ok(org_id) = row.org_id.parse::<OrgId>() else {
            return Ok(None);
        };
        if last_use::is_due(row.last_used_at, now) {
            store::save_used(&self.pool, row.id, now, last_use::unless_since(now)).await?;
        }
        Ok(Some(Service {
            id: ServiceId(row.id),
            organization: OrganizationId(row.organization_id),
            org_id,
        }))
    }
}
