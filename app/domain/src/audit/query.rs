//! What is asked of the audit log. It lives in the address.

use super::AuditAction;
use crate::{ids::UserId, moment::Day, paging};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::Uuid;

/// What became of an act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AuditResult {
    Done,
    Refused,
}

impl AuditResult {
    pub const ALL: [Self; 2] = [Self::Done, Self::Refused];

    /// As stored, and as written in the address.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Done => "Done",
            Self::Refused => "Refused",
        }
    }

    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|result| result.as_str() == key)
    }
}

/// Where an entry stands: its microsecond since 1970, and how many older ones share it. An organization's own count: the
/// number of a row would tell how much others do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Place {
    pub at: i64,
    pub nth: i64,
}

/// The largest microsecond that the database's timestamps are asked for: the end of the year 9999.
const LAST_MICROSECOND: i64 = 253_402_300_799_999_999;

impl FromStr for Place {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let place = text
            .split_once('.')
            .and_then(|(at, nth)| Some((at.parse().ok()?, nth.parse().ok()?)));
        match place {
            Some((at @ 0..=LAST_MICROSECOND, nth @ 0..=0x7fff_ffff)) => Ok(Self { at, nth }),
            _ => Err("no place in the audit log"),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.at, self.nth)
    }
}

impl TryFrom<String> for Place {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Place> for String {
    fn from(place: Place) -> Self {
        place.to_string()
    }
}

/// Where a page begins: beside an entry, towards older or newer ones.
pub type Cursor = paging::Cursor<Place>;

/// What is asked of the audit log. It lives in the address, see [`AuditQuery::to_query`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AuditQuery {
    /// Part of what the log calls whoever acted; empty for everybody.
    pub actor: String,
    pub actor_id: Option<UserId>,
    pub action: Option<AuditAction>,
    /// Part of what the log calls whom or what it was about; empty for everything.
    pub target: String,
    pub target_id: Option<Uuid>,
    pub result: Option<AuditResult>,
    /// The first and the last day, both included.
    pub from: Option<Day>,
    pub to: Option<Day>,
    pub cursor: Cursor,
}

/// Longer searches are cut: an address has at most 254 characters.
const MAX_SEARCH: usize = 254;

impl AuditQuery {
    /// From the parameters of an address. What is not understood is left out: an old bookmark shows the log.
    pub fn from_query<'a>(get: impl Fn(&str) -> Option<&'a str>) -> Self {
        fn parsed<T: FromStr>(value: Option<&str>) -> Option<T> {
            value.and_then(|value| value.parse().ok())
        }
        let text = |key| -> String {
            get(key)
                .unwrap_or_default()
                .trim()
                .chars()
                .take(MAX_SEARCH)
                .collect()
        };
        Self {
            actor: text("actor"),
            actor_id: parsed(get("actor_id")),
            action: get("action").and_then(AuditAction::from_key),
            target: text("target"),
            target_id: parsed(get("target_id")),
            result: get("result").and_then(AuditResult::from_key),
            from: parsed(get("from")),
            to: parsed(get("to")),
            cursor: Cursor::from_query(get("after"), get("before")),
        }
    }

    /// The parameters, only those that differ from the plain log, ready to be joined with `&`.
    pub fn to_query(&self) -> Vec<(&'static str, String)> {
        let text = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        [
            ("actor", text(&self.actor)),
            ("actor_id", self.actor_id.map(|id| id.to_string())),
            ("action", self.action.map(|action| action.key().to_owned())),
            ("target", text(&self.target)),
            ("target_id", self.target_id.map(|id| id.to_string())),
            ("result", self.result.map(|result| result.as_str().to_owned())),
            ("from", self.from.map(|day| day.to_string())),
            ("to", self.to.map(|day| day.to_string())),
        ]
        .into_iter()
        .filter_map(|(key, value)| Some((key, value?)))
        .chain(self.cursor.to_query())
        .collect()
    }

    /// The same filters, from the newest entry on.
    #[must_use]
    pub fn from_start(&self) -> Self {
        Self {
            cursor: Cursor::Start,
            ..self.clone()
        }
    }

    /// Whether anything narrows the log, so that an empty one means "nothing matches".
    pub fn is_filtered(&self) -> bool {
        self.from_start() != Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full() -> AuditQuery {
        AuditQuery {
            actor: "ada".into(),
            actor_id: Some(UserId(Uuid::from_u128(7))),
            action: AuditAction::from_key("users.deactivate"),
            target: "ben & co".into(),
            target_id: Some(Uuid::from_u128(8)),
            result: Some(AuditResult::Refused),
            from: "2026-11-01".parse().ok(),
            to: "2026-11-30".parse().ok(),
            cursor: Cursor::After(Place {
                at: 1_795_608_300_000_001,
                nth: 2,
            }),
        }
    }

    fn there_and_back(query: &AuditQuery) -> AuditQuery {
        let pairs = query.to_query();
        AuditQuery::from_query(|key| pairs.iter().find(|(k, _)| *k == key).map(|(_, v)| v.as_str()))
    }

    #[test]
    fn the_log_is_asked_for_in_the_address_and_back() {
        let query = full();
        assert_eq!(query.to_query().len(), 9);
        assert_eq!(there_and_back(&query), query);
        let before = AuditQuery {
            cursor: Cursor::Before(Place { at: 0, nth: 0 }),
            ..AuditQuery::default()
        };
        assert_eq!(there_and_back(&before), before);
        assert!(AuditQuery::default().to_query().is_empty());
    }

    #[test]
    fn the_log_is_asked_for_as_data_and_back() {
        let json = serde_json::to_string(&full()).unwrap();
        assert_eq!(serde_json::from_str::<AuditQuery>(&json).unwrap(), full());
        assert_eq!(
            serde_json::from_str::<AuditQuery>("{}").unwrap(),
            AuditQuery::default()
        );
    }

    #[test]
    fn an_address_that_makes_no_sense_shows_the_plain_log() {
        let get = |key: &str| match key {
            "actor" | "target" => Some("  "),
            "actor_id" | "target_id" => Some("1"),
            "action" => Some("; drop table audit"),
            "result" => Some("🦆"),
            "from" | "to" => Some("2026-02-30"),
            "after" => Some("-1.0"),
            "before" => Some("9999999999999999999.1"),
            _ => None,
        };
        assert_eq!(AuditQuery::from_query(get), AuditQuery::default());
    }

    #[test]
    fn only_a_cursor_filters_nothing() {
        assert!(full().is_filtered());
        let deep = AuditQuery {
            cursor: full().cursor,
            ..AuditQuery::default()
        };
        assert!(!deep.is_filtered());
    }

    #[test]
    fn a_long_search_is_cut() {
        let long = "ä".repeat(MAX_SEARCH + 1);
        let query = AuditQuery::from_query(|key| (key == "actor").then_some(long.as_str()));
        assert_eq!(query.actor.chars().count(), MAX_SEARCH);
    }
}
