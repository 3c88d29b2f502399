//! Why somebody holds a role: the chains policy → rule → group that give it. What a person may do is judged by the roles
//! that these chains end in; that the two never differ is tested in `backend/src/access/tests/evaluator.rs`.

use super::catalogue::RoleKey;
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
