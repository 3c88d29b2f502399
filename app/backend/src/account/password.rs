//! Changing one's own password.

use crate::{
    Backend, Caller, Error, Result, audit,
    caller::{Permit, Target},
    database::Hold,
    mail::{self, Message},
    password_resets,
    password_strength::Context,
    secret::{Secret, Token},
    sessions, throttle, users,
};
use domain::{
    access::Action,
    email_address::EmailAddress,
    field::{Fault, Faults, Field},
    refusal::Refusal,
};
use serde_json::json;

impl Backend {
    /// Puts a new password in the place of the current one. Every other session ends, and every link for a new password;
    /// this session goes on with another token. The same once more changes nothing and mails nothing.
    pub async fn change_password(
        &self,
        caller: &Caller,
        current: &Secret<String>,
        new: &Secret<String>,
    ) -> Result<Token> {
        let permit = caller.permit(Action::ChangePassword, Target::User(caller.user))?;
        let context = Context {
            email: caller.email.clone(),
            first_name: caller.first_name.clone(),
            last_name: caller.last_name.clone(),
            organization: caller.organization_name.clone(),
        };
        let mut faults = Faults::default();
        if current.expose().is_empty() {
            faults.0.push((Field::CurrentPassword, Fault::Missing));
        }
        let accepted = self.accept_password(new, context).await?;
        let Some(new) = faults
            .take(Field::Password, accepted)
            .filter(|_| faults.is_empty())
        else {
            return Err(faults.into());
        };
        let new = Secret::new(new);
        let proof = self.prove(caller, &permit, current).await?;
        let hash = self.hasher.hash(new.clone()).await?;
        // Alone: nobody signs in with the old password beside this.
        let mut tx = self.begin(&permit, Hold::Alone).await?;
        if !self.still_holds(&mut tx, &permit, caller, &proof).await? {
            drop(tx);
            return self.changed_already(caller, &permit, new).await;
        }
        let now = self.now();
        users::store::save_password(&mut tx, &permit, caller.user, &hash, now).await?;
        // Codes were tried by who knew the old one.
        throttle::clear(&mut tx, &throttle::code(&self.settings.throttles, caller.user)).await?;
        // In this order: a link that a mail gets at this moment is waited for, and then ended with the others.
        mail::withdraw_password_links(&mut tx, &permit, caller.user).await?;
        password_resets::store::end_all_of(&mut tx, &permit, caller.user, now).await?;
        sessions::store::delete_other_browsers_of(&mut tx, &permit, caller.user).await?;
        let ended =
            sessions::store::delete_others_of(&mut tx, &permit, caller.user, caller.session()?).await?;
        let token = self.renew_session(&mut tx, &permit, caller.session()?).await?;
        let message = Message::PasswordChanged {
            organization: caller.organization_name.clone(),
            at: now.into(),
        };
        self.queue_mail_to(&mut tx, &permit, (caller.user, &caller.email), message)
            .await?;
        let change = audit::Change::made(json!({ "sessions_ended": ended }));
        audit::record(&mut tx, &permit, &caller.email, change, now).await?;
        tx.commit().await?;
        self.mail_bell.notify_one();
        Ok(token)
    }

    /// The password was changed between the proof and the act: by the same form, sent twice at once, or by somebody else.
    async fn changed_already(&self, caller: &Caller, permit: &Permit, new: Secret<String>) -> Result<Token> {
        let hash = users::store::find_password(&self.pool, caller.organization, caller.user).await?;
        if !self.hasher.verify(new, hash).await? {
            return Err(Error::from(Faults::from((
                Field::CurrentPassword,
                Fault::WrongPassword,
            ))));
        }
        let mut tx = self.begin(permit, Hold::Shared).await?;
        let token = self.renew_session(&mut tx, permit, caller.session()?).await?;
        tx.commit().await?;
        Ok(token)
    }

    /// Mails the caller a link by which they choose a first password: for whoever signs in by other means.
    pub async fn mail_first_password_link(&self, caller: &Caller) -> Result<()> {
        let permit = caller.permit(Action::ChangePassword, Target::User(caller.user))?;
        if users::store::has_password(&self.pool, caller.organization, caller.user).await? {
            return Err(Refusal::HasPassword.into());
        }
        if self.is_bound_to_sso(caller).await? {
            return Err(Refusal::SsoRequired.into());
        }
        let mut tx = self.begin(&permit, Hold::Shared).await?;
        let to = EmailAddress::parse(&caller.email).map_err(|_| Error::unavailable("no address"))?;
        let mails = throttle::mail_to(&self.settings.throttles, &to);
        throttle::take(&mut tx, &[mails], self.now()).await?;
        self.queue_password_link(
            &mut tx,
            &permit,
            (caller.user, &caller.email),
            &caller.organization_name,
            mail::LinkReason::First,
        )
        .await?;
        audit::record(
            &mut tx,
            &permit,
            &caller.email,
            audit::Change::nothing(),
            self.now(),
        )
        .await?;
        tx.commit().await?;
        self.mail_bell.notify_one();
        Ok(())
    }
}
