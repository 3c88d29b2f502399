//! **Undo**, right after somebody was deactivated or reactivated. What it would take back comes in the flash, which only
//! this server writes: from an address, anybody could offer a person to take back something else.

use super::api::{DeactivateUser, ReactivateUser};
use crate::{
    act::{Act, ActForm},
    failure::tell_failures_of,
    ui::{Button, ButtonKind, ButtonSize},
    viewer::Left,
};
use domain::{ids::UserId, users::StatusVersion};
use leptos::prelude::*;

/// What was just done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Undo {
    Deactivation {
        user: UserId,
        version: StatusVersion,
    },
    /// With the reason that went with it, empty for none.
    Reactivation {
        user: UserId,
        reason: String,
        version: StatusVersion,
    },
}

impl Undo {
    /// Under which the flash has it, where a form has the address of its server function.
    pub const KEY: &str = "undo";

    pub fn values(self) -> Vec<(String, String)> {
        let common = |kind: &str, user: UserId, version: StatusVersion| {
            vec![
                (kind.to_owned(), user.to_string()),
                ("version".to_owned(), version.0.to_string()),
            ]
        };
        match self {
            Self::Deactivation { user, version } => common("deactivated", user, version),
            Self::Reactivation {
                user,
                reason,
                version,
            } => {
                let mut values = common("reactivated", user, version);
                values.push(("reason".into(), reason));
                values
            }
        }
    }

    pub fn of(left: &Left) -> Option<Self> {
        let value = |name: &str| {
            left.values
                .iter()
                .find(|(n, _)| n == name)
                .map(|(_, value)| value)
        };
        let user = |name| value(name).and_then(|id| id.parse().ok());
        if left.action != Self::KEY {
            return None;
        }
        let version = StatusVersion(value("version")?.parse().ok()?);
        Some(match user("deactivated") {
            Some(user) => Self::Deactivation { user, version },
            None => Self::Reactivation {
                user: user("reactivated")?,
                reason: value("reason").cloned().unwrap_or_default(),
                version,
            },
        })
    }
}

/// The button of the toast, which works without scripts too.
pub fn undo_form(undo: Undo) -> AnyView {
    match undo {
        Undo::Deactivation { user, version } => {
            let action = Act::of::<ReactivateUser>();
            tell_failures_of(action);
            view! {
                <ActForm act=action>
                    <input type="hidden" name="user" value=user.to_string() />
                    <input type="hidden" name="undoes" value=version.0 />
                    <Button kind=ButtonKind::Quiet size=ButtonSize::Small pending=action.pending()>
                        "Undo"
                    </Button>
                </ActForm>
            }
            .into_any()
        }
        Undo::Reactivation {
            user,
            reason,
            version,
        } => {
            let action = Act::of::<DeactivateUser>();
            tell_failures_of(action);
            view! {
                <ActForm act=action>
                    <input type="hidden" name="user" value=user.to_string() />
                    <input type="hidden" name="undoes" value=version.0 />
                    <input type="hidden" name="reason" value=reason />
                    <Button kind=ButtonKind::Quiet size=ButtonSize::Small pending=action.pending()>
                        "Undo"
                    </Button>
                </ActForm>
            }
            .into_any()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_undone_travels_in_the_flash_and_back() {
        let user = "0190a6f2-0000-7000-8000-000000000007".parse().unwrap();
        let reason = "Left the company".to_owned();
        let version = StatusVersion(3);
        let reactivation = Undo::Reactivation {
            user,
            reason,
            version,
        };
        for undo in [Undo::Deactivation { user, version }, reactivation] {
            let left = |action: &str| Left {
                action: action.into(),
                error: None,
                values: undo.clone().values(),
            };
            assert_eq!(Undo::of(&left(Undo::KEY)), Some(undo.clone()));
            assert_eq!(Undo::of(&left("/api/users/deactivate")), None);
        }
    }
}
