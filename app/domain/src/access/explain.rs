//! An explanation as people read it.

use super::{
    catalogue::{RoleEntry, RoleKey},
    grant::{Grant, Named},
};
use crate::{
    ids::{GroupId, UserId},
    moment::Moment,
};
use serde::{Deserialize, Serialize};

/// What a person holds, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonAccess {
    pub id: UserId,
    pub name: String,
    pub email: String,
    /// Whether the account is active: nobody else may do anything.
    pub is_active: bool,
    /// With the end of each membership.
    pub groups: Vec<(Named<GroupId>, Option<Moment>)>,
    /// Each role with every grant in force that gives it.
    pub roles: Vec<(RoleEntry, Vec<Grant>)>,
    /// Roles that policies give and that nobody knows any more: they allow nothing.
    pub unknown: Vec<(RoleKey, Vec<Grant>)>,
    pub now: Moment,
}

/// Somebody who holds a role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    pub id: UserId,
    pub name: String,
    pub email: String,
    pub because: Vec<Grant>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HolderPage {
    pub people: Vec<Holder>,
    /// The person after whom the next page begins, where there is one.
    pub next: Option<UserId>,
}

/// A role with a page of those who hold it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleHolders {
    pub role: RoleEntry,
    pub holders: HolderPage,
    pub now: Moment,
}
