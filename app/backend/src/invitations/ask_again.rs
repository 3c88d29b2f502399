//! A fresh link, asked for by whoever holds one that ran out. It goes to the invited address and nowhere else.

use super::store;
use crate::{
    Backend, Client, Error, Result, audit, caller::Permit, database::Hold, mail, organization, secret::Token,
    throttle,
};
use domain::{
    ids::{InvitationId, OrganizationId, UserId},
    invitations::judge_link,
    refusal::Refusal,
};

impl Backend {
    /// Mails a new link and kills the old ones. While the link still works there is nothing to do.
    pub async fn ask_for_fresh_link(&self, client: &Client, token: &Token) -> Result<()> {
        let link = self.find_link(client, token).await?;
        let organization = OrganizationId(link.organization_id);
        let user = UserId(link.user_id.ok_or(Refusal::InvitationCancelled)?);
        let permit = Permit::asking_for_link(organization, user, client);
        let now = self.now();
        if judge_link(link.facts(), link.expires_at, now).is_ok() {
            return Ok(());
        }
        let mut tx = self.begin_in(organization).await?;
        organization::store::lock_organization(&mut tx, organization, Hold::Shared)
            .await?
            .ok_or(Refusal::OrganizationGone)?;
        // Held before the link is read again: of two at once, the second finds it replaced.
        let pending = store::lock_of_user(&mut tx, organization, user)
            .await?
            .ok_or(Refusal::InvitationCancelled)?;
        let link = store::find_link_in(&mut tx, token, now)
            .await?
            .ok_or(Error::NotFound)?;
        match judge_link(link.facts(), link.expires_at, now) {
            Ok(()) => return Ok(()),
            Err(_) if link.can_ask_again(now) => {}
            Err(refusal) => return Err(refusal.into()),
        }
        let invitation = InvitationId(link.id);
        let limits = &self.settings.throttles;
        let buckets = [
            throttle::fresh_link(limits, invitation),
            throttle::mail_to(limits, &pending.address()?),
        ];
        throttle::take(&mut tx, &buckets, now).await?;
        let expires_at = now + self.settings.invitation_lifetime;
        store::replace_links(&mut tx, &permit, invitation, now).await?;
        store::save_extended(&mut tx, &permit, invitation, expires_at).await?;
        mail::withdraw_of_invitation(&mut tx, &permit, invitation).await?;
        let message = pending.message(link.organization, link.inviter, expires_at);
        self.queue_invitation_mail(&mut tx, &permit, (invitation, user), &pending.email, message)
            .await?;
        audit::record(&mut tx, &permit, &pending.email, audit::Change::nothing(), now).await?;
        tx.commit().await?;
        self.mail_bell.notify_one();
        Ok(())
    }
}
