//! Mail: queued in the transaction of the act it tells of, sent by a worker.
//!
//! An act calls [`queue`] before it commits and rings [`Backend::mail_bell`](crate::Backend) after. `message.rs` has
//! the kinds, `words.rs` their words, `letter.rs` and `html.rs` how they look, `store.rs` the outbox, `worker.rs` its
//! way to the mail server, `links.rs` the links that are made on it, `transport.rs` and `smtp.rs` that server.

mod html;
mod letter;
mod links;
mod mail_url;
mod mailbox;
mod message;
mod mime;
mod smtp;
mod store;
mod transport;
mod words;
mod worker;

#[cfg(feature = "testing")]
pub mod testing;
#[cfg(test)]
mod tests;

pub use mail_url::{MailUrl, MailUrlError};
pub use mailbox::Mailbox;
pub use message::{LinkReason, Message, TokenChange, TwoFactorChange};
pub use mime::{Unsendable, check_sender};
pub use transport::{PATIENCE, Patience, Transport};

use crate::{Backend, Result, caller::Permit, database::Tx};
use domain::ids::{InvitationId, MailId, OrganizationId, UserId};
use time::OffsetDateTime;

/// A mail to be sent after the act is committed, and not at all if it is not.
pub(crate) struct NewMail<'a> {
    pub id: MailId,
    pub organization: OrganizationId,
    pub user: Option<UserId>,
    /// Whose link the mail carries, in a message with the link of an invitation.
    pub invitation: Option<InvitationId>,
    pub recipient: &'a str,
    pub message: Message,
    pub at: OffsetDateTime,
}

/// Puts a mail into the outbox, in the transaction of the act that it tells of.
pub(crate) async fn queue(tx: &mut Tx, permit: &Permit, mail: NewMail<'_>) -> Result<MailId> {
    debug_assert_eq!(
        mail.organization, permit.organization,
        "a mail tells of the organization that was acted in"
    );
    debug_assert_eq!(
        mail.message.link() == Some(message::LinkKind::Invitation),
        mail.invitation.is_some(),
        "a mail has an invitation exactly if it carries the link of one"
    );
    store::save_new(tx, permit, &mail).await?;
    Ok(mail.id)
}

impl Backend {
    /// Puts a mail to a person into the outbox, in the transaction of the act that it tells of.
    pub(crate) async fn queue_mail_to(
        &self,
        tx: &mut Tx,
        permit: &Permit,
        (user, recipient): (UserId, &str),
        message: Message,
    ) -> Result<()> {
        let at = self.now();
        let id = MailId(self.chance.id(at));
        let organization = permit.organization;
        let mail = NewMail {
            id,
            organization,
            user: Some(user),
            invitation: None,
            recipient,
            message,
            at,
        };
        queue(tx, permit, mail).await.map(|_| ())
    }
}

/// Puts the same mail into the outbox for every active person of the organization who has no two-factor authentication.
pub(crate) async fn queue_to_all_without_two_factor(
    tx: &mut Tx,
    permit: &Permit,
    message: &Message,
    at: OffsetDateTime,
) -> Result<()> {
    store::save_for_all_without_two_factor(tx, permit, message, at).await
}

/// Takes back the mails with a link for a new password that have not left: their person has one.
pub(crate) async fn withdraw_password_links(tx: &mut Tx, permit: &Permit, user: UserId) -> Result<()> {
    store::delete_queued_password_links_of(tx, permit, user).await
}

/// Takes back the mails of an invitation that have not left. One that a worker has in hand is taken back, too, unless
/// its link is already made.
pub(crate) async fn withdraw_of_invitation(
    tx: &mut Tx,
    permit: &Permit,
    invitation: InvitationId,
) -> Result<()> {
    store::delete_queued_of_invitation(tx, permit, invitation).await
}
