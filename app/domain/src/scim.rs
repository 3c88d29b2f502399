//! SCIM: an identity provider keeps people and groups of the organization. What it may is said here; what its requests look
//! like is the host's affair, `server/src/scim/`.

use crate::{
    field::{Fault, single_line},
    ids::ScimTokenId,
    moment::Moment,
    users::StatusVersion,
};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// Of one organization, at most: one for each identity provider, and a second one while it is changed.
pub const MOST_SCIM_TOKENS: usize = 20;
/// Members that one request names, at most.
pub const MEMBERS_AT_ONCE: usize = 1_000;
/// People or groups in one answer, at most.
pub const MOST_AT_ONCE: usize = 200;
const LONGEST_NAME: usize = 100;
/// An external id may be anything; Entra ID's and Okta's have less than 40 characters.
const LONGEST_EXTERNAL_ID: usize = 300;

/// What a token is called: one line of 1 to 100 characters, unlike any other of the organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScimTokenName(String);

impl ScimTokenName {
    pub fn parse(text: &str) -> Result<Self, Fault> {
        single_line(text, LONGEST_NAME).map(|name| Self(name.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What the identity provider itself calls a person or a group.
pub fn external_id(text: &str) -> Result<String, Fault> {
    single_line(text, LONGEST_EXTERNAL_ID).map(str::to_owned)
}

/// What can be taken from an identity provider; each has a switch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ScimPart {
    Users,
    Groups,
}

impl ScimPart {
    pub const ALL: [Self; 2] = [Self::Users, Self::Groups];

    pub fn key(self) -> &'static str {
        match self {
            Self::Users => "users",
            Self::Groups => "groups",
        }
    }
}

impl FromStr for ScimPart {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|part| part.key() == text).ok_or(())
    }
}

/// What SCIM did to somebody last, by the version of their status that this made. Whatever somebody does at the console
/// makes another version, so that it counts and this no longer does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ScimMarks {
    pub deactivated: Option<StatusVersion>,
    pub deleted: Option<StatusVersion>,
}

impl ScimMarks {
    /// Whether the identity provider may let somebody who is deactivated in again: not whom an administrator put out, or
    /// the next push of a profile would undo it.
    pub fn may_reactivate(self, now: StatusVersion) -> bool {
        self.deactivated == Some(now)
    }

    /// Whether somebody who is deactivated is gone in the eyes of the identity provider.
    pub fn hides(self, now: StatusVersion) -> bool {
        self.deleted == Some(now)
    }
}

/// A token as people see it: never its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScimTokenLine {
    pub id: ScimTokenId,
    pub name: String,
    pub created: Moment,
    /// Who made it and has seen it.
    pub created_by: String,
    /// Whether that person is deactivated by now: then somebody who is out knows it.
    pub maker_is_out: bool,
    /// To the minute.
    pub last_used: Option<Moment>,
}

/// The page of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScimView {
    /// Whether people, and whether groups, are taken.
    pub users: bool,
    pub groups: bool,
    /// By name.
    pub tokens: Vec<ScimTokenLine>,
    pub may_change: bool,
    /// What the identity provider is told.
    pub address: String,
    /// Whose people need no invitation: the domains that single sign-on admits, while it is in use.
    pub sso_domains: Vec<String>,
    pub now: Moment,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_console_did_since_is_not_undone() {
        let [one, two] = [StatusVersion(1), StatusVersion(2)];
        let marks = ScimMarks {
            deactivated: Some(one),
            deleted: Some(one),
        };
        assert!(marks.may_reactivate(one) && marks.hides(one));
        assert!(!marks.may_reactivate(two) && !marks.hides(two));
        assert!(!ScimMarks::default().may_reactivate(one) && !ScimMarks::default().hides(one));
    }

    #[test]
    fn names_and_external_ids_are_one_line() {
        assert_eq!(ScimTokenName::parse(" Okta ").unwrap().as_str(), "Okta");
        assert_eq!(ScimTokenName::parse(""), Err(Fault::Missing));
        assert_eq!(external_id("00u1"), Ok("00u1".to_owned()));
        assert_eq!(external_id(&"x".repeat(301)), Err(Fault::TooLong { max: 300 }));
        assert!(external_id("a\nb").is_err());
    }

    #[test]
    fn each_part_is_known_by_its_key() {
        for part in ScimPart::ALL {
            assert_eq!(part.key().parse(), Ok(part));
        }
        assert_eq!("people".parse::<ScimPart>(), Err(()));
    }
}
