//! What acts are called, by the table of their words.

use super::{
    AuditResult,
    table::{ALL, Words},
};
use serde::{Deserialize, Serialize};

/// An act that has words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AuditAction(&'static Words);

impl AuditAction {
    pub fn from_key(key: &str) -> Option<Self> {
        find(key).map(Self)
    }

    /// As recorded, and as written in the address.
    pub fn key(self) -> &'static str {
        self.0.key
    }

    /// Under which heading people look for it.
    pub fn area(self) -> &'static str {
        self.0.area
    }

    /// `Deactivate an account`.
    pub fn label(self) -> String {
        let (first, rest) = self.0.to_do.split_at(1);
        first.to_uppercase() + rest
    }

    /// What can be found in the log, in the order in which it is listed. Looking is not recorded: it changes nothing.
    pub fn recorded() -> impl Iterator<Item = Self> {
        ALL.iter().filter(|words| !is_look(words.key)).map(Self)
    }
}

fn is_look(key: &str) -> bool {
    key.split_once('.')
        .is_some_and(|(_, act)| act == "view" || act == "view_all")
}

fn find(key: &str) -> Option<&'static Words> {
    ALL.iter().find(|words| words.key == key)
}

impl TryFrom<String> for AuditAction {
    type Error = &'static str;

    fn try_from(key: String) -> Result<Self, Self::Error> {
        Self::from_key(&key).ok_or("no act of the audit log")
    }
}

impl From<AuditAction> for String {
    fn from(action: AuditAction) -> Self {
        action.key().to_owned()
    }
}

/// What somebody did or tried. A key without words, of a newer program, stands for itself.
pub fn in_words(key: &str, result: AuditResult) -> String {
    match (find(key), result) {
        (None, _) => key.to_owned(),
        (Some(words), AuditResult::Done) => words.done.to_owned(),
        (Some(words), AuditResult::Refused) => format!("Tried to {}", words.to_do),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Action;
    use std::collections::BTreeSet;

    #[test]
    fn every_action_has_words_and_each_key_stands_once() {
        for action in Action::ALL {
            assert!(find(action.key()).is_some(), "{} has no words", action.key());
        }
        let keys: BTreeSet<_> = ALL.iter().map(|words| words.key).collect();
        assert_eq!(keys.len(), ALL.len());
    }

    #[test]
    fn the_entries_of_an_area_stand_together() {
        let mut areas: Vec<_> = AuditAction::recorded().map(AuditAction::area).collect();
        areas.dedup();
        let different: BTreeSet<_> = areas.iter().collect();
        assert_eq!(areas.len(), different.len());
    }

    #[test]
    fn acts_are_said_in_words_and_unknown_ones_by_their_key() {
        assert_eq!(in_words("sessions.sign_in", AuditResult::Done), "Signed in");
        assert_eq!(
            in_words("sessions.sign_in", AuditResult::Refused),
            "Tried to sign in"
        );
        assert_eq!(in_words("moons.land", AuditResult::Refused), "moons.land");
        assert_eq!(
            AuditAction::from_key("users.deactivate").unwrap().label(),
            "Deactivate an account"
        );
    }

    #[test]
    fn looking_is_not_listed() {
        assert!(AuditAction::recorded().all(|action| !action.key().ends_with("view")));
        assert!(AuditAction::recorded().any(|action| action.key() == "sessions.sign_in"));
    }
}
