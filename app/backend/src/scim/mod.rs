//! SCIM: identity providers of an organization keep people and groups (`people.rs`, `groups.rs`), with a token that its
//! administrators made (`tokens.rs`). What a deactivation, an invitation or a membership is, is the affair of those slices;
//! this one says which of them an identity provider's request means.

mod connection;
mod group;
mod groups;
mod members;
mod people;
mod person;
pub(crate) mod store;
#[cfg(test)]
mod tests;
mod tokens;

pub use connection::Connection;
pub(crate) use connection::judge_again;
pub use group::{GroupAsked, GroupChange, MemberStep, ScimGroup, ScimMember};
pub use person::{NewPerson, PersonAsked, PersonChange, ScimPerson};

use domain::refusal::Refusal;
use std::hash::{DefaultHasher, Hash, Hasher};

/// A page of what was asked for.
#[derive(Clone, Debug)]
pub struct ScimPage<T> {
    /// Of all pages together.
    pub total: u64,
    pub resources: Vec<T>,
}

/// Which part of what was found: from the `start`th on, the first being 1, `count` of them.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    pub start: u64,
    pub count: u64,
}

impl Window {
    fn offset_and_limit(self) -> (i64, i64) {
        let signed = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        (signed(self.start.saturating_sub(1)), signed(self.count))
    }
}

/// An entity tag (RFC 9110 section 8.8.3): another whenever something that is shown changes.
fn entity_tag(of: &impl Hash) -> String {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    format!("W/\"{:016x}\"", hasher.finish())
}

/// Whether the precondition `If-Match` holds (RFC 9110 section 13.1.1, weakly: RFC 7644 section 3.14 does so).
fn require_match(wanted: Option<&str>, tag: &str) -> Result<(), Refusal> {
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    match wanted {
        Some(list) if list.trim() != "*" && !list.split(',').any(|one| opaque(one) == opaque(tag)) => {
            Err(Refusal::EditedMeanwhile)
        }
        _ => Ok(()),
    }
}
