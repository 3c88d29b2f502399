//! What a person sees of their own account.

use crate::{
    access::{Roles, explain::PersonAccess},
    identities::OwnMethods,
    moment::Moment,
    organization::OrgId,
    password::PasswordLength,
    sessions::SessionLine,
    theme::Theme,
    two_factor::OwnTwoFactor,
};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnSettings {
    pub name: String,
    pub email: String,
    pub organization: String,
    pub org_id: OrgId,
    /// What decides about every request.
    pub roles: Roles,
    /// Why.
    pub access: PersonAccess,
    pub theme: Theme,
    pub first_name: String,
    pub last_name: String,
    /// Otherwise a mailed link sets the first one.
    pub has_password: bool,
    pub password_length: PasswordLength,
    /// The one last seen first.
    pub sessions: Vec<SessionLine>,
    pub two_factor: OwnTwoFactor,
    pub methods: OwnMethods,
    pub now: Moment,
}
