//! Who may do what: roles, the actions they allow, the built-in groups that give them, and the one decision.

pub mod action;
pub mod decide;
pub mod group;
pub mod role;

pub use action::{Action, Audience};
pub use decide::{Decision, decide};
pub use group::BuiltInGroup;
pub use role::{Role, Roles};

#[cfg(test)]
mod matrix_tests;
