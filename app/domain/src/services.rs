//! Services outside the console that ask it who a token belongs to and what a person may do, each with a credential of its
//! own. A service belongs to its organization, not to whoever made it, and may do nothing but ask.

use crate::{
    field::{Fault, single_line},
    ids::ServiceId,
    moment::Moment,
};
use serde::{Deserialize, Serialize};

/// Of one organization, at most.
pub const MOST_SERVICES: usize = 100;
const LONGEST_NAME: usize = 100;

/// What a service is called: one line of 1 to 100 characters, unlike any other of the organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceName(String);

impl ServiceName {
    pub fn parse(text: &str) -> Result<Self, Fault> {
        single_line(text, LONGEST_NAME).map(|name| Self(name.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A service as people see it: never its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceLine {
    pub id: ServiceId,
    pub name: String,
    pub created: Moment,
    /// Who made it and has seen its secret.
    pub created_by: String,
    /// Whether that person is deactivated by now: then somebody who is out knows the secret.
    pub maker_is_out: bool,
    /// To the minute.
    pub last_used: Option<Moment>,
}

/// All services of an organization, by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Services {
    pub services: Vec<ServiceLine>,
    pub may_change: bool,
    /// The address that services ask, without a slash at the end.
    pub address: String,
    pub now: Moment,
}
