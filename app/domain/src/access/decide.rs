//! The one evaluator: may somebody with these roles do this? Allow only, default deny.

use super::{
    action::{Action, Audience},
    role::{Role, Roles},
};

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

pub fn decide(roles: &Roles, action: Action) -> Decision {
    match action.audience() {
        Audience::Self_ => Decision::Allowed,
        Audience::Roles(any) if any.iter().any(|role| roles.holds(*role)) => Decision::Allowed,
        Audience::Roles(any) => Decision::Denied { needs: any },
    }
}
