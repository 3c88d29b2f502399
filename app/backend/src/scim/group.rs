//! A group as SCIM sees it, and what can be said and asked of it.

use super::{entity_tag, store::groups::Row};
use domain::{
    ids::{GroupId, UserId},
    moment::Moment,
};

/// What can be asked of the list; all of it must hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GroupAsked {
    Id(GroupId),
    Name(String),
    ExternalId(String),
    /// That somebody is a member.
    Member(UserId),
    /// What no group can be.
    None,
}

/// What becomes of the members, one step after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MemberStep {
    Add(Vec<UserId>),
    Remove(Vec<UserId>),
    /// These and no others.
    Replace(Vec<UserId>),
}

/// What is to change of a group; `None` stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupChange {
    pub name: Option<String>,
    /// `Some(None)` takes it away.
    pub external_id: Option<Option<String>>,
    pub members: Vec<MemberStep>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ScimMember {
    pub id: UserId,
    pub email: String,
}

/// A group as SCIM sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScimGroup {
    pub id: GroupId,
    pub name: String,
    pub external_id: Option<String>,
    pub created: Moment,
    pub changed: Moment,
    /// By address; `None` where nobody asked for them.
    pub members: Option<Vec<ScimMember>>,
}

impl ScimGroup {
    pub(super) fn of(row: Row, members: Option<Vec<ScimMember>>) -> Self {
        Self {
            id: GroupId(row.id),
            name: row.name,
            external_id: row.external_id,
            created: row.created_at.into(),
            changed: row.changed_at.into(),
            members,
        }
    }

    /// `None` where the members are not known, which it is about, too.
    pub fn entity_tag(&self) -> Option<String> {
        let members = self.members.as_ref()?;
        Some(entity_tag(&(self.id.0, &self.name, &self.external_id, members)))
    }
}
