//! One's own sign-in methods: seeing, linking and unlinking them, and by which of them one can prove again who one is.

use super::{oauth::Vouched, store};
use crate::{
    Backend, Caller, Error, Result, audit,
    caller::{Permit, Target},
    database::{Hold, Tx},
    mail::Message,
    users,
};
use domain::{
    access::Action,
    email_address::EmailAddress,
    identities::{IdentityLine, Method, OwnMethods, PersonMethods, ProofWays, Provider},
    ids::{IdentityId, UserId},
    refusal::Refusal,
};
use serde_json::json;

impl Backend {
    /// What somebody sees of their own on the settings page.
    pub(crate) async fn own_methods(&self, caller: &Caller) -> Result<OwnMethods> {
        let identities: Vec<_> = store::list_of(&self.pool, caller.organization, caller.user)
            .await?
            .into_iter()
            .filter_map(store::Own::shown)
            .collect();
        let sso_required = self.is_bound_to_sso(caller).await?;
        let is_linked = |provider: &Provider| {
            let method = Method::from(*provider);
            identities.iter().any(|line: &IdentityLine| line.method == method)
        };
        let mut linkable = self.providers();
        linkable.retain(|provider| !sso_required && !is_linked(provider));
        Ok(OwnMethods {
            has_password: users::store::has_password(&self.pool, caller.organization, caller.user).await?,
            second_factor_elsewhere: store::is_second_factor_elsewhere(
                &self.pool,
                caller.organization,
                caller.user,
            )
            .await?,
            identities,
            linkable,
            sso_required,
        })
    }

    /// By what somebody signs in, for whoever sees people; of somebody of another organization nothing.
    pub async fn sign_in_methods(&self, caller: &Caller, user: UserId) -> Result<PersonMethods> {
        caller.permit(Action::ViewUsers, Target::User(user))?;
        let identities = store::list_of(&self.pool, caller.organization, user).await?;
        Ok(PersonMethods {
            has_password: users::store::has_password(&self.pool, caller.organization, user).await?,
            identities: identities.into_iter().filter_map(store::Own::shown).collect(),
            bound_to_sso: store::is_bound(&mut *self.pool.acquire().await?, caller.organization, user)
                .await?,
        })
    }

    /// How the caller can prove again who they are.
    pub async fn proof_ways(&self, caller: &Caller) -> Result<ProofWays> {
        let ways = store::find_ways(&self.pool, caller.organization, caller.user).await?;
        let mut providers = self.providers();
        providers.retain(|provider| !ways.bound && ways.providers.iter().any(|key| key == provider.key()));
        let sso = ways.sso && ways.providers.iter().any(|key| key == Method::Saml.key());
        Ok(ProofWays {
            password: ways.password && !ways.bound,
            providers,
            sso: sso.then(|| caller.org_id.clone()),
        })
    }

    /// Whether the caller's organization lets them in by single sign-on alone.
    pub(crate) async fn is_bound_to_sso(&self, caller: &Caller) -> Result<bool> {
        store::is_bound(&mut *self.pool.acquire().await?, caller.organization, caller.user).await
    }

    /// Unlinks a method; the last one stays. Asks for a recent proof of who they are. Again: there is none.
    pub async fn unlink(&self, caller: &Caller, identity: IdentityId) -> Result<()> {
        let permit = caller.permit(Action::UnlinkIdentity, Target::User(caller.user))?;
        self.require_proof(caller)?;
        // Alone: of two who unlink each another one, one stays.
        let mut tx = self.begin(&permit, Hold::Alone).await?;
        let own = store::list_of(&mut *tx, permit.organization, caller.user).await?;
        let row = own
            .iter()
            .find(|row| row.id == identity.0)
            .ok_or(Error::NotFound)?;
        if row.provider == Method::Saml.key() {
            return Err(Refusal::NotYoursToUnlink.into());
        }
        let has_password = users::store::has_password(&mut *tx, permit.organization, caller.user).await?;
        if own.len() == 1 && !has_password {
            return Err(Refusal::LastMethod.into());
        }
        store::delete_one(&mut tx, &permit, caller.user, identity).await?;
        let method: Method = row
            .provider
            .parse()
            .map_err(|()| Error::unavailable("unknown method"))?;
        let message = Message::MethodUnlinked {
            organization: caller.organization_name.clone(),
            at: self.now().into(),
            method,
        };
        self.queue_mail_to(&mut tx, &permit, (caller.user, &caller.email), message)
            .await?;
        let change = audit::Change::removed(json!({ "method": method.key(), "email": row.email }));
        audit::record(&mut tx, &permit, &caller.email, change, self.now()).await?;
        tx.commit().await?;
        self.mail_bell.notify_one();
        Ok(())
    }

    /// An administrator unlinks what the identity provider knows somebody by: their next sign-in links anew, by the address.
    /// Again does nothing.
    pub async fn unlink_sso(&self, caller: &Caller, user: UserId) -> Result<()> {
        let permit = caller.permit(Action::UnlinkSso, Target::User(user))?;
        self.require_proof(caller)?;
        let mut tx = self.begin(&permit, Hold::Shared).await?;
        let person = users::store::lock_user(&mut tx, permit.organization, user)
            .await?
            .ok_or(Error::NotFound)?;
        let unlinked = store::delete_saml_of(&mut tx, &permit, user).await?;
        if unlinked == 0 {
            return Ok(());
        }
        let message = Message::MethodUnlinked {
            organization: caller.organization_name.clone(),
            at: self.now().into(),
            method: Method::Saml,
        };
        self.queue_mail_to(&mut tx, &permit, (user, &person.email), message)
            .await?;
        let change = audit::Change::removed(json!({ "method": "saml" }));
        audit::record(&mut tx, &permit, &person.email, change, self.now()).await?;
        tx.commit().await?;
        self.mail_bell.notify_one();
        Ok(())
    }

    /// Saves a link with its mail and its entry; whether there was room for it: one of each provider.
    pub(crate) async fn save_link(
        &self,
        tx: &mut Tx,
        permit: &Permit,
        (user, email): (UserId, &str),
        organization: &str,
        (provider, vouched): (Provider, &Vouched),
        address: &EmailAddress,
    ) -> Result<bool> {
        let method = Method::from(provider);
        let new = store::NewIdentity {
            user,
            method,
            issuer: &vouched.issuer,
            format: "",
            subject: &vouched.subject,
            email: address.as_str(),
        };
        if !self.save_identity(tx, permit, &new).await? {
            return Ok(false);
        }
        self.tell_of_link(tx, permit, (user, email), organization, method)
            .await?;
        let linking = permit.of_link();
        let change = audit::Change::made(json!({ "method": method.key(), "email": address.as_str() }));
        audit::record(tx, &linking, email, change, self.now()).await?;
        Ok(true)
    }

    pub(crate) async fn save_identity(
        &self,
        tx: &mut Tx,
        permit: &Permit,
        new: &store::NewIdentity<'_>,
    ) -> Result<bool> {
        let id = IdentityId(self.chance.id(self.now()));
        self.save_identity_as(tx, permit, id, new).await
    }

    /// The same under an id that is known beforehand.
    pub(crate) async fn save_identity_as(
        &self,
        tx: &mut Tx,
        permit: &Permit,
        id: IdentityId,
        new: &store::NewIdentity<'_>,
    ) -> Result<bool> {
        store::save_new(tx, permit, id, new, self.now()).await
    }

    pub(crate) async fn tell_of_link(
        &self,
        tx: &mut Tx,
        permit: &Permit,
        to: (UserId, &str),
        organization: &str,
        method: Method,
    ) -> Result<()> {
        let message = Message::MethodLinked {
            organization: organization.to_owned(),
            at: self.now().into(),
            method,
        };
        self.queue_mail_to(tx, permit, to, message).await
    }
}
