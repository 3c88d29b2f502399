//! What a configuration key is. The list of all is `keys.rs`.

use super::KEYS;
use std::fmt::Write;

pub struct Key {
    /// In the file.
    pub name: &'static str,
    /// Empty: computed, as `meaning` says.
    pub default: &'static str,
    pub meaning: &'static str,
    /// May be given as a file whose name is in `…_FILE`; never shown.
    pub secret: bool,
}

pub(super) const fn key(name: &'static str, default: &'static str, meaning: &'static str) -> Key {
    Key {
        name,
        default,
        meaning,
        secret: false,
    }
}

pub(super) const fn secret(name: &'static str, meaning: &'static str) -> Key {
    Key {
        name,
        default: "",
        meaning,
        secret: true,
    }
}

impl Key {
    /// In the environment, the usual name first.
    pub fn variables(&self) -> Vec<String> {
        let own = format!("USHER_{}", self.name.to_uppercase());
        // The name that every tool for PostgreSQL goes by.
        if self.name == "database_url" {
            vec!["DATABASE_URL".into(), own]
        } else {
            vec![own]
        }
    }

    pub(super) fn find(name: &str) -> Option<&'static Self> {
        KEYS.iter().find(|key| key.name == name)
    }

    /// A row of the table in `docs/configuration.md`.
    pub fn row(&self) -> String {
        let default = if self.default.is_empty() {
            String::new()
        } else {
            format!("`{}`", self.default)
        };
        let mut variable = format!("`{}`", self.variables()[0]);
        if self.secret {
            let _ = write!(variable, ", `{}_FILE`", self.variables()[0]);
        }
        format!("| `{}` | {variable} | {default} | {} |", self.name, self.meaning)
    }
}
