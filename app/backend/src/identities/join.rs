//! Somebody whom a provider vouches for and who belongs to no account: they accept an invitation of their address, or
//! link to the account that they have by proving that they are its person.

use super::{oauth::Vouched, store};
use crate::{
    Backend, Client, Error, Result,
    caller::Permit,
    database::Tx,
    invitations::{Acceptance, Proven},
    one_line::one_line,
    secret::{Secret, Token},
    sign_in::SignedIn,
};
use domain::{
    email_address::EmailAddress,
    field::{Fault, Faults, Field},
    identities::{Method, PendingIdentity, Provider},
    ids::{InvitationId, UserId},
    person_name::MAX_NAME,
    refusal::Refusal,
};

impl Backend {
    pub(super) async fn save_pending(
        &self,
        provider: Provider,
        vouched: &Vouched,
        email: &EmailAddress,
        invitation: Option<InvitationId>,
    ) -> Result<Token> {
        let (token, now) = (self.chance.token(), self.now());
        let ends = now + self.settings.pending_identity_lifetime;
        let names = (cut_name(&vouched.first_name), cut_name(&vouched.last_name));
        store::save_pending(
            &self.pool,
            &token,
            provider,
            vouched,
            email,
            &names,
            invitation,
            (now, ends),
        )
        .await?;
        Ok(token)
    }

    /// What the page shows that joins them to an account; `None` once it is over.
    pub async fn look_at_pending(&self, token: &Token) -> Result<Option<PendingIdentity>> {
        let now = self.now();
        let Some(pending) = store::find_pending(&mut *self.pool.acquire().await?, token, now).await? else {
            return Ok(None);
        };
        let invitation = self
            .invitation_for(pending.invitation_id.map(InvitationId), &pending.email_key)
            .await?;
        Ok(Some(PendingIdentity {
            provider: pending.provider()?,
            email: pending.email,
            first_name: pending.first_name,
            last_name: pending.last_name,
            invitation,
        }))
    }

    /// Takes the link of an invitation that was pasted; it must be for the address that was vouched for.
    pub async fn paste_invitation(&self, client: &Client, token: &Token, typed: &str) -> Result<()> {
        let fault = |fault| Error::from(Faults::from((Field::Link, fault)));
        let typed = typed.trim();
        if typed.is_empty() {
            return Err(fault(Fault::Missing));
        }
        let path = typed
            .strip_prefix(&self.settings.public_url)
            .unwrap_or(typed)
            .split(['?', '#'])
            .next()
            .unwrap_or_default();
        let link = path
            .strip_prefix("/invitations/")
            .filter(|link| !link.is_empty() && !link.contains('/'))
            .ok_or_else(|| fault(Fault::NotALink))?;
        let now = self.now();
        let pending = store::find_pending(&mut *self.pool.acquire().await?, token, now)
            .await?
            .ok_or(Refusal::IdentityOver)?;
        let invited = match self.find_open_invitation(client, &Token::presented(link)).await {
            Err(Error::NotFound) => return Err(fault(Fault::NotALink)),
            Err(Error::Refused(refusal)) => return Err(fault(Fault::Refused(refusal))),
            found => found?,
        };
        if invited.email_key != pending.email_key {
            return Err(fault(Fault::Refused(Refusal::OtherAddressInvited)));
        }
        store::save_pasted(&self.pool, token, invited.invitation).await
    }

    /// Accepts the invitation of the address that was vouched for.
    pub async fn join_with_identity(
        &self,
        client: &Client,
        token: &Token,
        first_name: String,
        last_name: String,
    ) -> Result<Token> {
        let now = self.now();
        let pending = store::find_pending(&mut *self.pool.acquire().await?, token, now)
            .await?
            .ok_or(Refusal::IdentityOver)?;
        let named = pending.invitation_id.map(InvitationId);
        let typed = Acceptance {
            first_name,
            last_name,
            password: Secret::new(String::new()),
        };
        self.accept_as(client, Proven::Identity(token, named, &pending.email_key), typed)
            .await
    }

    /// Links to the account that has the address which was vouched for, once its password is given; with two-factor
    /// authentication, once the code is right.
    pub async fn link_with_password(
        &self,
        client: &Client,
        token: &Token,
        password: Secret<String>,
    ) -> Result<SignedIn> {
        let pending = store::find_pending(&mut *self.pool.acquire().await?, token, self.now())
            .await?
            .ok_or(Refusal::IdentityOver)?;
        self.sign_in_linking(client, &pending.email, password, Some(token.hash()))
            .await
    }

    /// Forgets it: whoever began it turned away. Again does nothing.
    pub async fn leave_pending(&self, token: &Token) -> Result<()> {
        store::forget_pending(&self.pool, token).await
    }

    /// Makes what a provider vouched for the way in to an account of the same address.
    pub(crate) async fn take_identity(
        &self,
        tx: &mut Tx,
        permit: &Permit,
        user: UserId,
        token: &Token,
        email: &str,
    ) -> Result<Method> {
        let pending = store::take_pending(tx, &token.hash(), self.now())
            .await?
            .ok_or(Refusal::IdentityOver)?;
        let own = EmailAddress::parse(email)
            .map_err(|_| Error::unavailable("an address in the database is none"))?;
        if own.key() != pending.email_key {
            return Err(Refusal::OtherAddressInvited.into());
        }
        let (method, vouched) = (Method::from(pending.provider()?), pending.vouched());
        let new = store::NewIdentity {
            user,
            method,
            issuer: &vouched.issuer,
            format: "",
            subject: &vouched.subject,
            email: &pending.email,
        };
        if self.save_identity(tx, permit, &new).await? {
            Ok(method)
        } else {
            Err(Refusal::IdentityOver.into())
        }
    }

    /// Links what waits under this hash to somebody who has just proved who they are, in the transaction of that.
    pub(crate) async fn link_pending(
        &self,
        tx: &mut Tx,
        permit: &Permit,
        (user, email): (UserId, &str),
        organization: &str,
        hash: [u8; 32],
    ) -> Result<()> {
        let pending = store::take_pending(tx, &hash, self.now())
            .await?
            .ok_or(Refusal::IdentityOver)?;
        let own = EmailAddress::parse(email)
            .map_err(|_| Error::unavailable("an address in the database is none"))?;
        // Its address was that of this account when it was begun, and is compared where it counts.
        if own.key() != pending.email_key {
            return Err(Refusal::IdentityOver.into());
        }
        let provider = pending.provider()?;
        let vouched = pending.vouched();
        if store::find_owner(tx, provider.key(), &vouched.issuer, &vouched.subject)
            .await?
            .is_some()
        {
            return Err(Refusal::IdentityOver.into());
        }
        let address = EmailAddress::parse(&pending.email)
            .map_err(|_| Error::unavailable("an address in the database is none"))?;
        if self
            .save_link(
                tx,
                permit,
                (user, email),
                organization,
                (provider, &vouched),
                &address,
            )
            .await?
        {
            Ok(())
        } else {
            // Another account of this provider is linked already.
            Err(Refusal::IdentityOver.into())
        }
    }
}

/// A name as a form can show it; what is too long or hidden is for its person to mend.
fn cut_name(name: &str) -> String {
    one_line(name).chars().take(MAX_NAME).collect()
}
