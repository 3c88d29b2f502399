//! Who may do what: groups, access policies, roles, and why somebody holds one.

pub mod explain_api;
pub mod groups_api;
pub mod policies_api;
pub mod preview;
