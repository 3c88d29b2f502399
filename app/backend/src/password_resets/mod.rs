//! Choosing a new password by a one-time link: mailed to whoever has forgotten theirs, or made by the operator for an
//! administrator who can't sign in any more. Looking at a link changes nothing; using it ends every session and every
//! other link of the person.

mod ask;
pub(crate) mod store;
#[cfg(test)]
mod tests;

use crate::{
    Backend, Client, Error, Result, audit,
    caller::Permit,
    database::Hold,
    mail::{self, Message, TwoFactorChange},
    password_strength::Context,
    secret::{Secret, Token},
    sessions, sso, throttle, two_factor, users,
};
use domain::{
    email_address::EmailAddress,
    field::{Faults, Field},
    ids::{OrganizationId, UserId},
    password_resets::{PasswordResetView, ResetKind},
    refusal::Refusal,
    users::UserStatus,
};
use serde_json::json;
use time::OffsetDateTime;

/// A link for an administrator, to be handed over by the operator.
#[derive(Debug)]
pub struct Recovery {
    pub link: Token,
    pub email: String,
    pub organization: String,
    pub expires_at: OffsetDateTime,
    /// How many sessions of the administrator it ended.
    pub sessions_ended: u64,
}

/// Why the operator gets no link.
#[derive(Debug, thiserror::Error)]
pub enum NoRecovery {
    #[error(
        "No organization has an administrator yet. Use the set-up link (usher setup-link) or an activation link."
    )]
    NoAdministrator,
    #[error("There are several administrators. Say which one with --email: {}", .0.join(", "))]
    Several(Vec<String>),
    #[error("Nobody in this installation has that address.")]
    Unknown,
    #[error(
        "That account was invited and not accepted yet: its invitation can be sent again in the console."
    )]
    Invited,
    #[error(
        "That account is deactivated, and a link does not change that. Recover an active administrator, who can \
         reactivate it: {}", .0.join(", ")
    )]
    Deactivated(Vec<String>),
    #[error(
        "The organization of that account is closed. Open it again first: usher organization reopen --org-id …"
    )]
    OrganizationClosed,
    #[error("That account is no IAM Admin. Recover an administrator: {}", .0.join(", "))]
    NoAdministratorAccount(Vec<String>),
    #[error(transparent)]
    Failed(#[from] Error),
}

impl Backend {
    /// The operator lets an active administrator in again: the one with this address, or the only one there is. Their
    /// sessions end now; their password works until the link is used, since a mistake must lock nobody out.
    pub async fn recover_administrator(
        &self,
        client: &Client,
        email: Option<&str>,
    ) -> Result<Recovery, NoRecovery> {
        let found = self.choose_administrator(email).await?;
        let (organization, user) = (OrganizationId(found.organization_id), UserId(found.user_id));
        let permit = Permit::recovering(organization, user, client);
        let mut tx = self.begin(&permit, Hold::Alone).await?;
        if !store::is_administrator(&mut tx, &permit, user, self.now()).await? {
            return Err(NoRecovery::NoAdministratorAccount(self.administrators().await?));
        }
        let (now, link) = (self.now(), self.chance.token());
        let expires_at = now + self.settings.recovery_lifetime;
        store::end_all_of(&mut tx, &permit, user, now).await?;
        store::save_new(
            &mut tx,
            organization,
            user,
            ResetKind::Recovery,
            &link,
            (now, expires_at),
        )
        .await?;
        let sessions_ended = sessions::store::delete_all_of(&mut tx, &permit, user).await?;
        let change = json!({ "sessions_ended": sessions_ended });
        audit::record(&mut tx, &permit, &found.email, audit::Change::made(change), now).await?;
        tx.commit().await.map_err(Error::from)?;
        Ok(Recovery {
            link,
            email: found.email,
            organization: found.organization,
            expires_at,
            sessions_ended,
        })
    }

    async fn choose_administrator(&self, email: Option<&str>) -> Result<store::Administrator, NoRecovery> {
        let Some(email) = email else {
            let mut all = store::list_administrators(&self.pool, self.now()).await?;
            return match all.len() {
                0 => Err(NoRecovery::NoAdministrator),
                1 => Ok(all.remove(0)),
                _ => Err(NoRecovery::Several(all.into_iter().map(|a| a.email).collect())),
            };
        };
        let email = EmailAddress::parse(email).map_err(|_| NoRecovery::Unknown)?;
        if let Some(found) = store::find_administrator(&self.pool, email.key(), self.now()).await? {
            return Ok(found);
        }
        let found = store::find_status(&self.pool, email.key())
            .await?
            .ok_or(NoRecovery::Unknown)?;
        if found.organization_closed {
            return Err(NoRecovery::OrganizationClosed);
        }
        let administrators = self.administrators().await?;
        Err(match found.status.parse() {
            Ok(UserStatus::Invited) => NoRecovery::Invited,
            Ok(UserStatus::Deactivated) => NoRecovery::Deactivated(administrators),
            _ => NoRecovery::NoAdministratorAccount(administrators),
        })
    }

    async fn administrators(&self) -> Result<Vec<String>> {
        let all = store::list_administrators(&self.pool, self.now()).await?;
        Ok(all.into_iter().map(|a| a.email).collect())
    }

    /// What the page behind a link shows; `None` for a link that does not work, whatever the reason: a stranger learns
    /// nothing by trying.
    pub async fn look_at_password_reset(
        &self,
        client: &Client,
        token: &Token,
    ) -> Result<Option<PasswordResetView>> {
        let link = self.find_password_link(client, token).await?;
        Ok(link.map(|link| PasswordResetView {
            organization: link.organization,
            email: link.email,
            first_name: link.first_name,
            last_name: link.last_name,
            expires: link.expires_at.into(),
            password_length: self.settings.password_length,
            signs_in: signs_in(&link.kind),
        }))
    }

    async fn find_password_link(&self, client: &Client, token: &Token) -> Result<Option<store::Link>> {
        let link = store::find_living(&self.pool, token, self.now()).await?;
        if link.is_none() {
            self.count_wrong_link(client).await?;
        }
        Ok(link)
    }

    /// Uses the link up: the new password takes the place of the old one, and every session ends. The link of the operator
    /// begins a new one; a mailed link leaves the sign-in with all its steps to be done.
    pub async fn reset_password(
        &self,
        client: &Client,
        token: &Token,
        password: Secret<String>,
    ) -> Result<Option<Token>> {
        let Some(link) = self.find_password_link(client, token).await? else {
            return Err(Refusal::LinkDead.into());
        };
        let context = Context {
            email: link.email.clone(),
            first_name: link.first_name,
            last_name: link.last_name,
            organization: link.organization.clone(),
        };
        let password = self
            .accept_password(&password, context)
            .await?
            .map_err(|fault| Faults::from((Field::Password, fault)))?;
        let hash = self.hasher.hash(Secret::new(password)).await?;

        let now = self.now();
        let (organization, user) = (OrganizationId(link.organization_id), UserId(link.user_id));
        let permit = Permit::resetting_password(organization, user, &link.email, client);
        // Alone: nobody signs in with the old password beside this, and no deactivation passes it.
        let mut tx = self.begin(&permit, Hold::Alone).await?;
        let still_works = store::find_living(&mut *tx, token, now).await?.is_some();
        if !still_works || !store::save_used(&mut tx, &permit, token, now).await? {
            return Err(Refusal::LinkDead.into());
        }
        // Everything that proved who the person is, is replaced or taken away here: they have lost it, or somebody else
        // has it.
        users::store::save_password(&mut tx, &permit, user, &hash, now).await?;
        // Codes were tried by who knew the old one.
        throttle::clear(&mut tx, &throttle::code(&self.settings.throttles, user)).await?;
        mail::withdraw_password_links(&mut tx, &permit, user).await?;
        store::end_all_of(&mut tx, &permit, user, now).await?;
        let sessions_ended = sessions::store::delete_all_of(&mut tx, &permit, user).await?;
        sessions::store::delete_known_browsers_of(&mut tx, &permit, user).await?;
        // The operator's link is for whoever has lost every proof of who they are. A mailed one leaves the second factor.
        let mut change = json!({ "sessions_ended": sessions_ended });
        let session = if signs_in(&link.kind) {
            let removed = two_factor::clear(&mut tx, &permit, user).await?;
            if removed > 0 {
                change["authenticators_removed"] = removed.into();
                let (to, cleared) = ((user, link.email.as_str()), TwoFactorChange::Cleared);
                self.tell_of_two_factor(&mut tx, &permit, to, &link.organization, cleared)
                    .await?;
            }
            // Otherwise the new password would be refused. Not before: a link that nobody uses locks nobody out.
            if sso::name_recovered(&mut tx, &permit, user, now).await? {
                change["signs_in_without_sso"] = true.into();
            }
            if two_factor::stop_asking_unless_enrolled(&mut tx, &permit).await? {
                change["two_factor_no_longer_asked_for"] = true.into();
            }
            Some(self.start_session(&mut tx, &permit, user).await?)
        } else {
            None
        };
        let message = Message::PasswordReset {
            organization: link.organization,
            at: now.into(),
        };
        self.queue_mail_to(&mut tx, &permit, (user, &link.email), message)
            .await?;
        let change = audit::Change::made(change);
        audit::record(&mut tx, &permit, &link.email, change, now).await?;
        tx.commit().await?;
        self.mail_bell.notify_one();
        Ok(session)
    }
}

fn signs_in(kind: &str) -> bool {
    kind.parse().is_ok_and(ResetKind::signs_in)
}
