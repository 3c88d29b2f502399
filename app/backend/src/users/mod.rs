//! People of an organization: the list of them, deactivation and reactivation.

mod export;
pub(crate) mod list;
pub(crate) mod search;
pub(crate) mod store;
#[cfg(test)]
mod tests;

pub use export::UserExport;

use crate::{
    Backend, Caller, Error, Result,
    access::{self, Intent, Measure, store::held::Scope},
    audit,
    caller::{Permit, Target},
    database::{Hold, Tx},
    invitations,
    mail::Message,
    organization, password_resets, sessions, throttle, tokens,
};
use domain::{
    access::{Action, Preview},
    email_address::EmailAddress,
    field::{Faults, Field},
    ids::UserId,
    refusal::Refusal,
    users::{
        DeactivationPreview, DeactivationReason, StatusVersion, UserPage, UserQuery, UserStatus, UserSummary,
    },
};
use serde_json::json;
use time::OffsetDateTime;

/// A deactivation that a reactivation took back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenBack {
    pub reason: Option<String>,
    /// What undoing the reactivation must name.
    pub version: StatusVersion,
}

/// A person whose status changes, held.
#[derive(Clone, Copy)]
pub(crate) struct Whom<'a> {
    pub user: UserId,
    pub email: &'a str,
    pub status: UserStatus,
    /// For the mail to them.
    pub organization_name: &'a str,
}

impl Backend {
    /// A page of the list of people.
    pub async fn list_users(&self, caller: &Caller, query: &UserQuery) -> Result<UserPage> {
        caller.permit(Action::ViewUsers, Target::Organization(caller.organization))?;
        list::list_users(&self.pool, caller.organization, query, self.now()).await
    }

    /// The person of the organization who has this address, for the offer to resend or to reactivate.
    pub async fn find_user_by_email(&self, caller: &Caller, email: &str) -> Result<UserId> {
        caller.permit(Action::ViewUsers, Target::Organization(caller.organization))?;
        let email = EmailAddress::parse(email).map_err(|fault| Faults::from((Field::Email, fault)))?;
        let found = store::find_id_by_email(&self.pool, caller.organization, &email).await?;
        found.map(UserId).ok_or(Error::NotFound)
    }

    /// One person, with what would stop if they were deactivated.
    pub async fn find_user(&self, caller: &Caller, user: UserId) -> Result<UserSummary> {
        caller.permit(Action::ViewUsers, Target::User(user))?;
        let now = self.now();
        let row = store::find_summary(
            &self.pool,
            caller.organization,
            user,
            now,
            now - self.settings.session_idle,
        )
        .await?
        .ok_or(Error::NotFound)?;
        Ok(UserSummary {
            id: user,
            name: format!("{} {}", row.first_name, row.last_name).trim().to_owned(),
            email: row.email,
            status: row.status.parse().unwrap_or(UserStatus::Deactivated),
            groups: list::named_groups(row.group_ids, row.group_names),
            two_factor: row.two_factor,
            stops: DeactivationPreview {
                sessions: row.sessions,
                invitations: row.invitations,
                tokens: row.tokens,
            },
            is_self: user == caller.user,
        })
    }

    /// Stops everything of a person at once: the next request of any of their sessions is refused, on every server.
    /// Nothing is deleted but sessions. `reason` as typed, for the other administrators; the person is not told. Again
    /// does nothing.
    ///
    /// What undoing it must name, for whoever did it; `None` if this call did nothing.
    pub async fn deactivate_user(
        &self,
        caller: &Caller,
        user: UserId,
        reason: &str,
    ) -> Result<Option<StatusVersion>> {
        self.deactivate(caller, user, reason, None, false).await
    }

    /// The same, and deletes their access tokens, which would work again after a reactivation otherwise.
    pub async fn deactivate_user_deleting_tokens(
        &self,
        caller: &Caller,
        user: UserId,
        reason: &str,
    ) -> Result<Option<StatusVersion>> {
        self.deactivate(caller, user, reason, None, true).await
    }

    /// Takes a reactivation back, unless somebody has changed the account since.
    pub async fn undo_reactivation(
        &self,
        caller: &Caller,
        user: UserId,
        reason: &str,
        version: StatusVersion,
    ) -> Result<Option<StatusVersion>> {
        self.deactivate(caller, user, reason, Some(version), false).await
    }

    /// Who would lose what, or why it can't be done: the same act, not committed.
    pub async fn preview_deactivation(&self, caller: &Caller, user: UserId) -> Result<Preview> {
        let permit = caller.permit(Action::DeactivateUser, Target::User(user))?;
        let mut tx = self.begin(&permit, Hold::Alone).await?;
        let (_, status) = lock(&mut tx, &permit, user).await?;
        let change = (status.deactivate()?, Some((self.now(), None)));
        let (_, measure) = self.change_status(&mut tx, &permit, user, change).await?;
        self.judge(&mut tx, caller, measure, Intent::Preview).await
    }

    /// Gives somebody a status; with what is needed to see what that gives or takes.
    async fn change_status(
        &self,
        tx: &mut Tx,
        permit: &Permit,
        user: UserId,
        (after, deactivated): (UserStatus, Option<(OffsetDateTime, Option<&str>)>),
    ) -> Result<(StatusVersion, Measure)> {
        if after == UserStatus::Deactivated
            && organization::store::find_break_glass(tx, permit.organization).await? == Some(user)
        {
            return Err(Refusal::BreakGlass.into());
        }
        let scope = Scope::of_users(vec![user.0]);
        let measure = self.measure(tx, permit.organization, scope).await?;
        let version = store::save_status(tx, permit, user, after, deactivated).await?;
        Ok((version, measure))
    }

    async fn deactivate(
        &self,
        caller: &Caller,
        user: UserId,
        reason: &str,
        undoes: Option<StatusVersion>,
        with_tokens: bool,
    ) -> Result<Option<StatusVersion>> {
        let reason =
            DeactivationReason::parse(reason).map_err(|fault| Faults::from((Field::Reason, fault)))?;
        let permit = caller.permit(Action::DeactivateUser, Target::User(user))?;
        let now = self.now();
        let mut tx = self.begin(&permit, Hold::Alone).await?;
        let (person, status) = lock(&mut tx, &permit, user).await?;
        if status == UserStatus::Deactivated {
            let reason = reason.as_ref().map(DeactivationReason::as_str);
            if store::save_kept_out(&mut tx, &permit, user, reason).await? {
                // It was SCIM that put them out, and could have let them in again.
                let change = audit::Change::from_to(
                    json!({ "reason": person.deactivation_reason }),
                    json!({ "reason": reason }),
                );
                audit::record(&mut tx, &permit, &person.email, change, now).await?;
                if !with_tokens {
                    tx.commit().await?;
                    return Ok(None);
                }
            }
            // Somebody else was first, and left the tokens.
            if with_tokens {
                let deleted = tokens::store::delete_all_of(&mut tx, &permit, user).await?;
                if deleted > 0 {
                    let change = audit::Change::made(json!({ "tokens_deleted": deleted }));
                    audit::record(&mut tx, &permit, &person.email, change, now).await?;
                }
                tx.commit().await?;
            }
            return Ok(None);
        }
        is_last_change(&person, undoes)?;
        let reason = reason.as_ref().map(DeactivationReason::as_str);
        let whom = Whom {
            user,
            email: &person.email,
            status,
            organization_name: &caller.organization_name,
        };
        // The dialog has asked for the yes.
        let version = self
            .deactivate_in(&mut tx, &permit, whom, reason, with_tokens)
            .await?;
        // The database refuses this commit if it takes the last active administrator.
        tx.commit().await?;
        self.mail_bell.notify_one();
        Ok(Some(version))
    }

    /// Everything that a deactivation is, within a transaction that holds the organization alone and the person. Whoever
    /// commits it rings for the mail.
    pub(crate) async fn deactivate_in(
        &self,
        tx: &mut Tx,
        permit: &Permit,
        whom: Whom<'_>,
        reason: Option<&str>,
        with_tokens: bool,
    ) -> Result<StatusVersion> {
        let (user, now) = (whom.user, self.now());
        let after = whom.status.deactivate()?;
        let change = (after, Some((now, reason)));
        let (version, measure) = self.change_status(tx, permit, user, change).await?;
        let preview = self
            .compare(tx, permit.organization, permit.person(), measure)
            .await?;
        let sessions = sessions::store::delete_all_of(tx, permit, user).await?;
        let invitations = invitations::store::end_all_sent_by(tx, permit, user, now).await?;
        invitations::store::end_all_copied_by(tx, permit, user, now).await?;
        sessions::store::delete_known_browsers_of(tx, permit, user).await?;
        password_resets::store::end_all_of(tx, permit, user, now).await?;
        let deleted_tokens = if with_tokens {
            tokens::store::delete_all_of(tx, permit, user).await?
        } else {
            0
        };
        let message = Message::AccountDeactivated {
            organization: whom.organization_name.to_owned(),
            at: now.into(),
            tokens_deleted: deleted_tokens > 0,
        };
        self.tell_of_status(tx, permit, whom, message).await?;
        let change = audit::Change::from_to(
            json!({ "status": whom.status }),
            json!({
                "status": after, "reason": reason, "sessions_ended": sessions, "invitations_ended": invitations,
                "tokens_deleted": Some(deleted_tokens).filter(|_| with_tokens),
                "difference": access::recorded(&preview)
            }),
        );
        audit::record(tx, permit, whom.email, change, now).await?;
        Ok(version)
    }

    /// Lets a deactivated person in again, with the groups and policies then in force. Sessions stay ended, and the
    /// reason of the deactivation goes. Again does nothing.
    ///
    /// What this call took back, so that who did it is offered to undo it; `None` if it did nothing.
    pub async fn reactivate_user(&self, caller: &Caller, user: UserId) -> Result<Option<TakenBack>> {
        self.reactivate(caller, user, None).await
    }

    /// Takes a deactivation back, unless somebody has changed the account since.
    pub async fn undo_deactivation(
        &self,
        caller: &Caller,
        user: UserId,
        version: StatusVersion,
    ) -> Result<Option<TakenBack>> {
        self.reactivate(caller, user, Some(version)).await
    }

    async fn reactivate(
        &self,
        caller: &Caller,
        user: UserId,
        undoes: Option<StatusVersion>,
    ) -> Result<Option<TakenBack>> {
        let permit = caller.permit(Action::ReactivateUser, Target::User(user))?;
        let mut tx = self.begin(&permit, Hold::Alone).await?;
        let (person, status) = lock(&mut tx, &permit, user).await?;
        if status == UserStatus::Active {
            return Ok(None);
        }
        is_last_change(&person, undoes)?;
        let whom = Whom {
            user,
            email: &person.email,
            status,
            organization_name: &caller.organization_name,
        };
        let reason = person.deactivation_reason.as_deref();
        let version = self.reactivate_in(&mut tx, &permit, whom, reason).await?;
        tx.commit().await?;
        self.mail_bell.notify_one();
        Ok(Some(TakenBack {
            reason: person.deactivation_reason,
            version,
        }))
    }

    /// Everything that a reactivation is, likewise. `reason`: of the deactivation, for the audit log.
    pub(crate) async fn reactivate_in(
        &self,
        tx: &mut Tx,
        permit: &Permit,
        whom: Whom<'_>,
        reason: Option<&str>,
    ) -> Result<StatusVersion> {
        let (user, now) = (whom.user, self.now());
        let after = whom.status.reactivate()?;
        let (version, measure) = self.change_status(tx, permit, user, (after, None)).await?;
        let preview = self
            .compare(tx, permit.organization, permit.person(), measure)
            .await?;
        let message = Message::AccountReactivated {
            organization: whom.organization_name.to_owned(),
            at: now.into(),
        };
        self.tell_of_status(tx, permit, whom, message).await?;
        let change = audit::Change::from_to(
            json!({ "status": whom.status, "reason": reason }),
            json!({ "status": after, "difference": access::recorded(&preview) }),
        );
        audit::record(tx, permit, whom.email, change, now).await?;
        Ok(version)
    }

    /// Nobody's mailbox is filled by somebody who puts them out and lets them in for fun.
    async fn tell_of_status(
        &self,
        tx: &mut Tx,
        permit: &Permit,
        whom: Whom<'_>,
        message: Message,
    ) -> Result<()> {
        let bucket = throttle::status_mail(&self.settings.throttles, whom.user);
        match throttle::take(tx, &[bucket], self.now()).await {
            Ok(()) => {
                self.queue_mail_to(tx, permit, (whom.user, whom.email), message)
                    .await
            }
            Err(Error::TooManyAttempts { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

/// The person, held, with their status.
async fn lock(tx: &mut Tx, permit: &Permit, user: UserId) -> Result<(store::Person, UserStatus)> {
    let person = store::lock_user(tx, permit.organization, user)
        .await?
        .ok_or(Error::NotFound)?;
    let status = person.status.parse();
    Ok((person, status.map_err(|()| Error::unavailable("unknown status"))?))
}

/// Between a change and its undoing somebody else may have decided anew.
fn is_last_change(person: &store::Person, undoes: Option<StatusVersion>) -> Result<()> {
    match undoes {
        Some(version) if version.0 != person.status_version => Err(Refusal::ChangedSince.into()),
        _ => Ok(()),
    }
}
