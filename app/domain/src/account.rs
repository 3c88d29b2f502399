//! What a person sees of their own account.

use crate::{
    access::{Roles, explain::PersonAccess},
    organization::OrgId,
    theme::Theme,
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
}
