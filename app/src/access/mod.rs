//! Who may do what: groups, access policies, roles, and why somebody holds one.

pub mod delete_policy_dialog;
pub mod explain_api;
pub mod groups_api;
pub mod policies_api;
pub mod policies_page;
pub mod policy_conflict;
pub mod policy_editor_page;
pub mod policy_faults;
pub mod policy_rules;
pub mod preview;
pub mod rule_card;
