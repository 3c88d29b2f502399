//! Why somebody holds a role: the chains policy → rule → group that give it. What a person may do is judged by the same
//! roles that these chains end in, so an explanation and a decision can't differ.

use super::{
    action::Action,
    catalogue::RoleKey,
    decide::{Decision, decide},
    role::Roles,
};
use crate::{
    ids::{GroupId, PolicyId},
    moment::Moment,
};
use serde::{Deserialize, Serialize};

/// A thing with the name that people call it by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Named<I> {
    pub id: I,
    pub name: String,
}

/// One way by which one person comes to one role.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Grant {
    pub role: RoleKey,
    pub policy: Named<PolicyId>,
    /// The number of the rule in its policy, from 1.
    pub rule: i32,
    /// The group that the rule names and the person is in; `None`: the rule names the person.
    pub group: Option<Named<GroupId>>,
    /// When the rule or the membership ends, whichever is sooner.
    pub ends: Option<Moment>,
}

impl Grant {
    /// One that has ended gives nothing from that second on, whether or not anything has run since.
    pub fn is_in_force(&self, now: Moment) -> bool {
        self.ends.is_none_or(|ends| now < ends)
    }
}

/// The roles that somebody holds at a moment.
pub fn roles_at(grants: &[Grant], now: Moment) -> Roles {
    grants
        .iter()
        .filter(|grant| grant.is_in_force(now))
        .filter_map(|grant| grant.role.built_in())
        .collect()
}

/// What somebody may do in the console, and by which grants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation<'a> {
    pub decision: Decision,
    /// Those that allow it by themselves; none where it is denied, or where everybody may do it about themselves.
    pub because: Vec<&'a Grant>,
}

pub fn explain(grants: &[Grant], action: Action, now: Moment) -> Explanation<'_> {
    let allows = |grant: &&Grant| {
        grant
            .role
            .built_in()
            .is_some_and(|role| role.allows(action.key()))
    };
    Explanation {
        decision: decide(&roles_at(grants, now), action),
        because: grants
            .iter()
            .filter(|grant| grant.is_in_force(now))
            .filter(allows)
            .collect(),
    }
}
