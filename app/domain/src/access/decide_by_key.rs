//! The same decision as services ask for it: by the key of an act, and with the roles that an operator added. What the
//! console itself knows is decided by [`decide`], so that no service hears anything that the console does not do.

use super::{Action, Catalogue, Role, RoleKey, Roles, decide};
use std::collections::BTreeSet;

/// Whether an act is allowed, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyDecision {
    /// By these roles that are held; none for what everybody may do about themselves.
    Allowed { by: Vec<RoleKey> },
    /// One of these is missing.
    Denied { needs: Vec<RoleKey> },
    /// No role of the catalogue names it: a typing error, or a role that the operator took away.
    Unknown,
}

/// Judges an act by its key and the roles that somebody holds.
pub fn decide_by_key(catalogue: &Catalogue, held: &[RoleKey], key: &str) -> KeyDecision {
    let action = Action::ALL.iter().copied().find(|action| action.key() == key);
    let allow = catalogue
        .roles()
        .iter()
        .filter(|role| role.actions.iter().any(|action| action == key))
        .map(|role| role.key.clone());
    let (by, needs): (Vec<_>, Vec<_>) = allow.partition(|role| held.contains(role));
    let allowed = match action {
        Some(action) => {
            let roles: Roles = held.iter().filter_map(RoleKey::built_in).collect();
            decide(&roles, action).is_allowed()
        }
        None => !by.is_empty(),
    };
    if allowed {
        KeyDecision::Allowed { by }
    } else if action.is_none() && needs.is_empty() {
        KeyDecision::Unknown
    } else {
        KeyDecision::Denied { needs }
    }
}

/// The keys of all acts that these roles allow, sorted. What everybody may do about themselves is not among them.
pub fn allowed_keys(catalogue: &Catalogue, held: &[RoleKey]) -> BTreeSet<String> {
    let entries = catalogue.roles().iter().filter(|role| held.contains(&role.key));
    entries.flat_map(|role| role.actions.iter().cloned()).collect()
}

/// Roles as the database writes them, each once, with those that come with them.
pub fn with_included(keys: impl IntoIterator<Item = String>) -> Vec<RoleKey> {
    let mut held = BTreeSet::new();
    for key in keys {
        let key = RoleKey::new(key);
        held.extend(
            key.built_in()
                .into_iter()
                .flat_map(Role::includes)
                .map(|role| RoleKey::from(*role)),
        );
        held.insert(key);
    }
    held.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::{Audience, RoleEntry};

    fn deployer() -> RoleEntry {
        RoleEntry {
            key: RoleKey::new("custom:deployer"),
            name: "Deployer".into(),
            area: "Deployments".into(),
            description: "Rolls out releases.".into(),
            assign_when: "They ship.".into(),
            actions: vec!["custom:releases.roll_out".into()],
        }
    }

    fn keys(roles: &[&str]) -> Vec<RoleKey> {
        with_included(roles.iter().map(|role| (*role).to_owned()))
    }

    #[test]
    fn services_hear_of_every_act_what_the_console_decides() {
        let catalogue = Catalogue::default();
        for role in Role::ALL {
            let held = keys(&[role.key()]);
            let roles = Roles::from_iter([*role]);
            for action in Action::ALL {
                let told = decide_by_key(&catalogue, &held, action.key());
                let allowed = matches!(told, KeyDecision::Allowed { .. });
                assert_eq!(
                    allowed,
                    decide(&roles, *action).is_allowed(),
                    "{role:?} {action:?}"
                );
                let listed = allowed_keys(&catalogue, &held).contains(action.key());
                assert_eq!(listed, allowed && action.audience() == Audience::Granted);
            }
        }
    }

    #[test]
    fn acts_of_services_and_of_the_operators_roles_are_decided_by_the_catalogue() {
        let catalogue = Catalogue::with(vec![deployer()]).unwrap();
        let held = keys(&["custom:deployer", "cks-viewer", "custom:gone"]);
        let told = |key| decide_by_key(&catalogue, &held, key);
        let roles = |keys: &[&str]| keys.iter().map(|key| RoleKey::new(*key)).collect::<Vec<_>>();
        assert_eq!(
            told("custom:releases.roll_out"),
            KeyDecision::Allowed {
                by: roles(&["custom:deployer"])
            }
        );
        assert_eq!(
            told("clusters.view"),
            KeyDecision::Allowed {
                by: roles(&["cks-viewer"])
            }
        );
        assert_eq!(
            told("clusters.delete"),
            KeyDecision::Denied {
                needs: roles(&["cks-admin"])
            }
        );
        for unknown in ["clusters.fly", "", "custom:gone", "CLUSTERS.VIEW"] {
            assert_eq!(told(unknown), KeyDecision::Unknown, "{unknown}");
        }
        let allowed: Vec<_> = allowed_keys(&catalogue, &held).into_iter().collect();
        assert_eq!(allowed, ["clusters.view", "custom:releases.roll_out"]);
    }

    #[test]
    fn a_role_that_comes_with_another_one_counts() {
        let held = keys(&["notifications-admin"]);
        let told = decide_by_key(&Catalogue::default(), &held, "notifications.view");
        let by = ["notifications-viewer", "notifications-admin"].map(RoleKey::new);
        assert_eq!(told, KeyDecision::Allowed { by: by.to_vec() });
    }
}
