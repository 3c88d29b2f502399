//! The catalogue as an installation has it: the roles of `role.rs`, and those that its operator added for services of
//! their own. An operator's role allows only acts of its own name space, so it never opens anything of the console.

use super::role::Role;
use crate::field::{Fault, single_line};
use serde::{Deserialize, Serialize};
use std::{collections::HashSet, fmt};
use unicode_normalization::UnicodeNormalization;

/// What the keys of an operator's roles and actions begin with.
pub const CUSTOM: &str = "custom:";
/// The text of an operator's role that may be left out.
const WHEN: &str = "sentence of when to assign it";
/// Characters of each text of an operator's role, at most.
const LONGEST_TEXT: usize = 300;

/// The key of a role as policies store it: one of `role.rs`, or one of the operator's.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RoleKey(String);

impl RoleKey {
    pub fn new(key: impl Into<String>) -> Self {
        Self(key.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The role that the console itself knows by this key.
    pub fn built_in(&self) -> Option<Role> {
        self.0.parse().ok()
    }
}

impl From<Role> for RoleKey {
    fn from(role: Role) -> Self {
        Self(role.key().to_owned())
    }
}

impl fmt::Display for RoleKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A role as people read about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleEntry {
    pub key: RoleKey,
    pub name: String,
    /// The part of the platform it is about.
    pub area: String,
    pub description: String,
    pub assign_when: String,
    /// The keys of what it allows, those of roles that come with it included.
    pub actions: Vec<String>,
}

impl From<Role> for RoleEntry {
    fn from(role: Role) -> Self {
        let with = std::iter::once(role).chain(role.includes().iter().copied());
        Self {
            key: role.into(),
            name: role.name().into(),
            area: role.area().into(),
            description: role.description().into(),
            assign_when: role.assign_when().into(),
            actions: with
                .flat_map(Role::actions)
                .map(|&action| action.into())
                .collect(),
        }
    }
}

/// Why an operator's role is refused, for the operator: which one, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CatalogueFault {
    #[error("the key `{0}` must be `custom:` and then lower-case letters, digits, `.`, `_` or `-`")]
    Key(String),
    #[error("the key `{0}` is there twice. Give each role its own")]
    KeyTwice(String),
    #[error("the role `{0}` has the name of another one. People could not tell them apart: give it its own")]
    NameTwice(String),
    #[error("the role `{0}` has no {1}")]
    Empty(String, &'static str),
    #[error("the role `{0}` has an invisible character in its {1}, or is too long there. Write it anew")]
    Unreadable(String, &'static str),
    #[error(
        "the role `{role}` may not allow `{action}`: actions of your own are `custom:` and then lower-case letters, digits, `.`, `_` or `-`"
    )]
    Action { role: String, action: String },
}

/// All roles of an installation, in the order people see them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Catalogue(Vec<RoleEntry>);

impl Default for Catalogue {
    fn default() -> Self {
        Self(Role::ALL.iter().map(|role| RoleEntry::from(*role)).collect())
    }
}

impl Catalogue {
    /// With the roles of the operator.
    ///
    /// # Errors
    /// A role that collides with another one, says nothing, or would reach into what the console itself allows.
    pub fn with(custom: Vec<RoleEntry>) -> Result<Self, CatalogueFault> {
        let mut all = Self::default().0;
        let mut keys: HashSet<String> = all.iter().map(|role| role.key.0.clone()).collect();
        let mut names: HashSet<String> = all.iter().map(|role| read_alike(&role.name)).collect();
        for role in custom {
            let key = role.key.0.clone();
            if !is_custom(&key) {
                return Err(CatalogueFault::Key(key));
            }
            for (text, what) in [
                (&role.name, "name"),
                (&role.area, "area"),
                (&role.description, "description"),
                (&role.assign_when, WHEN),
            ] {
                match single_line(text, LONGEST_TEXT) {
                    Ok(_) => {}
                    Err(Fault::Missing) if what == WHEN => {}
                    Err(Fault::Missing) => return Err(CatalogueFault::Empty(key, what)),
                    Err(_) => return Err(CatalogueFault::Unreadable(key, what)),
                }
            }
            if !keys.insert(key.clone()) {
                return Err(CatalogueFault::KeyTwice(key));
            }
            if !names.insert(read_alike(&role.name)) {
                return Err(CatalogueFault::NameTwice(key));
            }
            if let Some(action) = role.actions.iter().find(|action| !is_custom(action)) {
                let action = action.clone();
                return Err(CatalogueFault::Action { role: key, action });
            }
            all.push(role);
        }
        Ok(Self(all))
    }

    pub fn roles(&self) -> &[RoleEntry] {
        &self.0
    }

    pub fn find(&self, key: &RoleKey) -> Option<&RoleEntry> {
        self.0.iter().find(|role| role.key == *key)
    }

    /// As people read it; the key of a role that the operator has taken away.
    pub fn name<'a>(&'a self, key: &'a RoleKey) -> &'a str {
        self.find(key).map_or(key.as_str(), |role| &role.name)
    }
}

/// The same for names that people read as one: by letters of compatibility, by case, by the width of spaces.
fn read_alike(name: &str) -> String {
    let name: String = name.nfkc().collect::<String>().to_lowercase();
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_custom(key: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_' | '-');
    key.len() <= 100
        && key
            .strip_prefix(CUSTOM)
            .is_some_and(|rest| !rest.is_empty() && rest.chars().all(plain))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Action;

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

    #[test]
    fn an_operator_adds_roles_of_their_own_services() {
        let catalogue = Catalogue::with(vec![deployer()]).unwrap();
        assert_eq!(catalogue.roles().len(), Role::ALL.len() + 1);
        assert_eq!(catalogue.name(&RoleKey::new("custom:deployer")), "Deployer");
        assert_eq!(catalogue.name(&RoleKey::new("custom:gone")), "custom:gone");
    }

    #[test]
    fn an_own_role_never_collides_with_another_one() {
        let twice = Catalogue::with(vec![deployer(), deployer()]);
        assert_eq!(twice, Err(CatalogueFault::KeyTwice("custom:deployer".into())));
        for name in [" iam admin", "IAM\u{a0}Admin", "IAM  Admin", "ＩＡＭ Admin"] {
            let role = RoleEntry {
                name: name.into(),
                ..deployer()
            };
            assert_eq!(
                Catalogue::with(vec![role]),
                Err(CatalogueFault::NameTwice("custom:deployer".into()))
            );
        }
        for name in ["IAM Admin\u{200b}", "z\0"] {
            let role = RoleEntry {
                name: name.into(),
                ..deployer()
            };
            assert_eq!(
                Catalogue::with(vec![role]),
                Err(CatalogueFault::Unreadable("custom:deployer".into(), "name"))
            );
        }
        for assign_when in [
            "They\u{200b}ship.".to_owned(),
            "a\nb".into(),
            "x".repeat(LONGEST_TEXT + 1),
        ] {
            let role = RoleEntry {
                assign_when,
                ..deployer()
            };
            let fault = CatalogueFault::Unreadable("custom:deployer".into(), WHEN);
            assert_eq!(Catalogue::with(vec![role]), Err(fault));
        }
        let silent = RoleEntry {
            assign_when: String::new(),
            ..deployer()
        };
        assert!(Catalogue::with(vec![silent]).is_ok());
        for key in ["iam-admin", "custom:", "custom:Ä", "deployer", "custom:a b"] {
            let role = RoleEntry {
                key: RoleKey::new(key),
                ..deployer()
            };
            assert_eq!(Catalogue::with(vec![role]), Err(CatalogueFault::Key(key.into())));
        }
    }

    #[test]
    fn an_own_role_never_reaches_into_the_console() {
        for action in Action::ALL {
            let role = RoleEntry {
                actions: vec![action.key().into()],
                ..deployer()
            };
            assert!(matches!(
                Catalogue::with(vec![role]),
                Err(CatalogueFault::Action { .. })
            ));
        }
    }

    #[test]
    fn a_role_lists_what_the_roles_that_come_with_it_allow() {
        let admin = RoleEntry::from(Role::NotificationsAdmin);
        assert!(admin.actions.contains(&"notifications.view".to_owned()));
    }
}
