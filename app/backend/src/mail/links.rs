//! The single-use links of mails. Each is made when its mail is sent, so that the outbox holds no secret and the time that
//! a link works for begins when it can be read.

use super::{
    message::{LinkKind, Message},
    store::{self, Leased},
};
use crate::{Backend, Result, database::Tx, secret::Token};
use time::OffsetDateTime;

/// What became of the link of a mail.
pub(super) enum Link {
    /// The message has none.
    None,
    Token(Token),
    /// The mail is no longer wanted.
    Withdrawn,
}

impl LinkKind {
    /// What stands before the token in the address.
    pub(super) fn path(self) -> &'static str {
        match self {
            Self::Invitation => "/invitations/",
            Self::Password => "/recover?token=",
            Self::Report => "/not-me?token=",
        }
    }
}

impl Backend {
    /// Makes the link. What it is for is locked before the mail, as those who take a mail back do; a mail that was taken
    /// back meanwhile gets none.
    pub(super) async fn link_of(&self, mail: &Leased, now: OffsetDateTime) -> Result<Link> {
        let Some(kind) = mail.message.as_ref().and_then(Message::link) else {
            return Ok(Link::None);
        };
        let mut tx = Tx::begin(&self.pool).await?;
        let token = self.mint(&mut tx, kind, mail, now).await?;
        if !store::lock_leased(&mut tx, mail).await? {
            return Ok(Link::Withdrawn);
        }
        if token.is_none() {
            store::delete_leased(&mut tx, mail).await?;
        }
        tx.commit().await?;
        Ok(token.map_or(Link::Withdrawn, Link::Token))
    }

    async fn mint(
        &self,
        tx: &mut Tx,
        kind: LinkKind,
        mail: &Leased,
        now: OffsetDateTime,
    ) -> Result<Option<Token>> {
        match (kind, mail.invitation, mail.user, &mail.message) {
            (LinkKind::Invitation, Some(invitation), ..) => self.mint_link(tx, invitation, None, now).await,
            (LinkKind::Password, _, Some(user), _) => self.mint_password_link(tx, user, now).await,
            (
                LinkKind::Report,
                _,
                Some(user),
                Some(Message::NewDevice {
                    at, device, address, ..
                }),
            ) => self.mint_report_link(tx, user, (*at, device, address), now).await,
            _ => Ok(None),
        }
    }
}
