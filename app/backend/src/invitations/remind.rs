//! Reminding people of an invitation two days before it ends, and telling whoever invited that one has ended. Each is done
//! once for the time that runs, whichever server does it.

use super::store::reminders as store;
use crate::{
    Backend, Result, audit,
    caller::Permit,
    database::Tx,
    mail::{self, Message, NewMail},
};
use domain::ids::{InvitationId, MailId, OrganizationId, UserId};
use serde_json::json;
use time::Duration;

/// How long before its end.
const BEFORE: Duration = Duration::days(2);
/// Nobody is reminded of what they were sent a moment ago.
const NOT_SOONER_THAN: Duration = Duration::DAY;
/// What ended longer ago is no news.
const NEWS: Duration = Duration::days(7);
/// Invitations that one mail tells of, and addresses that it names.
const TOLD_AT_ONCE: i64 = 1_000;
const NAMED: usize = 20;

impl Backend {
    /// Says how many people were reminded.
    pub async fn remind_invitees(&self) -> Result<u64> {
        let now = self.now();
        let sent_before = now - NOT_SOONER_THAN + self.settings.invitation_lifetime;
        let mut reminded = 0;
        loop {
            let mut tx = Tx::begin(&self.pool).await?;
            let Some(due) = store::lock_due(&mut tx, now, now + BEFORE, sent_before).await? else {
                return Ok(reminded);
            };
            let (organization, user) = (OrganizationId(due.organization_id), UserId(due.user_id));
            let permit = Permit::reminding_invitee(organization, user);
            let invitation = InvitationId(due.id);
            store::save_reminded(&mut tx, &permit, invitation, now).await?;
            let message = Message::InvitationReminder {
                organization: due.organization,
                inviter: due.inviter,
                expires_at: due.expires_at.into(),
            };
            let mail = NewMail {
                id: MailId(self.chance.id(now)),
                organization,
                user: Some(user),
                invitation: Some(invitation),
                recipient: &due.email,
                message,
                at: now,
            };
            mail::queue(&mut tx, &permit, mail).await?;
            audit::record(&mut tx, &permit, &due.email, audit::Change::nothing(), now).await?;
            tx.commit().await?;
            self.mail_bell.notify_one();
            reminded += 1;
        }
    }

    /// Says how many people were told, each of all that ended since they were told last.
    pub async fn tell_inviters(&self) -> Result<u64> {
        let now = self.now();
        let mut told = 0;
        loop {
            let mut tx = Tx::begin(&self.pool).await?;
            let Some(inviter) = store::find_inviter_to_tell(&mut tx, now, now - NEWS).await? else {
                return Ok(told);
            };
            let (organization, user) = (OrganizationId(inviter.organization_id), UserId(inviter.id));
            let permit = Permit::telling_inviter(organization, user);
            let mut ended = store::save_told(&mut tx, &permit, user, (now, now - NEWS), TOLD_AT_ONCE).await?;
            // Another server has them in hand.
            if ended.is_empty() {
                return Ok(told);
            }
            ended.sort_unstable();
            let change = audit::Change::made(json!({ "expired": ended }));
            let more = ended.len().saturating_sub(NAMED);
            ended.truncate(NAMED);
            let message = Message::InvitationsExpired {
                organization: inviter.organization,
                emails: ended,
                more,
            };
            let to = (user, inviter.email.as_str());
            self.queue_mail_to(&mut tx, &permit, to, message).await?;
            audit::record(&mut tx, &permit, &inviter.email, change, now).await?;
            tx.commit().await?;
            self.mail_bell.notify_one();
            told += 1;
        }
    }
}
