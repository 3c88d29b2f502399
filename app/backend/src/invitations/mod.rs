//! Invitations: asking somebody in, changing one's mind about it, and the moment it is accepted.
//!
//! Opening a link changes nothing (mail scanners open links); only [`Backend::accept_invitation`] uses it up. Several
//! links of one invitation can be alive: the mailed one and those that were copied. **Resend** replaces them all.

mod accept;
mod ask_again;
mod judge;
mod remind;
pub(crate) mod store;
#[cfg(test)]
mod tests;

pub use accept::Acceptance;
pub(crate) use accept::{Proven, accept_for};
pub(crate) use judge::{chosen_groups, why_not, why_not_known};

use crate::{
    Backend, Caller, Client, Error, Result, access, audit,
    caller::{Permit, Target},
    database::{Hold, Tx},
    mail::{self, Message, NewMail},
    secret::{Secret, Token},
    throttle, users,
};
use domain::{
    access::Action,
    email_address::EmailAddress,
    field::{Fault, Faults, Field},
    ids::{GroupId, InvitationId, MailId, UserId},
    invitations::{InvitationKind, InvitationView, judge_link},
    moment::Moment,
    organization::OrganizationName,
    refusal::Refusal,
};
use serde_json::json;
use std::slice;
use time::OffsetDateTime;
use uuid::Uuid;

/// Who invites into what, as the mail says it.
pub(crate) struct Inviter {
    pub organization: String,
    pub name: String,
}

impl Backend {
    /// Invites an address and queues the mail. The groups count from acceptance.
    pub async fn invite(&self, caller: &Caller, email: &str, groups: &[GroupId]) -> Result<UserId> {
        let user = UserId(self.chance.id(self.now()));
        let permit = caller.permit(Action::InviteUser, Target::User(user))?;
        let email = EmailAddress::parse(email).map_err(|fault| Faults::from((Field::Email, fault)))?;
        let mut tx = self.begin(&permit, Hold::Shared).await?;
        let limits = &self.settings.throttles;
        let taken = throttle::taken_address(limits, permit.organization);
        match why_not(&mut tx, &permit, &email).await? {
            Some(refusal) if refusal != Refusal::AddressTaken => return Err(at_the_address(refusal)),
            refusal => {
                // Before it is told which of the two it is: with nothing left, free and taken are one answer.
                throttle::take(&mut tx, slice::from_ref(&taken), self.now()).await?;
                if let Some(refusal) = refusal {
                    tx.commit().await?;
                    return Err(at_the_address(refusal));
                }
            }
        }
        let groups = chosen_groups(&mut tx, &permit, groups).await?;
        if !users::store::save_invited(&mut tx, &permit, user, &email, self.now()).await? {
            // Somebody else invited the same address in this very moment, and it is known who.
            let refusal = why_not(&mut tx, &permit, &email).await?;
            let refusal = refusal.unwrap_or(Refusal::AddressTaken);
            if refusal == Refusal::AddressTaken {
                tx.commit().await?;
            }
            return Err(at_the_address(refusal));
        }
        throttle::give_back(&mut tx, &taken, self.now()).await?;
        let ids: Vec<Uuid> = groups.iter().map(|g| g.id).collect();
        self.require_proof_for_groups(&mut tx, caller, &ids).await?;
        let buckets = throttle::invitation_mail(limits, permit.organization, caller.user, &email);
        throttle::take(&mut tx, &buckets, self.now()).await?;
        let inviter = Inviter {
            organization: caller.organization_name.clone(),
            name: caller.name(),
        };
        self.send_invitation(&mut tx, &permit, inviter, (user, &email), &groups)
            .await?;
        tx.commit().await?;
        self.mail_bell.notify_one();
        Ok(user)
    }

    /// The invitation of somebody who was just saved as invited, with its mail and its entry in the log.
    pub(crate) async fn send_invitation(
        &self,
        tx: &mut Tx,
        permit: &Permit,
        inviter: Inviter,
        (user, email): (UserId, &EmailAddress),
        groups: &[access::store::choices::Offered],
    ) -> Result<()> {
        let message = Message::Invitation {
            organization: inviter.organization,
            inviter: Some(inviter.name),
            expires_at: Moment::from(self.now() + self.settings.invitation_lifetime),
        };
        let kind = InvitationKind::Invitation;
        self.save_invitation(tx, permit, kind, (user, email), groups, message)
            .await?;
        let names: Vec<_> = groups.iter().map(|g| &g.name).collect();
        let change = audit::Change::made(json!({ "status": "invited", "groups": names }));
        audit::record(tx, permit, email.as_str(), change, self.now()).await
    }

    /// Asks the first people of an organization in; returns the link that is also mailed.
    pub(crate) async fn activate(
        &self,
        tx: &mut Tx,
        permit: &Permit,
        organization: &OrganizationName,
        email: &EmailAddress,
    ) -> Result<Token> {
        let user = UserId(self.chance.id(self.now()));
        if !users::store::save_invited(tx, permit, user, email, self.now()).await? {
            return Err(at_the_address(Refusal::AddressTaken));
        }
        let message = Message::Activation {
            organization: organization.as_str().to_owned(),
            expires_at: Moment::from(self.now() + self.settings.invitation_lifetime),
        };
        let invitation = self
            .save_invitation(
                tx,
                permit,
                InvitationKind::Activation,
                (user, email),
                &[],
                message,
            )
            .await?;
        self.mint_link(tx, invitation, None, self.now())
            .await?
            .ok_or(Error::NotFound)
    }

    pub(crate) async fn save_invitation(
        &self,
        tx: &mut Tx,
        permit: &Permit,
        kind: InvitationKind,
        (user, email): (UserId, &EmailAddress),
        groups: &[access::store::choices::Offered],
        message: Message,
    ) -> Result<InvitationId> {
        let now = self.now();
        let invitation = InvitationId(self.chance.id(now));
        let expires_at = now + self.settings.invitation_lifetime;
        store::save_new(
            tx,
            permit,
            invitation,
            kind,
            (user, email.as_str()),
            now,
            expires_at,
        )
        .await?;
        let ids: Vec<Uuid> = groups.iter().map(|g| g.id).collect();
        store::save_groups(tx, permit, invitation, &ids).await?;
        self.queue_invitation_mail(tx, permit, (invitation, user), email.as_str(), message)
            .await?;
        Ok(invitation)
    }

    async fn queue_invitation_mail(
        &self,
        tx: &mut Tx,
        permit: &Permit,
        (invitation, user): (InvitationId, UserId),
        recipient: &str,
        message: Message,
    ) -> Result<()> {
        let at = self.now();
        let mail = NewMail {
            id: MailId(self.chance.id(at)),
            organization: permit.organization,
            user: Some(user),
            invitation: Some(invitation),
            recipient,
            message,
            at,
        };
        mail::queue(tx, permit, mail).await.map(|_| ())
    }

    /// A new mail with a new link; every older link is dead and the clock starts again.
    pub async fn resend_invitation(&self, caller: &Caller, user: UserId) -> Result<()> {
        let permit = caller.permit(Action::ResendInvitation, Target::User(user))?;
        let mut tx = self.begin(&permit, Hold::Shared).await?;
        let pending = pending(&mut tx, &permit, user).await?;
        let invitation = InvitationId(pending.id);
        let limits = &self.settings.throttles;
        let buckets =
            throttle::invitation_mail(limits, permit.organization, caller.user, &pending.address()?);
        throttle::take(&mut tx, &buckets, self.now()).await?;
        let expires_at = self.now() + self.settings.invitation_lifetime;
        store::replace_links(&mut tx, &permit, invitation, self.now()).await?;
        store::save_resent(&mut tx, &permit, invitation, caller.user, expires_at).await?;
        mail::withdraw_of_invitation(&mut tx, &permit, invitation).await?;
        let message = pending.message(caller.organization_name.clone(), Some(caller.name()), expires_at);
        self.queue_invitation_mail(&mut tx, &permit, (invitation, user), &pending.email, message)
            .await?;
        audit::record(
            &mut tx,
            &permit,
            &pending.email,
            audit::Change::nothing(),
            self.now(),
        )
        .await?;
        tx.commit().await?;
        self.mail_bell.notify_one();
        Ok(())
    }

    /// A fresh link to hand over by other means. The mailed one goes on working.
    pub async fn copy_invitation_link(&self, caller: &Caller, user: UserId) -> Result<Secret<String>> {
        let permit = caller.permit(Action::CopyInvitationLink, Target::User(user))?;
        let mut tx = self.begin(&permit, Hold::Shared).await?;
        let pending = pending(&mut tx, &permit, user).await?;
        // Whoever has the link becomes what the invitation gives, and this one is shown to whoever sits here.
        let groups = store::list_groups(&mut tx, InvitationId(pending.id)).await?;
        if self
            .require_proof_for_groups(&mut tx, caller, &groups)
            .await
            .is_err()
        {
            return Err(Refusal::SignInLiesBack.into());
        }
        let token = self
            .mint_link(
                &mut tx,
                InvitationId(pending.id),
                Some((caller.user, self.is_proved(caller))),
                self.now(),
            )
            .await?
            .ok_or(Refusal::InvitationExpired)?;
        // Pending is not all: of an invitation whose sender may no longer invite, no link works until it is resent.
        let link = store::find_link_in(&mut tx, &token, self.now())
            .await?
            .ok_or(Error::NotFound)?;
        judge_link(link.facts(), link.expires_at, self.now())?;
        audit::record(
            &mut tx,
            &permit,
            &pending.email,
            audit::Change::nothing(),
            self.now(),
        )
        .await?;
        tx.commit().await?;
        Ok(Secret::new(self.invitation_address(&token)))
    }

    /// Changes the groups that count from acceptance.
    pub async fn edit_invited_groups(&self, caller: &Caller, user: UserId, groups: &[GroupId]) -> Result<()> {
        let permit = caller.permit(Action::EditInvitedGroups, Target::User(user))?;
        let mut tx = self.begin(&permit, Hold::Shared).await?;
        let pending = pending(&mut tx, &permit, user).await?;
        let invitation = InvitationId(pending.id);
        let groups = chosen_groups(&mut tx, &permit, groups).await?;
        let before = store::list_group_names(&mut tx, invitation).await?;
        let ids: Vec<Uuid> = groups.iter().map(|g| g.id).collect();
        self.require_proof_for_groups(&mut tx, caller, &ids).await?;
        store::delete_other_groups(&mut tx, &permit, invitation, &ids).await?;
        store::save_groups(&mut tx, &permit, invitation, &ids).await?;
        store::save_answered_by(&mut tx, &permit, invitation, caller.user).await?;
        let after: Vec<_> = groups.iter().map(|g| g.name.clone()).collect();
        if before != after {
            let change = audit::Change::from_to(json!({ "groups": before }), json!({ "groups": after }));
            audit::record(&mut tx, &permit, &pending.email, change, self.now()).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Takes the invitation back: its links are dead and the person leaves the table. Their address can be invited again.
    pub async fn cancel_invitation(&self, caller: &Caller, user: UserId) -> Result<()> {
        let permit = caller.permit(Action::CancelInvitation, Target::User(user))?;
        // Alone: deleting a person makes the database look for the last administrator.
        let mut tx = self.begin(&permit, Hold::Alone).await?;
        self.cancel_in(&mut tx, &permit, user).await?;
        Ok(tx.commit().await?)
    }

    /// The same within a transaction that holds the organization alone.
    pub(crate) async fn cancel_in(&self, tx: &mut Tx, permit: &Permit, user: UserId) -> Result<()> {
        let pending = pending(tx, permit, user).await?;
        let invitation = InvitationId(pending.id);
        mail::withdraw_of_invitation(tx, permit, invitation).await?;
        store::save_cancelled(tx, permit, invitation, self.now()).await?;
        users::store::delete_invited(tx, permit, user).await?;
        let change = audit::Change::removed(json!({ "status": "invited" }));
        audit::record(tx, permit, &pending.email, change, self.now()).await
    }

    /// What the page behind a link shows. Changes nothing.
    ///
    /// # Errors
    /// `NotFound` for a link that was never ours.
    pub async fn look_at_invitation(&self, client: &Client, token: &Token) -> Result<InvitationView> {
        let link = self.find_link(client, token).await?;
        let closed = judge_link(link.facts(), link.expires_at, self.now()).err();
        Ok(InvitationView {
            kind: if link.kind == "activation" {
                InvitationKind::Activation
            } else {
                InvitationKind::Invitation
            },
            can_ask_again: link.can_ask_again(self.now()),
            closed,
            organization: link.organization,
            // A link that is over tells no more than that.
            email: if closed.is_none() {
                link.email
            } else {
                String::new()
            },
            invited_by: link.inviter.filter(|_| closed.is_none()),
            expires: link.expires_at.into(),
            password_length: self.settings.password_length,
            providers: if link.sso_required {
                Vec::new()
            } else {
                self.providers()
            },
            sso: link.sso_deployed.then(|| link.org_id.parse().ok()).flatten(),
            sso_required: link.sso_required,
        })
    }

    /// A link that was once ours, whatever became of it.
    async fn find_link(&self, client: &Client, token: &Token) -> Result<store::Link> {
        let Some(link) = store::find_link(&self.pool, token, self.now()).await? else {
            self.count_wrong_link(client).await?;
            return Err(Error::NotFound);
        };
        Ok(link)
    }

    /// Makes a link for an invitation that is pending at `now`; `None` if it is not. `by`: whoever gets to see it beside
    /// the invitee, and whether they have just proved who they are; it works only as long as they may invite.
    pub(crate) async fn mint_link(
        &self,
        tx: &mut Tx,
        invitation: InvitationId,
        by: Option<(UserId, bool)>,
        now: OffsetDateTime,
    ) -> Result<Option<Token>> {
        let token = self.chance.token();
        let saved = store::save_link_if_pending(tx, invitation, &token, by, now).await?;
        Ok(saved.then_some(token))
    }

    /// The address that people open: always under the configured public address.
    pub(crate) fn invitation_address(&self, token: &Token) -> String {
        format!("{}/invitations/{}", self.settings.public_url, token.expose())
    }
}

pub(crate) fn at_the_address(refusal: Refusal) -> Error {
    Faults::from((Field::Email, Fault::Refused(refusal))).into()
}

/// The pending invitation of a person of the organization, held.
async fn pending(tx: &mut Tx, permit: &Permit, user: UserId) -> Result<store::Pending> {
    match store::lock_of_user(tx, permit.organization, user).await? {
        Some(pending) if pending.open => Ok(pending),
        Some(_) => Err(Refusal::NotInvited.into()),
        None => Err(Error::NotFound),
    }
}
