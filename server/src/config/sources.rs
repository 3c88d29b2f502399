//! Where values come from: a TOML file of flat keys, then the environment, which wins. Knows for each value where it
//! stood, so that an error can say it.

use super::{ConfigError, KEYS, Key, Result};
use std::{collections::BTreeMap, ffi::OsString, fmt::Display, fs, path::Path};
use toml::de::{DeTable, DeValue};

/// Names the file.
pub(super) const FILE_VARIABLE: &str = "USHER_CONFIG";
/// Belong to the scripts in `bin/` and the tests, not to the server.
const OF_SCRIPTS: [&str; 5] = [
    "USHER_BIN",
    "USHER_CHROMIUM",
    "USHER_PYSAML2",
    "USHER_SCHEMATHESIS",
    "USHER_TRACE",
];

#[derive(Default)]
pub(super) struct Values(BTreeMap<&'static str, Value>);

struct Value {
    text: String,
    /// `USHER_LISTEN`, or `listen in line 3 of usher.toml`.
    place: String,
    /// The same without the key.
    origin: String,
}

impl Values {
    pub(super) fn read_file(&mut self, path: &Path) -> Result<()> {
        let shown = path.display();
        let text = fs::read_to_string(path).map_err(|error| {
            ConfigError(format!("The configuration file {shown} can't be read: {error}."))
        })?;
        let line = |at: usize| text[..at.min(text.len())].matches('\n').count() + 1;
        let table = DeTable::parse(&text).map_err(|error| {
            let at = error.span().map_or(1, |span| line(span.start));
            ConfigError(format!("Line {at} of {shown} is no TOML: {}.", error.message()))
        })?;
        for (key, value) in table.get_ref() {
            let at = line(key.span().start);
            let Some(known) = Key::find(key.get_ref()) else {
                return Err(unknown(
                    &format!("the key `{}` in line {at} of {shown}", key.get_ref()),
                    key.get_ref(),
                ));
            };
            let text = plain(value.get_ref()).ok_or_else(|| {
                ConfigError(format!(
                    "`{}` in line {at} of {shown} must be a text, a number or a list.",
                    known.name
                ))
            })?;
            let origin = format!("line {at} of {shown}");
            self.set(known, text, format!("`{}` in {origin}", known.name), origin);
        }
        Ok(())
    }

    pub(super) fn read_environment(
        &mut self,
        variables: impl Iterator<Item = (OsString, OsString)>,
    ) -> Result<()> {
        let ours: BTreeMap<String, OsString> = variables
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value)))
            .filter(|(name, value)| {
                !value.is_empty() && !OF_SCRIPTS.contains(&name.as_str()) && name != FILE_VARIABLE
            })
            .collect();
        let mut known = Vec::new();
        for key in KEYS {
            let plain = key.variables().into_iter().map(|name| (name, false));
            let files = key
                .variables()
                .into_iter()
                .filter(|_| key.secret)
                .map(|name| (format!("{name}_FILE"), true));
            let names: Vec<_> = plain.chain(files).collect();
            let set: Vec<_> = names
                .iter()
                .filter_map(|(name, file)| Some((name, *file, ours.get(name)?)))
                .collect();
            match set[..] {
                [] => {}
                [(name, file, value)] => {
                    let text = if file {
                        read_secret(name, value)?
                    } else {
                        text(name, value)?
                    };
                    self.set(key, text, name.clone(), name.clone());
                }
                [(one, ..), (other, ..), ..] => {
                    return Err(ConfigError(format!(
                        "Both {one} and {other} are set. Keep one of them."
                    )));
                }
            }
            known.extend(names.into_iter().map(|(name, _)| name));
        }
        match ours
            .keys()
            .find(|name| name.starts_with("USHER_") && !known.contains(name))
        {
            Some(name) => {
                let key = name.trim_start_matches("USHER_").to_lowercase();
                Err(unknown(&format!("the environment variable {name}"), &key))
            }
            None => Ok(()),
        }
    }

    pub(super) fn set_by_name(&mut self, name: &str, text: &str) -> Result<()> {
        let key = Key::find(name).ok_or_else(|| unknown(&format!("the key `{name}`"), name))?;
        self.set(key, text.to_owned(), format!("`{name}`"), "by hand".to_owned());
        Ok(())
    }

    fn set(&mut self, key: &'static Key, text: String, place: String, origin: String) {
        self.0.insert(key.name, Value { text, place, origin });
    }

    /// Where somebody set a key.
    pub(super) fn origin(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|value| value.origin.as_str())
    }

    /// The text of a key that somebody set.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.0.get(name).map(|value| value.text.clone())
    }

    /// The value of a key, or its default.
    pub(super) fn read<T>(
        &self,
        name: &'static str,
        understand: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<T> {
        let default = Key::find(name).map_or("", |key| key.default);
        let text = self.0.get(name).map_or(default, |value| &value.text);
        understand(text.trim()).map_err(|fault| self.wrong(name, &fault))
    }

    /// The value of a key that somebody set.
    pub(super) fn read_optional<T>(
        &self,
        name: &'static str,
        understand: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<Option<T>> {
        if self.0.contains_key(name) {
            self.read(name, understand).map(Some)
        } else {
            Ok(None)
        }
    }

    /// For what the backend judges.
    pub(super) fn check<T>(&self, name: &'static str, judged: Result<T, impl Display>) -> Result<()> {
        judged
            .map(|_| ())
            .map_err(|fault| self.wrong(name, &format!("is refused: {fault}")))
    }

    pub(super) fn wrong(&self, name: &str, fault: &str) -> ConfigError {
        let place = self.0.get(name).map_or(name, |value| &value.place);
        ConfigError(format!("{place} {fault}."))
    }
}

fn text(name: &str, value: &OsString) -> Result<String> {
    value
        .clone()
        .into_string()
        .map_err(|_| ConfigError(format!("{name} is not UTF-8 text.")))
}

fn read_secret(name: &str, file: &OsString) -> Result<String> {
    let secret = fs::read_to_string(file).map_err(|error| {
        ConfigError(format!(
            "{name} names the file {}, which can't be read: {error}.",
            Path::new(file).display()
        ))
    })?;
    Ok(secret.trim().to_owned())
}

/// A value as it would stand in the environment.
fn plain(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) if number.radix() == 10 => Some(number.as_str().replace('_', "")),
        DeValue::Array(items) => items
            .iter()
            .map(|item| plain(item.get_ref()))
            .collect::<Option<Vec<_>>>()
            .map(|items| items.join(", ")),
        _ => None,
    }
}

fn unknown(what: &str, key: &str) -> ConfigError {
    let near = KEYS
        .iter()
        .map(|known| known.name)
        .min_by_key(|known| distance(known, key));
    let hint = match near {
        Some(near) if distance(near, key) <= 3 => format!(" Did you mean `{near}`?"),
        _ => " `usher config` lists what there is.".to_owned(),
    };
    ConfigError(format!("Usher doesn't know {what}.{hint}"))
}

/// How many letters differ (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = i;
        row[0] = i + 1;
        for (j, y) in b.bytes().enumerate() {
            let changed = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
