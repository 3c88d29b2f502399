//! "This wasn't me": the mail about a sign-in from a new device, and what its link does.

use super::store;
use crate::{
    Backend, Client, Error, Result, audit, bulk_invitations,
    caller::Permit,
    database::{Hold, Tx},
    identities,
    mail::{self, LinkReason, Message},
    password_resets, scim,
    secret::Token,
    services, tokens, users,
};
use domain::{
    ids::{OrganizationId, UserId},
    moment::Moment,
    refusal::Refusal,
    sessions::{SignInReport, device},
};
use serde_json::json;
use time::OffsetDateTime;

impl Backend {
    /// Tells a person that somebody signed in to their account with a browser that is not known to be theirs.
    pub(crate) async fn tell_of_new_device(
        &self,
        tx: &mut Tx,
        permit: &Permit,
        to: (UserId, &str),
        organization: &str,
    ) -> Result<()> {
        let message = Message::NewDevice {
            organization: organization.to_owned(),
            at: self.now().into(),
            device: device(&permit.client.user_agent),
            address: permit.client.address.clone(),
        };
        self.queue_mail_to(tx, permit, to, message).await
    }

    /// Makes the link for a mail that leaves now. `None` for somebody who can't sign in any more.
    pub(crate) async fn mint_report_link(
        &self,
        tx: &mut Tx,
        user: UserId,
        (at, device, address): (Moment, &str, &str),
        now: OffsetDateTime,
    ) -> Result<Option<Token>> {
        let token = self.chance.token();
        let times = (now, now + self.settings.report_lifetime);
        let saved = store::save_report_link(tx, user, &token, (at.civil(), device, address), times).await?;
        Ok(saved.then_some(token))
    }

    /// What the page behind the link shows; `None` for a link that does not work, whatever the reason. Changes nothing:
    /// programs that read mails before people do follow links.
    pub async fn look_at_sign_in_report(
        &self,
        client: &Client,
        token: &Token,
    ) -> Result<Option<SignInReport>> {
        let found = store::find_report(&self.pool, token, self.now()).await?;
        if found.is_none() {
            self.count_wrong_link(client).await?;
        }
        Ok(found.map(|report| SignInReport {
            organization: report.organization,
            device: report.device,
            address: report.address,
            at: report.signed_in_at.into(),
        }))
    }

    /// Takes everything away from whoever signed in: every session ends, the password and every link for another one go, and
    /// so does what is linked at Google and GitHub, what waits in lists of invitations, and every access token, service and
    /// token for SCIM that was made since; the person gets a link for a new password. What an organization's identity provider
    /// vouches for stays its affair. The administrators are told.
    pub async fn report_sign_in(&self, client: &Client, token: &Token) -> Result<()> {
        let now = self.now();
        let Some(report) = store::find_report(&self.pool, token, now).await? else {
            self.count_wrong_link(client).await?;
            return Err(Refusal::LinkDead.into());
        };
        let (organization, user) = (OrganizationId(report.organization_id), UserId(report.user_id));
        let permit = Permit::reporting_sign_in(organization, user, &report.email, client);
        // Alone: nobody signs in with the old password beside this.
        let mut tx = match self.begin(&permit, Hold::Alone).await {
            Err(Error::NotFound) => return Err(Refusal::LinkDead.into()),
            begun => begun?,
        };
        if !store::save_report_used(&mut tx, &permit, token, now).await? {
            return Err(Refusal::LinkDead.into());
        }
        mail::withdraw_password_links(&mut tx, &permit, user).await?;
        password_resets::store::end_all_of(&mut tx, &permit, user, now).await?;
        users::store::delete_password(&mut tx, &permit, user).await?;
        let unlinked = identities::store::delete_all_of(&mut tx, &permit, user).await?;
        let ended = store::delete_all_of(&mut tx, &permit, user).await?;
        // What the person made before stays: their scripts go on.
        let tokens = tokens::store::delete_made_since(&mut tx, &permit, user, report.signed_in_at).await?;
        bulk_invitations::stop_all_of(&mut tx, &permit, user).await?;
        store::delete_known_browsers_of(&mut tx, &permit, user).await?;
        let services =
            services::store::delete_made_since(&mut tx, &permit, user, report.signed_in_at).await?;
        let scim_tokens = scim::store::delete_made_since(&mut tx, &permit, user, report.signed_in_at).await?;
        let to = (user, report.email.as_str());
        self.queue_password_link(&mut tx, &permit, to, &report.organization, LinkReason::Reported)
            .await?;
        let message = Message::SignInReported {
            organization: report.organization.clone(),
            person: report.name.clone(),
            at: report.signed_in_at.into(),
            device: report.device.clone(),
            address: report.address.clone(),
        };
        self.mail_administrators(&mut tx, &permit, Some(user), &message)
            .await?;
        let change = audit::Change::made(json!({
            "device": report.device, "address": report.address, "sessions_ended": ended,
            "methods_unlinked": unlinked, "tokens_deleted": tokens, "services_deleted": services,
            "scim_tokens_deleted": scim_tokens
        }));
        audit::record(&mut tx, &permit, &report.email, change, now).await?;
        tx.commit().await?;
        self.mail_bell.notify_one();
        Ok(())
    }
}
