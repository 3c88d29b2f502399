//! Access tokens: making, listing and deleting them. What one of them is worth when somebody presents it is `holder.rs`.
//!
//! A token acts as its person, with the roles that person has at that moment. It stops with the account and works again
//! with it; a new password leaves it as it is.

mod holder;
pub(crate) mod list;
pub(crate) mod store;
#[cfg(test)]
mod tests;

pub use holder::Holder;

use crate::{
    Backend, Caller, Error, Result, audit,
    caller::{Permit, Target},
    database::{Hold, Tx},
    mail::{Message, TokenChange},
    secret::Token,
    secret_text::SecretKind,
    users,
};
use domain::{
    access::Action,
    field::{Faults, Field},
    ids::{TokenId, UserId},
    moment::Moment,
    refusal::Refusal,
    tokens::{
        MOST_TOKENS, OwnTokens, PersonTokens, TokenComment, TokenLifetime, TokenLine, TokenName, TokenPage,
        TokenQuery, TokenStatus,
    },
};
use serde_json::json;

impl Backend {
    /// The caller's own tokens.
    pub async fn own_tokens(&self, caller: &Caller) -> Result<OwnTokens> {
        caller.permit(Action::ViewTokens, Target::User(caller.user))?;
        Ok(OwnTokens {
            tokens: self.lines_of(caller, caller.user).await?,
            may_create: caller.may(Action::CreateToken),
            may_delete: caller.may(Action::DeleteToken),
            now: self.now().into(),
        })
    }

    /// The tokens of somebody else, for administrators.
    pub async fn tokens_of(&self, caller: &Caller, user: UserId) -> Result<PersonTokens> {
        caller.permit(Action::ViewAllTokens, Target::User(user))?;
        Ok(PersonTokens {
            tokens: self.lines_of(caller, user).await?,
            may_delete: caller.may(Action::DeleteAnyToken),
        })
    }

    async fn lines_of(&self, caller: &Caller, user: UserId) -> Result<Vec<TokenLine>> {
        let now = self.now().into();
        let rows = store::list_of(&self.pool, caller.organization, user).await?;
        Ok(rows.into_iter().map(|row| row.shown(now)).collect())
    }

    /// A page of everybody's tokens.
    pub async fn list_tokens(&self, caller: &Caller, query: &TokenQuery) -> Result<TokenPage> {
        caller.permit(Action::ViewAllTokens, Target::Organization(caller.organization))?;
        let mut page = list::list_tokens(&self.pool, caller.organization, query, self.now()).await?;
        page.may_delete = caller.may(Action::DeleteAnyToken);
        Ok(page)
    }

    /// A token of the caller's own: its secret, which nobody is shown again. One of this name that has expired makes room
    /// for it.
    pub async fn create_token(
        &self,
        caller: &Caller,
        name: &str,
        lifetime: &str,
        comment: &str,
    ) -> Result<Token> {
        let permit = caller.permit(Action::CreateToken, Target::User(caller.user))?;
        let mut faults = Faults::default();
        let name = faults.take(Field::Name, TokenName::parse(name));
        let lifetime = faults.take(Field::Expires, TokenLifetime::parse(lifetime));
        let comment = faults.take(Field::Comment, TokenComment::parse(comment));
        let (Some(name), Some(lifetime), Some(comment)) = (name, lifetime, comment) else {
            return Err(faults.into());
        };
        self.require_proof(caller)?;
        let now = self.now();
        let mut tx = self.begin(&permit, Hold::Shared).await?;
        // Of two at once the second counts the first.
        users::store::lock_user(&mut tx, permit.organization, caller.user)
            .await?
            .ok_or(Error::SignedOut)?;
        store::delete_expired_of_name(&mut tx, &permit, caller.user, &name, now).await?;
        let there = store::count_of(&mut tx, &permit, caller.user).await?;
        if usize::try_from(there).unwrap_or_default() >= MOST_TOKENS {
            return Err(Refusal::TooManyTokens.into());
        }
        let secret = SecretKind::AccessToken.make(&self.chance);
        let expires = lifetime.ends(now);
        let token = store::NewToken {
            id: TokenId(self.chance.id(now)),
            user: caller.user,
            name: &name,
            comment: &comment,
            at: now,
            expires,
        };
        store::save_new(&mut tx, &permit, &token, &secret).await?;
        let change = TokenChange::Created {
            name: name.as_str().to_owned(),
            expires: expires.map(Moment::from),
        };
        self.tell_of_token(&mut tx, &permit, (caller.user, &caller.email), caller, change)
            .await?;
        let made = json!({
            "token": name.as_str(), "expires": expires.map(|end| Moment::from(end).rfc3339())
        });
        audit::record(&mut tx, &permit, &caller.email, audit::Change::made(made), now).await?;
        tx.commit().await?;
        self.mail_bell.notify_one();
        Ok(secret)
    }

    /// Deletes a token of the caller's own. Again, or with somebody else's: there is none.
    pub async fn delete_token(&self, caller: &Caller, token: TokenId) -> Result<()> {
        let permit = caller.permit(Action::DeleteToken, Target::User(caller.user))?;
        let mut tx = self.begin(&permit, Hold::Shared).await?;
        let name = store::delete_one(&mut tx, &permit, caller.user, token)
            .await?
            .ok_or(Error::NotFound)?;
        let change = audit::Change::removed(json!({ "token": name }));
        audit::record(&mut tx, &permit, &caller.email, change, self.now()).await?;
        Ok(tx.commit().await?)
    }

    /// Deletes a token of somebody, who gets a mail: something of theirs stops. Again: there is none.
    pub async fn delete_token_of(&self, caller: &Caller, user: UserId, token: TokenId) -> Result<()> {
        let permit = caller.permit(Action::DeleteAnyToken, Target::User(user))?;
        let mut tx = self.begin(&permit, Hold::Shared).await?;
        let person = users::store::lock_user(&mut tx, permit.organization, user)
            .await?
            .ok_or(Error::NotFound)?;
        let name = store::delete_one(&mut tx, &permit, user, token)
            .await?
            .ok_or(Error::NotFound)?;
        let change = audit::Change::removed(json!({ "token": name }));
        if user != caller.user {
            let told = TokenChange::Deleted { name };
            self.tell_of_token(&mut tx, &permit, (user, &person.email), caller, told)
                .await?;
        }
        audit::record(&mut tx, &permit, &person.email, change, self.now()).await?;
        tx.commit().await?;
        self.mail_bell.notify_one();
        Ok(())
    }

    async fn tell_of_token(
        &self,
        tx: &mut Tx,
        permit: &Permit,
        to: (UserId, &str),
        caller: &Caller,
        change: TokenChange,
    ) -> Result<()> {
        let message = Message::AccessToken {
            organization: caller.organization_name.clone(),
            at: self.now().into(),
            change,
        };
        self.queue_mail_to(tx, permit, to, message).await
    }
}

impl store::Row {
    fn shown(self, now: Moment) -> TokenLine {
        let expires = self.expires_at.map(Moment::from);
        TokenLine {
            id: TokenId(self.id),
            name: self.name,
            comment: self.comment,
            created: self.created_at.into(),
            expires,
            last_used: self.last_used_at.map(Moment::from),
            status: TokenStatus::of(expires, self.is_active, now),
        }
    }
}
