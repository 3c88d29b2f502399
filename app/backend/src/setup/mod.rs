//! The first organization of an installation: made once, by whoever holds the one-time link that the server printed.

pub(crate) mod store;

use crate::{
    Backend, Client, Error, Result, access, audit,
    caller::Permit,
    database::Tx,
    organization,
    password_strength::Context,
    secret::{Secret, Token},
    users,
};
use domain::{
    access::BuiltInGroup,
    email_address::EmailAddress,
    field::{Faults, Field},
    ids::{OrganizationId, UserId},
    organization::OrganizationName,
    person_name::PersonName,
    refusal::Refusal,
};
use serde_json::json;

/// What the page `/setup` asks for, as typed.
#[derive(Clone, Debug)]
pub struct SetUp {
    pub organization: String,
    pub first_name: String,
    pub last_name: String,
    pub email: String,
    pub password: Secret<String>,
}

impl Backend {
    /// Makes a new set-up link and so kills the old one; `None` once an organization exists.
    pub async fn open_set_up(&self) -> Result<Option<Token>> {
        if organization::store::exists_any(&self.pool).await? {
            return Ok(None);
        }
        let token = self.chance.token();
        store::save_link(&self.pool, &token, self.now()).await?;
        Ok(Some(token))
    }

    /// Whether the installation waits for its first organization.
    pub async fn is_set_up_open(&self) -> Result<bool> {
        Ok(!organization::store::exists_any(&self.pool).await?)
    }

    /// Whether this is the link. Looking at it does not use it up.
    pub async fn is_set_up_link(&self, client: &Client, token: &Token) -> Result<bool> {
        let right = store::is_link(&self.pool, token).await?;
        if !right {
            self.count_wrong_link(client).await?;
        }
        Ok(right)
    }

    /// Makes the first organization and its first administrator, signed in.
    pub async fn set_up(&self, client: &Client, token: &Token, typed: SetUp) -> Result<Token> {
        // Before anything costly: a stranger without the link gets nothing hashed.
        if !store::is_link(&self.pool, token).await? {
            self.count_wrong_link(client).await?;
            return Err(Refusal::SetUpLinkWrong.into());
        }
        let mut faults = Faults::default();
        let name = faults.take(Field::Organization, OrganizationName::parse(&typed.organization));
        let first = faults.take(Field::FirstName, PersonName::parse(&typed.first_name));
        let last = faults.take(Field::LastName, PersonName::parse(&typed.last_name));
        let email = faults.take(Field::Email, EmailAddress::parse(&typed.email));
        let context = Context {
            email: typed.email.clone(),
            first_name: typed.first_name.clone(),
            last_name: typed.last_name.clone(),
            organization: typed.organization.clone(),
        };
        let accepted = self.accept_password(&typed.password, context).await?;
        let password = faults.take(Field::Password, accepted);
        let (Some(name), Some(first), Some(last), Some(email), Some(password)) =
            (name, first, last, email, password)
        else {
            return Err(faults.into());
        };
        let hash = self.hasher.hash(Secret::new(password)).await?;

        let now = self.now();
        let (organization, user) = (OrganizationId(self.chance.id(now)), UserId(self.chance.id(now)));
        let permit = Permit::setup(organization, user, email.as_str(), client);
        let mut tx = Tx::begin(&self.pool).await?;
        // The link is used up here: of two at once, one waits for the other and finds it gone.
        if !store::delete_this_link(&mut tx, token).await? {
            return Err(Refusal::SetUpLinkWrong.into());
        }
        let org_id = self.found(&mut tx, &permit, &name).await?;
        if !users::store::save_active(&mut tx, &permit, user, &email, (&first, &last), now).await? {
            return Err(Error::unavailable(
                "somebody has the address of the first administrator",
            ));
        }
        users::store::save_password(&mut tx, &permit, user, &hash, now).await?;
        access::store::save_membership_by_name(&mut tx, &permit, user, BuiltInGroup::Admin, now).await?;
        organization::store::save_administrator_since(&mut tx, &permit, now).await?;
        let session = self.start_session(&mut tx, &permit, user).await?;
        let after = json!({
            "name": name.as_str(), "org_id": org_id.as_str(), "administrator": email.as_str()
        });
        audit::record(&mut tx, &permit, name.as_str(), audit::Change::made(after), now).await?;
        tx.commit().await?;
        Ok(session)
    }
}
