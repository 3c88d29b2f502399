//! The one evaluator: may somebody with these roles do this? Allow only, default deny.

use super::{
    action::{Action, Audience},
    role::{Role, Roles},
};

/// Whether an act is allowed, and what is missing if it is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    Allowed,
    /// One of these roles is missing.
    Denied {
        needs: Vec<Role>,
    },
}

impl Decision {
    pub fn is_allowed(&self) -> bool {
        *self == Self::Allowed
    }
}

/// Judges an act by the roles that somebody holds. Knows no target: whose it is is the use case's question.
pub fn decide(roles: &Roles, action: Action) -> Decision {
    let allowed = match action.audience() {
        Audience::Self_ => true,
        Audience::Granted => roles.iter().any(|role| role.allows(action.key())),
    };
    if allowed {
        Decision::Allowed
    } else {
        let needs = action.allowed_by();
        Decision::Denied { needs }
    }
}
