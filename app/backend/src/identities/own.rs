//! One's own sign-in methods: seeing, linking and unlinking them, and by which of them one can prove again who one is.

use super::{oauth::Vouched, store};
use crate::{
    Backend, Caller, Error, Result, audit,
    caller::{Permit, Target},
    database::{Hold, Tx},
    mail::Message,
    sessions, users,
};
use domain::{
    access::Action,
    email_address::EmailAddress,
    identities::{IdentityLine, Method, OwnMethods, PersonMethods, ProofWays, Provider},
    ids::{IdentityId, OrganizationId, UserId},
    refusal::Refusal,
};
use serde_json::json;
use sqlx::PgConnection;

impl Backend {
    /// What somebody sees of their own on the settings page.
    pub(crate) async fn own_methods(&self, caller: &Caller) -> Result<OwnMethods> {
        let mut connection = self.pool.acquire().await?;
        self.methods_of(&mut connection, caller.organization, caller.user)
            .await
    }

    async fn methods_of(
        &self,
        connection: &mut PgConnection,
        organization: OrganizationId,
        user: UserId,
    ) -> Result<OwnMethods> {
        let ways = store::find_ways(&mut *connection, organization, user).await?;
        let identities: Vec<_> = store::list_of(&mut *connection, organization, user)
            .await?
            .into_iter()
            .filter_map(store::Own::shown)
            .collect();
        let is_linked = |provider: &Provider| {
            let method = Method::from(*provider);
            identities.iter().any(|line: &IdentityLine| line.method == method)
        };
        let providers = self.providers();
        let in_use = providers.iter().copied().map(Method::from);
        let in_use = in_use.chain(ways.sso.then_some(Method::Saml)).collect();
        let linkable = providers
            .into_iter()
            .filter(|provider| !ways.bound && !is_linked(provider))
            .collect();
        Ok(OwnMethods {
            has_password: ways.password,
            second_factor_elsewhere: store::is_second_factor_elsewhere(connection, organization, user)
                .await?,
            identities,
            in_use,
            linkable,
            sso_required: ways.bound,
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

    /// Unlinks a method, and ends what else was begun by it; the last one stays. Asks for a recent proof of who they are.
    /// Again: there is none.
    pub async fn unlink(&self, caller: &Caller, identity: IdentityId) -> Result<()> {
        let permit = caller.permit(Action::UnlinkIdentity, Target::User(caller.user))?;
        self.require_proof(caller)?;
        // Alone: of two who unlink each another one, one stays.
        let mut tx = self.begin(&permit, Hold::Alone).await?;
        let own = self.methods_of(&mut tx, permit.organization, caller.user).await?;
        let line = own.identities.iter().find(|line| line.id == identity);
        let line = line.ok_or(Error::NotFound)?;
        if line.method == Method::Saml {
            return Err(Refusal::NotYoursToUnlink.into());
        }
        if own.is_last(line) {
            return Err(Refusal::LastMethod.into());
        }
        store::delete_one(&mut tx, &permit, caller.user, identity).await?;
        let method = line.method;
        let ended = sessions::store::delete_by_method(&mut tx, &permit, caller.user, method).await?;
        let message = Message::MethodUnlinked {
            organization: caller.organization_name.clone(),
            at: self.now().into(),
            method,
        };
        self.queue_mail_to(&mut tx, &permit, (caller.user, &caller.email), message)
            .await?;
        let change = audit::Change::from_to(
            json!({ "method": method.key(), "email": line.email }),
            json!({ "sessions_ended": ended }),
        );
        audit::record(&mut tx, &permit, &caller.email, change, self.now()).await?;
        tx.commit().await?;
        self.mail_bell.notify_one();
        Ok(())
    }

    /// An administrator unlinks what the identity provider knows somebody by, and ends what was begun by it: their next
    /// sign-in links anew, by the address. Again does nothing.
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
        let ended = sessions::store::delete_by_method(&mut tx, &permit, user, Method::Saml).await?;
        let message = Message::MethodUnlinked {
            organization: caller.organization_name.clone(),
            at: self.now().into(),
            method: Method::Saml,
        };
        self.queue_mail_to(&mut tx, &permit, (user, &person.email), message)
            .await?;
        let change = audit::Change::from_to(json!({ "method": "saml" }), json!({ "sessions_ended": ended }));
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
