//! The way in for whoever is known by an identity: a session, or the question for a code.

use super::{Stopped, store};
use crate::{
    Backend, Client, Result, audit,
    caller::Permit,
    database::{Hold, Tx},
    sessions::Vouching,
    sign_in::SignedIn,
};
use domain::{
    identities::Method,
    ids::{IdentityId, OrganizationId, UserId},
    sign_in_problem::SignInProblem,
};
use serde_json::json;

/// Somebody who is known, as read before their organization is held.
pub(crate) struct Entrant {
    pub identity: IdentityId,
    pub user: UserId,
    pub organization: OrganizationId,
    pub organization_name: String,
    pub email: String,
    /// Whether they may sign in at all, and by this.
    pub may: bool,
    pub knows_browser: bool,
}

impl From<store::Known> for Entrant {
    fn from(known: store::Known) -> Self {
        Self {
            identity: IdentityId(known.identity),
            user: UserId(known.user_id),
            organization: OrganizationId(known.organization_id),
            organization_name: known.organization,
            email: known.email,
            may: known.may,
            knows_browser: known.knows_browser,
        }
    }
}

impl Backend {
    /// Signs somebody in, or asks for a code where they have two-factor authentication and that is our affair.
    pub(crate) async fn enter(
        &self,
        client: &Client,
        entrant: &Entrant,
        method: Method,
        vouching: Vouching,
    ) -> Result<SignedIn, Stopped> {
        let (organization, user) = (entrant.organization, entrant.user);
        if !entrant.may {
            return Err(self.turned_away(client, entrant, method).await?);
        }
        let permit = Permit::sign_in(organization, user, &entrant.email, client);
        // Not found: the organization was closed meanwhile.
        let mut tx = self.begin(&permit, Hold::Shared).await?;
        let entered = self.enter_in(&mut tx, &permit, entrant, method, vouching).await?;
        let Some(signed_in) = entered else {
            drop(tx);
            return Err(self.turned_away(client, entrant, method).await?);
        };
        tx.commit().await?;
        self.mail_bell.notify_one();
        Ok(signed_in)
    }

    /// The same in a transaction that holds the organization; `None` for somebody who may not, or not any more.
    pub(crate) async fn enter_in(
        &self,
        tx: &mut Tx,
        permit: &Permit,
        entrant: &Entrant,
        method: Method,
        vouching: Vouching,
    ) -> Result<Option<SignedIn>> {
        let (user, now) = (entrant.user, self.now());
        let Some(two_factor) = store::save_used(tx, permit, entrant.identity, now).await? else {
            return Ok(None);
        };
        if two_factor && !vouching.second_factor {
            let challenge = self
                .ask_for_code(tx, permit, user, method, None, vouching.until)
                .await?;
            return Ok(Some(SignedIn::CodeWanted(challenge)));
        }
        let token = self.start_session_by(tx, permit, user, method, vouching).await?;
        if !entrant.knows_browser {
            let to = (user, entrant.email.as_str());
            self.tell_of_new_device(tx, permit, to, &entrant.organization_name)
                .await?;
        }
        let change = audit::Change::made(json!({ "method": method.key() }));
        audit::record(tx, permit, &entrant.email, change, now).await?;
        Ok(Some(SignedIn::Session(token)))
    }

    /// Records that somebody who may not was refused.
    pub(crate) async fn turned_away(
        &self,
        client: &Client,
        entrant: &Entrant,
        method: Method,
    ) -> Result<Stopped> {
        let person = (entrant.organization, entrant.user);
        self.record_refusal(client, person, &entrant.email).await?;
        let detail = format!("the account of this {} identity may not sign in", method.name());
        Ok(Stopped::new(SignInProblem::NoAccount, detail))
    }

    pub(crate) async fn record_refusal(
        &self,
        client: &Client,
        (organization, user): (OrganizationId, UserId),
        email: &str,
    ) -> Result<()> {
        let permit = Permit::failed_sign_in(organization, user, client);
        let mut tx = Tx::begin(&self.pool).await?;
        audit::record(&mut tx, &permit, email, audit::Change::refused(), self.now()).await?;
        Ok(tx.commit().await?)
    }
}
