//! Accepting an invitation: the account becomes active, its groups count, and the person is signed in.

use super::store;
use crate::{
    Backend, Client, Error, Result, access, audit,
    caller::Permit,
    database::{Hold, Tx},
    organization,
    password_strength::Context,
    secret::{Secret, Token},
    sessions::Vouching,
    users,
};
use domain::{
    access::BuiltInGroup,
    email_address::EmailAddress,
    field::{Faults, Field},
    identities::{Method, PendingInvitation},
    ids::{InvitationId, OrganizationId, UserId},
    invitations::judge_link,
    person_name::PersonName,
    refusal::Refusal,
};
use serde_json::json;
use time::OffsetDateTime;

/// What the page behind the link asks for, as typed. Address, organization and groups are the invitation's, whatever a
/// client sends.
#[derive(Clone, Debug)]
pub struct Acceptance {
    pub first_name: String,
    pub last_name: String,
    pub password: Secret<String>,
}

/// By what somebody shows that the invitation is theirs.
#[derive(Clone, Copy)]
pub(crate) enum Proven<'a> {
    /// Its link. They choose a password.
    Link(&'a Token),
    /// What a provider vouches for: by its token, with the invitation whose link was shown, if one was, and the address.
    Identity(&'a Token, Option<InvitationId>, &'a str),
}

/// An invitation that can be accepted.
pub(crate) struct OpenInvitation {
    pub invitation: InvitationId,
    pub email_key: String,
}

/// Uses up the invitation of somebody who has come in by other means. Its groups count if it could have been accepted: their
/// names. `None` if it could not.
pub(crate) async fn accept_for(
    tx: &mut Tx,
    permit: &Permit,
    (user, email_key): (UserId, &str),
    now: OffsetDateTime,
) -> Result<Option<Vec<String>>> {
    let Some(found) = store::find_pending_of(tx, None, email_key, now).await? else {
        return Ok(None);
    };
    let invitation = InvitationId(found.id);
    store::save_accepted(tx, permit, invitation, now).await?;
    if judge_link(found.facts(), found.expires_at, now).is_err() {
        return Ok(None);
    }
    store::save_memberships(tx, permit, invitation, user, now).await?;
    store::list_group_names(tx, invitation).await.map(Some)
}

impl Backend {
    /// Uses the link up. Of two at once, one makes the account and the other finds the link used.
    pub async fn accept_invitation(
        &self,
        client: &Client,
        token: &Token,
        typed: Acceptance,
    ) -> Result<Token> {
        self.accept_as(client, Proven::Link(token), typed).await
    }

    /// The same by whatever shows that the invitation is theirs.
    pub(crate) async fn accept_as(
        &self,
        client: &Client,
        proven: Proven<'_>,
        typed: Acceptance,
    ) -> Result<Token> {
        let link = match proven {
            Proven::Link(token) => self.find_link(client, token).await?,
            Proven::Identity(_, named, email_key) => {
                let mut connection = self.pool.acquire().await?;
                store::find_pending_of(&mut connection, named, email_key, self.now())
                    .await?
                    .ok_or(Refusal::InvitationCancelled)?
            }
        };
        judge_link(link.facts(), link.expires_at, self.now())?;
        if link.sso_required {
            return Err(Refusal::SsoRequired.into());
        }

        let mut faults = Faults::default();
        let first = faults.take(Field::FirstName, PersonName::parse(&typed.first_name));
        let last = faults.take(Field::LastName, PersonName::parse(&typed.last_name));
        let password = match proven {
            Proven::Link(_) => {
                let context = Context {
                    email: link.email.clone(),
                    first_name: typed.first_name.clone(),
                    last_name: typed.last_name.clone(),
                    organization: link.organization.clone(),
                };
                let accepted = self.accept_password(&typed.password, context).await?;
                faults.take(Field::Password, accepted)
            }
            Proven::Identity(..) => None,
        };
        let (Some(first), Some(last), true) = (first, last, faults.is_empty()) else {
            return Err(faults.into());
        };
        let hash = match password {
            Some(password) => Some(self.hasher.hash(Secret::new(password)).await?),
            None => None,
        };

        let now = self.now();
        let organization = OrganizationId(link.organization_id);
        let mut tx = self.begin_in(organization).await?;
        // Alone: of the first accounts that are completed at once, exactly one becomes the administrator.
        let held = organization::store::lock_organization(&mut tx, organization, Hold::Alone)
            .await?
            .ok_or(Refusal::OrganizationGone)?;
        let link = match proven {
            Proven::Link(token) => store::find_link_in(&mut tx, token, now).await?,
            Proven::Identity(_, named, email_key) => {
                store::find_pending_of(&mut tx, named, email_key, now).await?
            }
        };
        let link = link.ok_or(Error::NotFound)?;
        judge_link(link.facts(), link.expires_at, now)?;
        if link.sso_required {
            return Err(Refusal::SsoRequired.into());
        }
        let user = UserId(link.user_id.ok_or(Refusal::InvitationCancelled)?);
        let permit = Permit::accepting_invitation(organization, user, &link.email, client);
        let invitation = InvitationId(link.id);
        if link.copied_unproved {
            // It was copied before the invitation gave this, by whoever found a session open or a token.
            let groups = store::list_groups(&mut tx, invitation).await?;
            if access::store::held::gives_administrator(&mut tx, organization, &groups, now).await? {
                return Err(Refusal::InvitationReplaced.into());
            }
        }

        store::save_accepted(&mut tx, &permit, invitation, now).await?;
        users::store::save_activated(&mut tx, &permit, user, (&first, &last), now).await?;
        let method = match (proven, hash) {
            (Proven::Identity(token, ..), _) => {
                self.take_identity(&mut tx, &permit, user, token, &link.email)
                    .await?
            }
            (Proven::Link(_), hash) => {
                let hash = hash.unwrap_or_default();
                users::store::save_password(&mut tx, &permit, user, &hash, now).await?;
                Method::Password
            }
        };
        store::save_memberships(&mut tx, &permit, invitation, user, now).await?;
        if !held.has_administrator {
            access::store::save_membership_by_name(&mut tx, &permit, user, BuiltInGroup::Admin, now).await?;
            organization::store::save_administrator_since(&mut tx, &permit, now).await?;
        }
        let session = self
            .start_session_by(&mut tx, &permit, user, method, Vouching::default())
            .await?;
        let groups = store::list_group_names(&mut tx, invitation).await?;
        let change = audit::Change::from_to(
            json!({ "status": "invited" }),
            json!({
                "status": "active", "groups": groups, "first_administrator": !held.has_administrator,
                "method": method.key()
            }),
        );
        audit::record(&mut tx, &permit, &link.email, change, now).await?;
        tx.commit().await?;
        Ok(session)
    }

    /// The invitation behind a link, if it can be accepted.
    pub(crate) async fn find_open_invitation(
        &self,
        client: &Client,
        token: &Token,
    ) -> Result<OpenInvitation> {
        let link = self.find_link(client, token).await?;
        judge_link(link.facts(), link.expires_at, self.now())?;
        let email = EmailAddress::parse(&link.email)
            .map_err(|_| Error::unavailable("an address in the database is none"))?;
        Ok(OpenInvitation {
            invitation: InvitationId(link.id),
            email_key: email.key().to_owned(),
        })
    }

    /// The invitation that somebody with this address can accept.
    pub(crate) async fn invitation_for(
        &self,
        named: Option<InvitationId>,
        email_key: &str,
    ) -> Result<Option<PendingInvitation>> {
        let now = self.now();
        let mut connection = self.pool.acquire().await?;
        let found = store::find_pending_of(&mut connection, named, email_key, now).await?;
        let open =
            found.filter(|link| judge_link(link.facts(), link.expires_at, now).is_ok() && !link.sso_required);
        Ok(open.map(|link| PendingInvitation {
            organization: link.organization,
            invited_by: link.inviter,
        }))
    }
}
