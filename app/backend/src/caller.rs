//! Who asks, and the evidence that they may. A store that changes something wants a [`Permit`]; only this module
//! makes one, so an act without authorization does not compile.

mod exceptions;

use crate::{Error, Result, secret::Token};
use domain::{
    access::{Action, Audience, Decision, Roles, decide},
    ids::{
        GroupId, InvitationId, OrganizationId, PolicyId, ScimTokenId, ServiceId, SessionId, TokenId, UserId,
    },
    organization::OrgId,
    scim::ScimPart,
    theme::Theme,
};
use std::net::{IpAddr, Ipv6Addr};
use time::OffsetDateTime;
use uuid::Uuid;

/// Where a request comes from, for the audit log and the throttles.
#[derive(Clone, Debug, Default)]
pub struct Client {
    /// The network address, already freed of proxies.
    pub address: String,
    /// As sent, at most 300 characters.
    pub user_agent: String,
    pub request_id: String,
    /// What the browser is recognized by once somebody has signed in with it.
    pub browser: Option<Token>,
}

/// What one subscriber has, for whatever is limited by where it comes from: an address of IPv4, or the 64 bits of IPv6
/// that are routed to them (RFC 6177 section 2).
pub fn network_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        address @ IpAddr::V4(_) => address,
    }
}

/// The 48 bits of an address of IPv6 that one customer may have, who then has 65536 networks (RFC 6177 section 2). `None`
/// for IPv4, where nobody gets networks for nothing.
pub(crate) fn site_of(address: IpAddr) -> Option<IpAddr> {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, ..] = address.segments();
            Some(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0).into())
        }
        IpAddr::V4(_) => None,
    }
}

impl Client {
    /// The operator at the server's own command line.
    pub fn command_line() -> Self {
        Self {
            address: "command line".into(),
            user_agent: String::new(),
            request_id: String::new(),
            browser: None,
        }
    }
}

/// By what somebody asks. It must still be there when an act begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credential {
    Session(SessionId),
    /// An access token, with its name.
    Token(TokenId, String),
}

/// An active person with a session or a token, as the database knew them when the request began.
#[derive(Clone, Debug)]
pub struct Caller {
    pub user: UserId,
    pub organization: OrganizationId,
    pub org_id: OrgId,
    pub organization_name: String,
    pub email: String,
    pub first_name: String,
    pub last_name: String,
    pub theme: Theme,
    /// Whether they have an authenticator.
    pub two_factor: bool,
    /// From when their organization asks for one.
    pub two_factor_from: Option<OffsetDateTime>,
    /// Whether their organization asks for one that they don't have: they are allowed nothing but their own settings.
    pub must_enrol: bool,
    pub credential: Credential,
    /// When they last proved who they are in this session; with a token nobody ever did.
    pub proved_at: OffsetDateTime,
    pub roles: Roles,
    pub client: Client,
}

impl Caller {
    pub fn name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name)
    }

    /// The session of whoever acts in the console. What is about oneself, or wants a proof of who somebody is, is done there.
    pub fn session(&self) -> Result<SessionId> {
        match self.credential {
            Credential::Session(session) => Ok(session),
            Credential::Token(..) => Err(Error::SessionWanted),
        }
    }

    /// What the audit log calls whoever acts.
    pub(crate) fn label(&self) -> String {
        match &self.credential {
            Credential::Session(_) => self.email.clone(),
            Credential::Token(_, name) => format!("{}, by the token {name}", self.email),
        }
    }

    pub fn may(&self, action: Action) -> bool {
        !self.lacks_two_factor_for(action) && decide(&self.roles, action).is_allowed()
    }

    fn lacks_two_factor_for(&self, action: Action) -> bool {
        self.must_enrol && action.audience() == Audience::Granted
    }

    /// The evidence that the caller may do this, or what is missing.
    pub fn permit(&self, action: Action, target: Target) -> Result<Permit> {
        if action.audience() == Audience::Self_ {
            let session = self.session()?;
            if target != Target::User(self.user) && target != Target::Session(session) {
                return Err(Error::NotFound);
            }
        }
        if self.lacks_two_factor_for(action) {
            return Err(Error::TwoFactorWanted);
        }
        match decide(&self.roles, action) {
            Decision::Denied { needs } => Err(Error::Forbidden { needs }),
            Decision::Allowed => Ok(Permit {
                organization: self.organization,
                actor: Actor::user(self.user, &self.label()),
                act: action.key(),
                action: Some(action),
                target,
                client: self.client.clone(),
                credential: Some(self.credential.clone()),
            }),
        }
    }
}

/// What an act is about, for the audit log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    Organization(OrganizationId),
    User(UserId),
    Group(GroupId),
    Policy(PolicyId),
    Invitation(InvitationId),
    Session(SessionId),
    Service(ServiceId),
    ScimToken(ScimTokenId),
}

impl Target {
    pub(crate) fn kind_and_id(self) -> (&'static str, Uuid) {
        match self {
            Self::Organization(id) => ("organization", id.0),
            Self::User(id) => ("user", id.0),
            Self::Group(id) => ("group", id.0),
            Self::Policy(id) => ("policy", id.0),
            Self::Invitation(id) => ("invitation", id.0),
            Self::Session(id) => ("session", id.0),
            Self::Service(id) => ("service", id.0),
            Self::ScimToken(id) => ("scim_token", id.0),
        }
    }
}

/// Who acts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    User {
        id: UserId,
        label: String,
    },
    /// Whoever runs the installation, by the command line.
    Operator,
    /// Somebody who did not prove who they are.
    Anonymous,
    /// An identity provider, by a token of the organization's SCIM: whether that is still there, and whether what it does
    /// is taken, is judged again when the transaction begins.
    Scim {
        token: ScimTokenId,
        name: String,
        part: ScimPart,
    },
}

impl Actor {
    fn user(id: UserId, email: &str) -> Self {
        Self::User {
            id,
            label: email.to_owned(),
        }
    }
}

/// The evidence that an act is allowed, and what the audit log will say of it.
#[derive(Clone, Debug)]
pub struct Permit {
    pub(crate) organization: OrganizationId,
    pub(crate) actor: Actor,
    /// The word in the audit log.
    pub(crate) act: &'static str,
    /// Judged again when the transaction begins; `None` for the exceptions below.
    pub(crate) action: Option<Action>,
    pub(crate) target: Target,
    pub(crate) client: Client,
    /// Must still be there when the transaction begins.
    pub(crate) credential: Option<Credential>,
}

impl Permit {
    /// The session in which somebody acts, if it is one.
    pub(crate) fn session(&self) -> Option<SessionId> {
        match self.credential {
            Some(Credential::Session(session)) => Some(session),
            _ => None,
        }
    }

    /// The person who acts, if it is one.
    pub(crate) fn person(&self) -> Option<UserId> {
        match self.actor {
            Actor::User { id, .. } => Some(id),
            Actor::Operator | Actor::Anonymous | Actor::Scim { .. } => None,
        }
    }

    fn exception(
        organization: OrganizationId,
        actor: Actor,
        act: &'static str,
        target: Target,
        client: &Client,
    ) -> Self {
        Self {
            organization,
            actor,
            act,
            action: None,
            target,
            client: client.clone(),
            credential: None,
        }
    }
}
