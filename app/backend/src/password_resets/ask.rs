//! Asking for a link because a password is forgotten. The answer is always the same and does not wait for what it leads to,
//! so that neither its words nor its time tell who has an account.

use super::store;
use crate::{
    Backend, Client, Error, Result, audit,
    caller::Permit,
    database::{Hold, Tx},
    mail::{self, LinkReason, Message},
    secret::Token,
    throttle,
};
use domain::{
    email_address::EmailAddress,
    field::{Faults, Field},
    ids::{OrganizationId, UserId},
    password_resets::ResetKind,
};
use time::OffsetDateTime;

impl Backend {
    /// Mails a link to whoever has this address, if that is an active person. Nothing tells whether it is.
    pub async fn ask_password_reset(&self, client: &Client, email: &str) -> Result<()> {
        let email = EmailAddress::parse(email).map_err(|fault| Faults::from((Field::Email, fault)))?;
        let mut tx = Tx::begin(&self.pool).await?;
        let asked = throttle::reset_ask(&self.settings.throttles, client);
        throttle::take(&mut tx, &[asked], self.now()).await?;
        tx.commit().await?;
        let (backend, client) = (self.clone(), client.clone());
        self.do_beside(async move {
            match backend.mail_reset_link(&client, &email).await {
                // There have been many such mails: their person has some to choose from.
                Ok(()) | Err(Error::TooManyAttempts { .. } | Error::NotFound) => {}
                Err(error) => tracing::error!(?error, "a link for a new password was not queued"),
            }
        });
        Ok(())
    }

    async fn mail_reset_link(&self, client: &Client, email: &EmailAddress) -> Result<()> {
        let Some(asker) = store::find_active(&self.pool, email.key()).await? else {
            return Ok(());
        };
        let (organization, user) = (OrganizationId(asker.organization_id), UserId(asker.user_id));
        let permit = Permit::asking_for_reset(organization, user, client);
        let mut tx = self.begin(&permit, Hold::Shared).await?;
        let mails = throttle::mail_to(&self.settings.throttles, email);
        throttle::take(&mut tx, &[mails], self.now()).await?;
        let to = (user, asker.email.as_str());
        self.queue_password_link(&mut tx, &permit, to, &asker.organization, LinkReason::Forgotten)
            .await?;
        audit::record(
            &mut tx,
            &permit,
            &asker.email,
            audit::Change::nothing(),
            self.now(),
        )
        .await?;
        tx.commit().await?;
        self.mail_bell.notify_one();
        Ok(())
    }

    /// Queues the mail with a link; one that has not left yet gives way to it.
    pub(crate) async fn queue_password_link(
        &self,
        tx: &mut Tx,
        permit: &Permit,
        to: (UserId, &str),
        organization: &str,
        why: LinkReason,
    ) -> Result<()> {
        mail::withdraw_password_links(tx, permit, to.0).await?;
        let message = Message::PasswordLink {
            organization: organization.to_owned(),
            at: self.now().into(),
            why,
        };
        self.queue_mail_to(tx, permit, to, message).await
    }

    /// Makes the link for a mail that leaves now; the one before it ends. `None` for somebody who is not to get one.
    pub(crate) async fn mint_password_link(
        &self,
        tx: &mut Tx,
        user: UserId,
        now: OffsetDateTime,
    ) -> Result<Option<Token>> {
        let kind = ResetKind::Forgotten;
        let Some(organization) = store::lock_for_link(tx, user, kind, now).await? else {
            return Ok(None);
        };
        let token = self.chance.token();
        let times = (now, now + self.settings.reset_lifetime);
        store::save_new(tx, organization, user, kind, &token, times).await?;
        Ok(Some(token))
    }
}
