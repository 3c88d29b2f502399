//! Identifiers: opaque UUIDs, one type for each kind of thing, so that they can't be mixed up.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::Uuid;

macro_rules! id {
    ($(#[doc = $doc:literal] $name:ident),+ $(,)?) => {$(
        #[doc = $doc]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )+};
}

id! {
    /// An organization; not the Org ID that people see, see [`crate::organization::OrgId`].
    OrganizationId,
    /// A person, invited or active.
    UserId,
    /// A group of an organization.
    GroupId,
    /// An invitation, also a cancelled or accepted one.
    InvitationId,
    /// A session; not the secret in the cookie.
    SessionId,
    /// A mail in the outbox.
    MailId,
    /// An access policy.
    PolicyId,
    /// A policy that somebody has begun to write.
    DraftId,
    /// What a provider knows a person by, linked to their account.
    IdentityId,
    /// A test of single sign-on by an administrator.
    SsoTestId,
    /// Something that makes one-time codes for a person.
    AuthenticatorId,
    /// An access token; not its secret.
    TokenId,
    /// A service outside that asks the console; not the secret of its credential.
    ServiceId,
    /// A token of an identity provider's SCIM; not its secret.
    ScimTokenId,
    /// Work that is done in the background, as a list of invitations.
    JobId,
}

impl UserId {
    /// One of the four hues of an avatar: always the same for a person, and spread evenly.
    pub fn hue(self) -> u8 {
        self.0.as_bytes()[15] % 4
    }
}
