//! Who may do what: roles, the actions they allow, the built-in groups that give them, and the one decision.

pub mod action;
pub mod catalogue;
pub mod decide;
pub mod decide_by_key;
pub mod difference;
pub mod explain;
pub mod grant;
pub mod group;
pub mod policy;
pub mod role;

pub use action::{Action, Audience};
pub use catalogue::{Catalogue, RoleEntry, RoleKey};
pub use decide::{Decision, decide};
pub use decide_by_key::{KeyDecision, allowed_keys, decide_by_key, with_included};
pub use difference::{Difference, Held, Preview};
pub use grant::{Grant, Named};
pub use group::BuiltInGroup;
pub use role::{Role, Roles};

#[cfg(test)]
mod matrix_tests;
#[cfg(test)]
mod policy_tests;
