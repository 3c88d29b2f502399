//! The acts that no role allows, each for one path: of whoever holds a link, of the operator, and of nobody at all.

use super::{Actor, Client, Credential, Permit, Target};
use crate::scim::Connection;
use domain::{
    access::Action,
    ids::{OrganizationId, SessionId, UserId},
    scim::ScimPart,
};

impl Permit {
    /// Exception: whoever holds the one-time set-up link makes the first organization and becomes its administrator.
    pub(crate) fn setup(organization: OrganizationId, user: UserId, email: &str, client: &Client) -> Self {
        Self::exception(
            organization,
            Actor::user(user, email),
            "organization.set_up",
            Target::Organization(organization),
            client,
        )
    }

    /// Exception: the operator makes, closes or reopens an organization.
    pub(crate) fn operator(organization: OrganizationId, act: &'static str, client: &Client) -> Self {
        let target = Target::Organization(organization);
        Self::exception(organization, Actor::Operator, act, target, client)
    }

    /// Exception: whoever holds the link of an invitation accepts it.
    pub(crate) fn accepting_invitation(
        organization: OrganizationId,
        user: UserId,
        email: &str,
        client: &Client,
    ) -> Self {
        Self::exception(
            organization,
            Actor::user(user, email),
            "invitations.accept",
            Target::User(user),
            client,
        )
    }

    /// The same evidence for the link that comes with another act, which the log records apart.
    pub(crate) fn of_link(&self) -> Self {
        Self {
            act: Action::LinkIdentity.key(),
            ..self.clone()
        }
    }

    /// Exception: whoever an identity provider of the organization vouches for gets an account in it.
    pub(crate) fn joining_by_sso(
        organization: OrganizationId,
        user: UserId,
        email: &str,
        client: &Client,
    ) -> Self {
        Self::exception(
            organization,
            Actor::user(user, email),
            "sso.join",
            Target::User(user),
            client,
        )
    }

    /// Exception: somebody who proved to be this person gets a session.
    pub(crate) fn sign_in(organization: OrganizationId, user: UserId, email: &str, client: &Client) -> Self {
        Self::exception(
            organization,
            Actor::user(user, email),
            "sessions.sign_in",
            Target::User(user),
            client,
        )
    }

    /// Exception: a browser that had a session comes back with another. Permits nothing but to end the first.
    pub(crate) fn replacing_session(
        organization: OrganizationId,
        (user, session): (UserId, SessionId),
        email: &str,
        client: &Client,
    ) -> Self {
        Self::exception(
            organization,
            Actor::user(user, email),
            Action::SignOut.key(),
            Target::Session(session),
            client,
        )
    }

    /// Exception: the operator lets an administrator in again.
    pub(crate) fn recovering(organization: OrganizationId, user: UserId, client: &Client) -> Self {
        Self::exception(
            organization,
            Actor::Operator,
            "users.recover",
            Target::User(user),
            client,
        )
    }

    /// Exception: whoever holds the link chooses a new password.
    pub(crate) fn resetting_password(
        organization: OrganizationId,
        user: UserId,
        email: &str,
        client: &Client,
    ) -> Self {
        Self::exception(
            organization,
            Actor::user(user, email),
            "users.reset_password",
            Target::User(user),
            client,
        )
    }

    /// Exception: somebody says that a person has forgotten their password. Permits nothing but to mail that person a link.
    pub(crate) fn asking_for_reset(organization: OrganizationId, user: UserId, client: &Client) -> Self {
        Self::exception(
            organization,
            Actor::Anonymous,
            "users.ask_reset",
            Target::User(user),
            client,
        )
    }

    /// Exception: a reminder is due. Permits nothing but to mail it.
    pub(crate) fn reminding(organization: OrganizationId) -> Self {
        Self::exception(
            organization,
            Actor::Operator,
            "two_factor.remind",
            Target::Organization(organization),
            &Client::default(),
        )
    }

    /// Exception: an invitation ends soon. Permits nothing but to mail whom it is for.
    pub(crate) fn reminding_invitee(organization: OrganizationId, user: UserId) -> Self {
        Self::exception(
            organization,
            Actor::Operator,
            "invitations.remind",
            Target::User(user),
            &Client::default(),
        )
    }

    /// Exception: invitations have ended. Permits nothing but to mail whoever sent them.
    pub(crate) fn telling_inviter(organization: OrganizationId, inviter: UserId) -> Self {
        Self::exception(
            organization,
            Actor::Operator,
            "invitations.tell_inviter",
            Target::User(inviter),
            &Client::default(),
        )
    }

    /// The same evidence for the yes to a list of invitations, which the log records apart from each of them.
    pub(crate) fn of_list(self) -> Self {
        Self {
            act: "invitations.start_many",
            ..self
        }
    }

    /// One of a list is invited, in the name of whoever said yes to it: they need not be signed in any more. Whether they
    /// may is judged when the transaction begins.
    pub(crate) fn inviting_of_list(
        organization: OrganizationId,
        (by, label): (UserId, &str),
        user: UserId,
    ) -> Self {
        Self {
            action: Some(Action::InviteUser),
            ..Self::exception(
                organization,
                Actor::user(by, label),
                Action::InviteUser.key(),
                Target::User(user),
                &Client::default(),
            )
        }
    }

    /// Exception: nothing of a list is left to be sent, or whoever said yes to it may not invite any more. Permits nothing
    /// but to say so.
    pub(crate) fn finishing_list(organization: OrganizationId, (by, label): (UserId, &str)) -> Self {
        Self::exception(
            organization,
            Actor::user(by, label),
            "invitations.finish_many",
            Target::Organization(organization),
            &Client::default(),
        )
    }

    /// An administrator comes back from a test of single sign-on that they began in this session: from another site, so that
    /// the session does not come along. Whether they may is judged when the transaction begins.
    pub(crate) fn testing_sso(
        organization: OrganizationId,
        (user, session): (UserId, SessionId),
        email: &str,
        client: &Client,
    ) -> Self {
        Self {
            action: Some(Action::TestSso),
            credential: Some(Credential::Session(session)),
            ..Self::exception(
                organization,
                Actor::user(user, email),
                Action::TestSso.key(),
                Target::Organization(organization),
                client,
            )
        }
    }

    /// Exception: a certificate of an identity provider ends soon. Permits nothing but to mail it.
    pub(crate) fn telling_of_certificate(organization: OrganizationId) -> Self {
        Self::exception(
            organization,
            Actor::Operator,
            "sso.remind",
            Target::Organization(organization),
            &Client::default(),
        )
    }

    /// Exception: whoever holds the link of a mail about a sign-in says that it was not theirs.
    pub(crate) fn reporting_sign_in(
        organization: OrganizationId,
        user: UserId,
        email: &str,
        client: &Client,
    ) -> Self {
        Self::exception(
            organization,
            Actor::user(user, email),
            "sessions.report",
            Target::User(user),
            client,
        )
    }

    /// Exception: whoever holds a link that ran out asks for a fresh one, which goes to the invited address.
    pub(crate) fn asking_for_link(organization: OrganizationId, user: UserId, client: &Client) -> Self {
        Self::exception(
            organization,
            Actor::Anonymous,
            "invitations.ask_again",
            Target::User(user),
            client,
        )
    }

    /// Exception: an attempt to sign in failed. Permits nothing but to record it.
    pub(crate) fn failed_sign_in(organization: OrganizationId, user: UserId, client: &Client) -> Self {
        Self::exception(
            organization,
            Actor::Anonymous,
            "sessions.sign_in",
            Target::User(user),
            client,
        )
    }

    /// Exception: an identity provider of the organization does what its administrators could do.
    pub(crate) fn by_scim(connection: &Connection, action: Action, target: Target) -> Self {
        Self::of_scim(connection, action.key(), target)
    }

    /// Exception: it adds somebody who comes in by single sign-on.
    pub(crate) fn scim_adding(connection: &Connection, user: UserId) -> Self {
        Self::of_scim(connection, "scim.add_person", Target::User(user))
    }

    /// Exception: it changes what somebody is called.
    pub(crate) fn scim_editing(connection: &Connection, user: UserId) -> Self {
        Self::of_scim(connection, "scim.edit_person", Target::User(user))
    }

    fn of_scim(connection: &Connection, act: &'static str, target: Target) -> Self {
        let part = match target {
            Target::Group(_) => ScimPart::Groups,
            _ => ScimPart::Users,
        };
        let actor = Actor::Scim {
            token: connection.token,
            name: connection.name.clone(),
            part,
        };
        Self::exception(connection.organization, actor, act, target, &connection.client)
    }
}
