//! Mail to those who can act on something.

use super::store::held;
use crate::{Backend, Result, caller::Permit, database::Tx, mail::Message};
use domain::{access::Role, ids::UserId};

/// Administrators who are told of one thing, at most.
const TOLD: i64 = 50;

impl Backend {
    /// Queues a mail to the active IAM Admins of the organization. `but`: whom it is about.
    pub(crate) async fn mail_administrators(
        &self,
        tx: &mut Tx,
        permit: &Permit,
        but: Option<UserId>,
        message: &Message,
    ) -> Result<()> {
        let role = [Role::IamAdmin.key().to_owned()];
        let told = held::list_holders(tx, permit.organization, &role, None, self.now(), TOLD).await?;
        for administrator in told {
            let user = UserId(administrator.id);
            if Some(user) != but {
                let to = (user, administrator.email.as_str());
                self.queue_mail_to(tx, permit, to, message.clone()).await?;
            }
        }
        Ok(())
    }
}
