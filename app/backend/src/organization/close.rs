//! Closing an organization: from its next request on everything of it is refused, and nothing of it is deleted but its
//! sessions. Every read and every act asks `closed_at` itself, so there is nothing here to forget.

use super::store;
use crate::{Backend, Client, Error, Result, audit, caller::Permit, database::Tx, sessions};
use domain::organization::OrgId;
use serde_json::json;

/// An organization that is closed now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed {
    pub name: String,
    pub sessions_ended: u64,
    /// It was closed before, and nothing was done.
    pub already: bool,
}

/// An organization that is open now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reopened {
    pub name: String,
    /// It was open before, and nothing was done.
    pub already: bool,
}

impl Backend {
    /// The operator closes an organization. Its sessions end, nobody of it can sign in, and its invitations are dead.
    ///
    /// # Errors
    /// `NotFound` if no organization has this Org ID.
    pub async fn close_organization(&self, client: &Client, org_id: &str) -> Result<Closed> {
        let now = self.now();
        let mut tx = Tx::begin(&self.pool).await?;
        let found = lock(&mut tx, org_id).await?;
        if found.closed {
            return Ok(Closed {
                name: found.name,
                sessions_ended: 0,
                already: true,
            });
        }
        let permit = Permit::operator(found.id(), "organization.close", client);
        store::save_closed(&mut tx, &permit, Some(now)).await?;
        let sessions_ended = sessions::store::delete_all_in(&mut tx, &permit).await?;
        let change = audit::Change::from_to(
            json!({ "closed": false }),
            json!({ "closed": true, "sessions_ended": sessions_ended }),
        );
        audit::record(&mut tx, &permit, &found.name, change, now).await?;
        tx.commit().await?;
        Ok(Closed {
            name: found.name,
            sessions_ended,
            already: false,
        })
    }

    /// The operator opens an organization again, as it was. Sessions stay ended; invitations work until they expire.
    ///
    /// # Errors
    /// `NotFound` if no organization has this Org ID.
    pub async fn reopen_organization(&self, client: &Client, org_id: &str) -> Result<Reopened> {
        let now = self.now();
        let mut tx = Tx::begin(&self.pool).await?;
        let found = lock(&mut tx, org_id).await?;
        if found.closed {
            let permit = Permit::operator(found.id(), "organization.reopen", client);
            store::save_closed(&mut tx, &permit, None).await?;
            let change = audit::Change::from_to(json!({ "closed": true }), json!({ "closed": false }));
            audit::record(&mut tx, &permit, &found.name, change, now).await?;
            tx.commit().await?;
        }
        Ok(Reopened {
            name: found.name,
            already: !found.closed,
        })
    }
}

async fn lock(tx: &mut Tx, org_id: &str) -> Result<store::Found> {
    let org_id: OrgId = org_id.parse().map_err(|()| Error::NotFound)?;
    store::lock_by_org_id(tx, &org_id).await?.ok_or(Error::NotFound)
}
