//! An entry as it is stored, and how people see it.

use domain::audit::{AuditChange, AuditResult, AuditRow, Place};
use serde_json::Value;
use sqlx::FromRow;
use std::collections::BTreeMap;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use uuid::Uuid;

/// An entry as it is stored.
#[derive(Clone, Debug, FromRow)]
pub struct AuditEntry {
    pub(super) id: i64,
    pub(super) at: OffsetDateTime,
    /// `user`, `operator`, `anonymous` or `scim`.
    pub actor_kind: String,
    pub actor_id: Option<Uuid>,
    pub actor_label: String,
    pub action: String,
    pub target_kind: String,
    pub target_id: Option<Uuid>,
    pub target_label: String,
    pub before: Option<Value>,
    pub after: Option<Value>,
    /// `done` or `refused`.
    pub result: String,
    pub address: String,
    pub request_id: String,
    /// How many older entries of the organization share its time; only where a page needs it.
    #[sqlx(default)]
    pub(super) nth: i64,
}

impl AuditEntry {
    /// In UTC, to the microsecond (RFC 3339).
    pub fn time(&self) -> String {
        self.at.format(&Rfc3339).unwrap_or_default()
    }

    pub(super) fn place(&self) -> Place {
        let micros = self.at.unix_timestamp_nanos() / 1_000;
        Place {
            at: i64::try_from(micros).unwrap_or_default(),
            nth: self.nth,
        }
    }

    pub(super) fn shown(self) -> AuditRow {
        let has_more = matches!(self.target_kind.as_str(), "user" | "group");
        AuditRow {
            at: self.at.into(),
            actor_id: self.actor_id,
            actor: self.actor_label,
            action: self.action,
            target_id: self.target_id.filter(|_| has_more),
            target: self.target_label,
            result: AuditResult::from_key(&self.result).unwrap_or(AuditResult::Done),
            address: self.address,
            request_id: self.request_id,
            changes: changes(self.before, self.after),
        }
    }
}

/// What differs between two states, by key. A state that is no object has one value without a key.
fn changes(before: Option<Value>, after: Option<Value>) -> Vec<AuditChange> {
    let mut sides: BTreeMap<String, [Option<Value>; 2]> = BTreeMap::new();
    for (side, state) in [before, after].into_iter().enumerate() {
        let values: Vec<_> = match state {
            None => Vec::new(),
            Some(Value::Object(values)) => values.into_iter().collect(),
            Some(value) => vec![(String::new(), value)],
        };
        for (key, value) in values {
            // No value and none at all read alike.
            sides.entry(key).or_default()[side] = Some(value).filter(|value| !value.is_null());
        }
    }
    sides
        .into_iter()
        .filter(|(_, [before, after])| before != after)
        .map(|(key, [before, after])| AuditChange {
            key,
            before: before.map(text),
            after: after.map(text),
        })
        .collect()
}

/// A list of names as names, anything deeper as compact JSON.
fn text(value: Value) -> String {
    match value {
        Value::String(text) => text,
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Array(values) if values.is_empty() => "none".to_owned(),
        Value::Array(values) if values.iter().all(Value::is_string) => {
            let names: Vec<_> = values.iter().filter_map(Value::as_str).collect();
            names.join(", ")
        }
        value => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn shown(before: Value, after: Value) -> Vec<(String, Option<String>, Option<String>)> {
        let present = |value: Value| Some(value).filter(|value| !value.is_null());
        changes(present(before), present(after))
            .into_iter()
            .map(|change| (change.key, change.before, change.after))
            .collect()
    }

    fn row(key: &str, before: Option<&str>, after: Option<&str>) -> (String, Option<String>, Option<String>) {
        (key.into(), before.map(str::to_owned), after.map(str::to_owned))
    }

    #[test]
    fn what_changed_is_shown_by_its_key_and_what_did_not_is_left_out() {
        let before = json!({ "status": "active", "name": "Ada", "reason": null, "closed": false });
        let after = json!({ "status": "deactivated", "name": "Ada", "sessions_ended": 2, "closed": true });
        let expected = [
            row("closed", Some("no"), Some("yes")),
            row("sessions_ended", None, Some("2")),
            row("status", Some("active"), Some("deactivated")),
        ];
        assert_eq!(shown(before, after), expected);
    }

    #[test]
    fn names_are_listed_and_deeper_values_are_compact_json() {
        let after = json!({ "groups": ["read", "a, b"], "none": [], "rules": [{ "roles": ["x"], "to": { "n": 1 } }] });
        let expected = [
            row("groups", None, Some("read, a, b")),
            row("none", None, Some("none")),
            row("rules", None, Some(r#"[{"roles":["x"],"to":{"n":1}}]"#)),
        ];
        assert_eq!(shown(Value::Null, after), expected);
    }

    #[test]
    fn a_state_that_is_no_object_is_one_value() {
        assert_eq!(shown(json!("a"), json!([1])), [row("", Some("a"), Some("[1]"))]);
        assert_eq!(shown(Value::Null, Value::Null), []);
    }
}
