//! The role × action matrix is a file that people review, and so is what built-in groups give. A new action, role or
//! group fails here until its row is.

use super::{Action, Audience, BuiltInGroup, Role, Roles, decide};

const REVIEWED: &str = include_str!("matrix.txt");

fn matrix() -> String {
    let mut lines = vec![
        "# Which role allows which action. Written by `domain`, reviewed by people: change it together with role.rs and action.rs.".to_owned(),
    ];
    for action in Action::ALL {
        let allowed: Vec<_> = Role::ALL
            .iter()
            .filter(|role| decide(&Roles::from_iter([**role]), *action).is_allowed())
            .map(|role| role.name())
            .collect();
        let nobody = decide(&Roles::default(), *action).is_allowed();
        let who = if nobody {
            "everybody, about themselves".to_owned()
        } else {
            allowed.join(", ")
        };
        lines.push(format!("{:<26}{who}", action.key()));
    }
    lines.push("# The same of acts of services outside, which ask the console.".to_owned());
    for key in keys_of_services() {
        let allowed: Vec<_> = Role::ALL
            .iter()
            .filter(|role| role.allows(key))
            .map(|role| role.name())
            .collect();
        lines.push(format!("{key:<26}{}", allowed.join(", ")));
    }
    lines.push("# The roles that each built-in group gives, by the default policy that is named.".to_owned());
    for group in BuiltInGroup::ALL {
        let given: Vec<_> = group.roles().iter().map(|role| role.name()).collect();
        let (name, policy) = (group.name(), group.policy_name());
        lines.push(format!("{name:<26}{} ({policy})", given.join(", ")));
    }
    lines.join("\n") + "\n"
}

/// In the order of the catalogue.
fn keys_of_services() -> Vec<&'static str> {
    let own = |key: &str| Action::ALL.iter().any(|action| action.key() == key);
    let mut keys: Vec<_> = Role::ALL
        .iter()
        .flat_map(|role| role.actions())
        .copied()
        .filter(|key| !own(key))
        .collect();
    let mut seen = std::collections::HashSet::new();
    keys.retain(|key| seen.insert(*key));
    keys
}

#[test]
fn the_matrix_is_the_reviewed_one() {
    assert!(
        matrix() == REVIEWED,
        "app/domain/src/access/matrix.txt should read:\n{}",
        matrix()
    );
}

#[test]
fn every_action_has_its_own_key() {
    let keys: std::collections::HashSet<_> = Action::ALL.iter().map(|a| a.key()).collect();
    assert_eq!(keys.len(), Action::ALL.len());
}

#[test]
fn the_catalogue_names_every_act_that_wants_a_role_and_no_other_of_the_console() {
    for action in Action::ALL {
        let granted = action.audience() == Audience::Granted;
        assert_eq!(granted, !action.allowed_by().is_empty(), "{}", action.key());
    }
}
