//! Groups as people read them, and the five built-in ones with the roles that their default policies bind to them. The
//! names of these are those that services are written against.

use super::{catalogue::RoleKey, grant::Named, policy::Version, role::Role};
use crate::{
    ids::{GroupId, PolicyId, UserId},
    moment::Moment,
    users::Cursor,
};
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BuiltInGroup {
    Admin,
    Write,
    Read,
    Metrics,
    BillingViewer,
}

impl BuiltInGroup {
    pub const ALL: [Self; 5] = [
        Self::Admin,
        Self::Write,
        Self::Read,
        Self::Metrics,
        Self::BillingViewer,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Write => "write",
            Self::Read => "read",
            Self::Metrics => "metrics",
            Self::BillingViewer => "billing_viewer",
        }
    }

    /// What its members can do, for the list of groups in the invitation.
    pub fn description(self) -> &'static str {
        match self {
            Self::Admin => "Everything, including who may do what",
            Self::Write => "Change clusters, storage and own tokens",
            Self::Read => "See users, clusters and own tokens",
            Self::Metrics => "See metrics and dashboards",
            Self::BillingViewer => "See usage and invoices",
        }
    }

    pub fn roles(self) -> &'static [Role] {
        match self {
            Self::Admin => &[
                Role::IamAdmin,
                Role::CksAdmin,
                Role::ObjectStorageAdmin,
                Role::AccessTokenAdmin,
                Role::AccessRequestApprover,
            ],
            Self::Write => &[Role::CksAdmin, Role::ObjectStorageAdmin, Role::AccessTokenAdmin],
            Self::Read => &[Role::IamViewer, Role::CksViewer, Role::AccessTokenViewer],
            Self::Metrics => &[Role::ObservabilityViewer],
            Self::BillingViewer => &[Role::BillingViewer],
        }
    }

    /// The name of the default policy that binds the group to its roles.
    pub fn policy_name(self) -> &'static str {
        match self {
            Self::Admin => "Default admin",
            Self::Write => "Default write",
            Self::Read => "Default read",
            Self::Metrics => "Default metrics",
            Self::BillingViewer => "Default billing viewer",
        }
    }
}

/// Members of a group, on a page of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberRow {
    pub id: UserId,
    pub name: String,
    pub email: String,
    /// Whether the account is active: nobody else may do anything.
    pub is_active: bool,
    pub ends: Option<Moment>,
}

/// A row of the list of groups.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupRow {
    pub id: GroupId,
    pub name: String,
    pub description: String,
    pub built_in: bool,
    /// Memberships in force, counted up to [`COUNTED_MEMBERS`].
    pub members: usize,
}

/// People added or taken out at once, at most: the address of a page without scripts names all of them.
pub const MEMBERS_AT_ONCE: usize = 100;

/// Beyond this a group has "more than" so many members: counting a million takes longer than anybody waits.
pub const COUNTED_MEMBERS: usize = 10_000;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupPage {
    pub groups: Vec<GroupRow>,
    pub next: Option<String>,
}

/// A group with a page of its members.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupView {
    pub group: GroupRow,
    pub version: Version,
    pub members: Vec<MemberRow>,
    pub previous: Option<Cursor>,
    pub next: Option<Cursor>,
    /// The policies that name it, in the order of their names.
    pub policies: Vec<Named<PolicyId>>,
    /// What its members hold by it now.
    pub roles: Vec<Named<RoleKey>>,
    pub now: Moment,
}
