//! The one evaluator: may somebody with these roles do this? Allow only, default deny.

use super::{
    action::{Action, Audience},
    role::{Role, Roles},
};

/// Whether an act is allowed, and what is missing if it is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    Allowed,
    /// One of these roles is missing.
    Denied {
        needs: &'static [Role],
    },
}

impl Decision {
    pub fn is_allowed(self) -> bool {
        self == Self::Allowed
    }
}

/// Judges an act by the roles that somebody holds. Knows no target: whose it is is the use case's question.
pub fn decide(roles: &Roles, action: Action) -> Decision {
    match action.audience() {
        Audience::Self_ => Decision::Allowed,
        Audience::Roles(any) if any.iter().any(|role| roles.holds(*role)) => Decision::Allowed,
        Audience::Roles(any) => Decision::Denied { needs: any },
    }
}
