//! Who may do what: groups, access policies, roles, and why somebody holds one.

pub mod chain;
pub mod consequences;
pub mod delete_policy_dialog;
pub mod explain_api;
pub mod group_dialogs;
pub mod group_page;
pub mod groups_api;
pub mod groups_page;
pub mod held_roles;
pub mod new_members_page;
pub mod policies_api;
pub mod policies_page;
pub mod policy_conflict;
pub mod policy_editor_page;
pub mod policy_faults;
pub mod policy_rules;
pub mod preview;
pub mod role_page;
pub mod roles_page;
pub mod rule_card;
