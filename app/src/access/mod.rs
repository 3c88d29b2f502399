//! Who may do what: groups, access policies, roles, and why somebody holds one.

pub mod chain;
pub mod explain_api;
pub mod group_dialogs;
pub mod group_page;
pub mod groups_api;
pub mod groups_page;
pub mod held_roles;
pub mod new_members_page;
pub mod policies_api;
pub mod preview;
pub mod role_page;
pub mod roles_page;
