//! What `usher config check` prints: each key, what is in force, and who said so. A secret is never repeated.

use super::{Config, KEYS, Key, sources::Values};
use std::fmt::Write;

pub(super) fn report(config: &Config, values: &Values) -> String {
    let rows: Vec<(&str, String, &str)> = KEYS
        .iter()
        .map(|key| (key.name, in_force(config, values, key), origin(values, key)))
        .collect();
    let first = widest(rows.iter().map(|row| row.0));
    let second = widest(rows.iter().map(|row| row.1.as_str()));
    let mut report = String::new();
    for (name, value, origin) in &rows {
        let _ = writeln!(report, "{name:first$}  {value:second$}  {origin}");
    }
    report.push_str("The configuration is in order.\n");
    report
}

/// A single long value, like a list of networks, does not push all others aside.
fn widest<'a>(texts: impl Iterator<Item = &'a str>) -> usize {
    texts.map(|text| text.chars().count().min(48)).max().unwrap_or(0)
}

fn origin<'a>(values: &'a Values, key: &Key) -> &'a str {
    values.origin(key.name).unwrap_or("default")
}

fn in_force(config: &Config, values: &Values, key: &Key) -> String {
    let set = values.text(key.name);
    match (key.name, set) {
        (_, Some(_)) if key.secret => "(hidden)".into(),
        // As they were understood, which is not always as they were written.
        ("public_url", _) => config.public_url.as_str().into(),
        ("data_dir", _) => config.data_dir.display().to_string(),
        ("database_url", None) => "(the embedded database)".into(),
        ("secret_key", None) => format!("(the file {})", crate::key::path(&config.data_dir).display()),
        ("mail_url", None) => config.mail_url.expose().clone(),
        ("mail_from", _) => config.settings.mail_from.clone(),
        (_, Some(text)) => text.trim().to_owned(),
        (_, None) if key.default.is_empty() => "(none)".into(),
        (_, None) => key.default.into(),
    }
}
