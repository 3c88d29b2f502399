//! The first sign-in by single sign-on: whoever has the address is found, an invitation is accepted, or an account is
//! made. Nothing but an invitation that is in force gives groups.

use super::{Configuration, store};
use crate::{
    Backend, Client, Error, Result, audit,
    caller::Permit,
    database::Tx,
    identities::{Stopped, enter::Entrant, store::NewIdentity},
    invitations,
    saml::{Asserted, NoProfile, Profile, SamlError},
    throttle, users,
};
use domain::{
    identities::Method,
    ids::{IdentityId, OrganizationId, UserId},
    saml_problem::SamlProblem,
    sign_in_problem::SignInProblem,
    users::UserStatus,
};
use serde_json::json;
use std::slice;

/// Why nobody joined, and with it what is written all the same.
pub(super) enum NotJoined {
    Stopped(Stopped),
    /// The address is that of a member, who is refused.
    Member(UserId, String, SignInProblem),
    /// The address belongs to another organization, which is told only so often.
    Elsewhere,
}

impl<E: Into<Stopped>> From<E> for NotJoined {
    fn from(error: E) -> Self {
        Self::Stopped(error.into())
    }
}

impl Backend {
    /// Links an identity to the account of its address, within the transaction of the sign-in. The organization is held
    /// alone.
    pub(super) async fn join_by_sso(
        &self,
        tx: &mut Tx,
        client: &Client,
        organization: OrganizationId,
        found: &Configuration,
        (issuer, format, name_id): (&str, &str, &str),
        asserted: &Asserted,
    ) -> Result<Entrant, NotJoined> {
        let profile = Profile::of(asserted).map_err(stopped_by)?;
        let email = &profile.email;
        let rules = found.rules();
        if !rules.admits(email.as_str()) {
            return Err(SignInProblem::Saml(SamlProblem::DomainNotAdmitted).into());
        }
        let member = users::store::find_by_email(tx, email).await?;
        let status = member.as_ref().map(|member| member.status.parse());
        let (user, address, knows_browser) = match (member, status) {
            // Where nobody new gets in, free and taken are one answer.
            (None, _) if !rules.creates_accounts => return Err(SignInProblem::OnlyInvited.into()),
            (Some(member), _) if member.organization != organization.0 => {
                return Err(if rules.creates_accounts {
                    NotJoined::Elsewhere
                } else {
                    SignInProblem::OnlyInvited.into()
                });
            }
            (None, _) => {
                let user = UserId(self.chance.id(self.now()));
                self.make_account(tx, client, (organization, user), &profile)
                    .await?;
                (user, email.as_str().to_owned(), true)
            }
            (Some(member), Some(Ok(UserStatus::Invited))) => {
                let user = UserId(member.id);
                let invited = self
                    .accept_by_sso(tx, client, (organization, user), &profile)
                    .await?;
                // One that is void is none. What was written is not committed.
                if !invited && !rules.creates_accounts {
                    return Err(SignInProblem::OnlyInvited.into());
                }
                (user, member.email, true)
            }
            (Some(member), Some(Ok(UserStatus::Active))) => {
                let user = UserId(member.id);
                // An address that was given to somebody else must not take the account along.
                if store::has_other_name_id(tx, member.id, issuer).await? {
                    return Err(NotJoined::Member(
                        user,
                        member.email,
                        SignInProblem::NameIdChanged,
                    ));
                }
                let permit = Permit::sign_in(organization, user, &member.email, client);
                self.tell_of_link(
                    tx,
                    &permit,
                    (user, &member.email),
                    &found.row.organization,
                    Method::Saml,
                )
                .await?;
                let change = audit::Change::made(json!({ "method": "saml", "email": email.as_str() }));
                audit::record(tx, &permit.of_link(), &member.email, change, self.now()).await?;
                (user, member.email, false)
            }
            (Some(member), _) => {
                let user = UserId(member.id);
                return Err(NotJoined::Member(user, member.email, SignInProblem::NoAccount));
            }
        };
        let permit = Permit::sign_in(organization, user, &address, client);
        let id = IdentityId(self.chance.id(self.now()));
        let new = NewIdentity {
            user,
            method: Method::Saml,
            issuer,
            format,
            subject: name_id,
            email: email.as_str(),
        };
        self.save_identity_as(tx, &permit, id, &new).await?;
        Ok(Entrant {
            identity: id,
            user,
            organization,
            organization_name: found.row.organization.clone(),
            email: address,
            may: true,
            knows_browser,
        })
    }

    /// An account without any right.
    async fn make_account(
        &self,
        tx: &mut Tx,
        client: &Client,
        (organization, user): (OrganizationId, UserId),
        profile: &Profile,
    ) -> Result<(), NotJoined> {
        let (email, now) = (&profile.email, self.now());
        // With nothing left, an address that is free is no other answer than one that is taken elsewhere.
        let taken = throttle::taken_address(&self.settings.throttles, organization);
        throttle::take(tx, slice::from_ref(&taken), now).await?;
        let permit = Permit::joining_by_sso(organization, user, email.as_str(), client);
        let names = (&profile.first_name, &profile.last_name);
        if !users::store::save_active(tx, &permit, user, email, names, now).await? {
            // In this very moment.
            return Err(NotJoined::Elsewhere);
        }
        throttle::give_back(tx, &taken, now).await?;
        let change = audit::Change::made(json!({ "status": "active", "method": "saml" }));
        audit::record(tx, &permit, email.as_str(), change, now).await?;
        Ok(())
    }

    /// Whether the invitation was in force; otherwise it gives nothing.
    async fn accept_by_sso(
        &self,
        tx: &mut Tx,
        client: &Client,
        (organization, user): (OrganizationId, UserId),
        profile: &Profile,
    ) -> Result<bool> {
        let (email, now) = (&profile.email, self.now());
        let permit = Permit::accepting_invitation(organization, user, email.as_str(), client);
        let groups = invitations::accept_for(tx, &permit, (user, email.key()), now).await?;
        let names = (&profile.first_name, &profile.last_name);
        users::store::save_activated(tx, &permit, user, names, now).await?;
        let change = audit::Change::from_to(
            json!({ "status": "invited" }),
            json!({ "status": "active", "groups": groups.as_deref().unwrap_or_default(), "method": "saml" }),
        );
        audit::record(tx, &permit, email.as_str(), change, now).await?;
        Ok(groups.is_some())
    }

    /// Writes what is written although nobody joined.
    pub(super) async fn settle(
        &self,
        client: &Client,
        organization: OrganizationId,
        not_joined: NotJoined,
    ) -> Result<Stopped> {
        match not_joined {
            NotJoined::Stopped(stopped) => Ok(stopped),
            NotJoined::Member(user, email, problem) => {
                self.record_refusal(client, (organization, user), &email).await?;
                Ok(Stopped::new(problem, "the account of this address is refused"))
            }
            NotJoined::Elsewhere => {
                let mut tx = Tx::begin(&self.pool).await?;
                let taken = throttle::taken_address(&self.settings.throttles, organization);
                match throttle::take(&mut tx, &[taken], self.now()).await {
                    Ok(()) => {}
                    Err(error @ Error::TooManyAttempts { .. }) => return Ok(error.into()),
                    Err(error) => return Err(error),
                }
                tx.commit().await?;
                let detail = "the address belongs to another organization";
                Ok(Stopped::new(SignInProblem::NoAccount, detail))
            }
        }
    }
}

/// What is missing is named.
fn stopped_by(fault: NoProfile) -> Stopped {
    let missing = match &fault {
        NoProfile::Missing(missing) => missing.clone(),
        NoProfile::NotAnAddress => Vec::new(),
    };
    Stopped {
        missing,
        ..SamlError::from(fault).into()
    }
}
