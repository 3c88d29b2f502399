//! The first sign-in by single sign-on: whoever has the address is found, an invitation is accepted, or an account is
//! made. Nothing but an invitation that is in force gives groups.

use super::{Configuration, store};
use crate::{
    Backend, Client, Result, audit,
    caller::Permit,
    database::Tx,
    identities::{Stopped, enter::Entrant, store::NewIdentity},
    invitations,
    saml::Profile,
    users,
};
use domain::{
    email_address::EmailAddress,
    identities::Method,
    ids::{IdentityId, OrganizationId, UserId},
    person_name::PersonName,
    sign_in_problem::SignInProblem,
    users::UserStatus,
};
use serde_json::json;

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
        profile: &Profile,
    ) -> Result<Entrant, Stopped> {
        let email = EmailAddress::parse(&profile.email).map_err(|_| SignInProblem::AttributeNoAddress)?;
        let rules = found.rules();
        if !rules.admits(email.as_str()) {
            return Err(SignInProblem::DomainNotAdmitted.into());
        }
        let member = store::find_member(tx, &email).await?;
        let of_elsewhere = member
            .as_ref()
            .is_some_and(|member| member.organization_id != organization.0);
        if of_elsewhere {
            return Err(Stopped::new(
                SignInProblem::NoAccount,
                "the address belongs to another organization",
            ));
        }
        let status = member.as_ref().map(|member| member.status.parse());
        let (user, address, knows_browser) = match (member, status) {
            (None, _) if !rules.creates_accounts => return Err(SignInProblem::OnlyInvited.into()),
            (None, _) => {
                let user = UserId(self.chance.id(self.now()));
                self.make_account(tx, client, (organization, user), &email, profile)
                    .await?;
                (user, email.as_str().to_owned(), true)
            }
            (Some(member), Some(Ok(UserStatus::Invited))) => {
                let user = UserId(member.id);
                let invited = self
                    .accept_by_sso(tx, client, (organization, user), &email, profile)
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
                if store::has_other_name_id(tx, member.id, issuer, format).await? {
                    return Err(SignInProblem::NameIdChanged.into());
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
            (Some(_), _) => {
                return Err(Stopped::new(
                    SignInProblem::NoAccount,
                    "the account of this address may not sign in",
                ));
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
        email: &EmailAddress,
        profile: &Profile,
    ) -> Result<(), Stopped> {
        let (first, last) = names(profile)?;
        let now = self.now();
        let permit = Permit::joining_by_sso(organization, user, email.as_str(), client);
        users::store::save_active(tx, &permit, user, email, (&first, &last), now).await?;
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
        email: &EmailAddress,
        profile: &Profile,
    ) -> Result<bool, Stopped> {
        let (first, last) = names(profile)?;
        let now = self.now();
        let permit = Permit::accepting_invitation(organization, user, email.as_str(), client);
        let groups = invitations::accept_for(tx, &permit, (user, email.key()), now).await?;
        users::store::save_activated(tx, &permit, user, (&first, &last), now).await?;
        let change = audit::Change::from_to(
            json!({ "status": "invited" }),
            json!({ "status": "active", "groups": groups.as_deref().unwrap_or_default(), "method": "saml" }),
        );
        audit::record(tx, &permit, email.as_str(), change, now).await?;
        Ok(groups.is_some())
    }
}

/// The names as an account has them; one that it can't have counts as missing.
fn names(profile: &Profile) -> Result<(PersonName, PersonName), Stopped> {
    let parsed = (
        PersonName::parse(&profile.first_name),
        PersonName::parse(&profile.last_name),
    );
    let missing = match parsed {
        (Ok(first), Ok(last)) => return Ok((first, last)),
        (Err(_), Ok(_)) => vec!["first_name"],
        (Ok(_), Err(_)) => vec!["last_name"],
        (Err(_), Err(_)) => vec!["first_name", "last_name"],
    };
    let problem = SignInProblem::Saml(domain::saml_problem::SamlProblem::MissingAttributes);
    Err(Stopped {
        missing,
        ..Stopped::new(problem, "a name that no account can have")
    })
}
