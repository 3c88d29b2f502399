//! Accepting an invitation: the account becomes active, its groups count, and the person is signed in.

use super::store;
use crate::{
    Backend, Client, Error, Result, access, audit,
    caller::Permit,
    database::Hold,
    organization,
    password_strength::Context,
    secret::{Secret, Token},
    users,
};
use domain::{
    access::BuiltInGroup,
    field::{Faults, Field},
    ids::{InvitationId, OrganizationId, UserId},
    invitations::judge_link,
    person_name::PersonName,
    refusal::Refusal,
};
use serde_json::json;

/// What the page behind the link asks for, as typed. Address, organization and groups are the invitation's, whatever a
/// client sends.
#[derive(Clone, Debug)]
pub struct Acceptance {
    pub first_name: String,
    pub last_name: String,
    pub password: Secret<String>,
}

impl Backend {
    /// Uses the link up. Of two at once, one makes the account and the other finds the link used.
    pub async fn accept_invitation(
        &self,
        client: &Client,
        token: &Token,
        typed: Acceptance,
    ) -> Result<Token> {
        let link = self.find_link(client, token).await?;
        judge_link(link.facts(), link.expires_at, self.now())?;

        let mut faults = Faults::default();
        let first = faults.take(Field::FirstName, PersonName::parse(&typed.first_name));
        let last = faults.take(Field::LastName, PersonName::parse(&typed.last_name));
        let context = Context {
            email: link.email.clone(),
            first_name: typed.first_name.clone(),
            last_name: typed.last_name.clone(),
            organization: link.organization.clone(),
        };
        let accepted = self.accept_password(&typed.password, context).await?;
        let password = faults.take(Field::Password, accepted);
        let (Some(first), Some(last), Some(password)) = (first, last, password) else {
            return Err(faults.into());
        };
        let hash = self.hasher.hash(Secret::new(password)).await?;

        let now = self.now();
        let organization = OrganizationId(link.organization_id);
        let mut tx = self.pool.begin().await?;
        // Alone: of the first accounts that are completed at once, exactly one becomes the administrator.
        let held = organization::store::lock_organization(&mut tx, organization, Hold::Alone)
            .await?
            .ok_or(Refusal::OrganizationGone)?;
        let link = store::find_link_in(&mut tx, token, now)
            .await?
            .ok_or(Error::NotFound)?;
        judge_link(link.facts(), link.expires_at, now)?;
        let user = UserId(link.user_id.ok_or(Refusal::InvitationCancelled)?);
        let permit = Permit::accepting_invitation(organization, user, &link.email, client);
        let invitation = InvitationId(link.id);

        store::save_accepted(&mut tx, &permit, invitation, now).await?;
        users::store::save_activated(&mut tx, &permit, user, (&first, &last), now).await?;
        users::store::save_password(&mut tx, &permit, user, &hash, now).await?;
        store::save_memberships(&mut tx, &permit, invitation, user, now).await?;
        if !held.has_administrator {
            access::store::save_membership_by_name(&mut tx, &permit, user, BuiltInGroup::Admin, now).await?;
            organization::store::save_administrator_since(&mut tx, &permit, now).await?;
        }
        let session = self.start_session(&mut tx, &permit, user).await?;
        let groups = store::list_group_names(&mut tx, invitation).await?;
        let change = audit::Change::from_to(
            json!({ "status": "invited" }),
            json!({ "status": "active", "groups": groups, "first_administrator": !held.has_administrator }),
        );
        audit::record(&mut tx, &permit, &link.email, change, now).await?;
        tx.commit().await?;
        Ok(session)
    }
}
