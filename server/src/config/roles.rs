//! Roles that the operator adds for services of their own: a TOML file with a `[[role]]` each, see
//! `docs/configuration.md`. What such a role may be is judged by `domain::access::catalogue`.

use domain::access::{Catalogue, RoleEntry, RoleKey};
use serde::Deserialize;
use std::fs;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    role: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    key: String,
    name: String,
    area: String,
    description: String,
    #[serde(default)]
    assign_when: String,
    actions: Vec<String>,
}

/// The catalogue with the roles of the file at this path.
pub(super) fn read(path: &str) -> Result<Catalogue, String> {
    let path = super::values::path(path)?;
    let text = fs::read_to_string(&path)
        .map_err(|error| format!("names the file {}, which can't be read: {error}", path.display()))?;
    understand(&text).map_err(|fault| format!("names the file {}: {fault}", path.display()))
}

fn understand(text: &str) -> Result<Catalogue, String> {
    let file: File = toml::from_str(text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start).min(text.len());
        let line = text[..start].matches('\n').count() + 1;
        format!("line {line}: {}", error.message().replace('\n', " "))
    })?;
    let roles = file.role.into_iter().map(|role| RoleEntry {
        key: RoleKey::new(role.key),
        name: role.name,
        area: role.area,
        description: role.description,
        assign_when: role.assign_when,
        actions: role.actions,
    });
    Catalogue::with(roles.collect()).map_err(|fault| fault.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEPLOYER: &str = r#"
        [[role]]
        key = "custom:deployer"
        name = "Deployer"
        area = "Deployments"
        description = "Rolls out releases."
        actions = ["custom:releases.roll_out"]
    "#;

    #[test]
    fn an_operator_adds_roles() {
        let catalogue = understand(DEPLOYER).unwrap();
        let role = catalogue.find(&RoleKey::new("custom:deployer")).unwrap();
        assert_eq!(role.actions, ["custom:releases.roll_out"]);
    }

    #[test]
    fn a_mistake_is_named_with_its_line() {
        let wrong = DEPLOYER.replace("area =", "aera =");
        let fault = understand(&wrong).unwrap_err();
        assert!(fault.starts_with("line 5: unknown field `aera`"), "{fault}");
        let reaching = DEPLOYER.replace("custom:releases.roll_out", "users.deactivate");
        let fault = understand(&reaching).unwrap_err();
        assert!(fault.contains("may not allow `users.deactivate`"), "{fault}");
        let colliding = DEPLOYER.replace("\"Deployer\"", "\"IAM Admin\"");
        assert!(understand(&colliding).is_err());
    }
}
