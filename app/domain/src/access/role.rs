//! The catalogue of roles and what each allows: the one place that says so. Names, areas and keys are those that
//! services outside the console are written against. An operator's own roles join it in `catalogue.rs`.

use serde::{Deserialize, Serialize};
use std::str::FromStr;

macro_rules! roles {
    ($($role:ident $key:literal $name:literal, $area:literal, $description:literal, $assign_when:literal,
        [$($action:literal),* $(,)?];)+) => {
        /// A role of the catalogue.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Role { $(#[serde(rename = $key)] $role),+ }

        impl Role {
            pub const ALL: &[Self] = &[$(Self::$role),+];

            /// As stored and as written by services.
            pub fn key(self) -> &'static str { match self { $(Self::$role => $key),+ } }
            /// As people read it.
            pub fn name(self) -> &'static str { match self { $(Self::$role => $name),+ } }
            /// The part of the platform it is about.
            pub fn area(self) -> &'static str { match self { $(Self::$role => $area),+ } }
            pub fn description(self) -> &'static str { match self { $(Self::$role => $description),+ } }
            /// When to assign it.
            pub fn assign_when(self) -> &'static str { match self { $(Self::$role => $assign_when),+ } }
            /// The keys of what it allows, without what an included role allows: acts of the console and acts of
            /// services outside that ask the console.
            pub fn actions(self) -> &'static [&'static str] { match self { $(Self::$role => &[$($action),*]),+ } }
        }
    };
}

roles! {
    AccessTokenViewer "access-token-viewer" "Access Token Viewer", "Access tokens",
        "Lists own access tokens.", "They look after scripts that others set up.",
        ["tokens.view"];
    AccessTokenAdmin "access-token-admin" "Access Token Admin", "Access tokens",
        "Creates, lists and deletes own access tokens.", "They use the platform from scripts or a terminal.",
        ["tokens.view", "tokens.create", "tokens.delete"];
    IamViewer "iam-viewer" "IAM Viewer", "People and access",
        "Sees users, groups and policies.", "They answer who may do what, and change nothing.",
        ["users.view", "access.view", "audit.view", "sso.view", "scim.view", "tokens.view_all", "services.view"];
    IamAdmin "iam-admin" "IAM Admin", "People and access",
        "Invites and deactivates users; changes groups and policies; gives any role to anybody.",
        "They decide who belongs to the organization.",
        ["users.view", "users.deactivate", "users.reactivate", "users.end_sessions",
         "users.reset_two_factor", "users.unlink_sso", "two_factor.ask",
         "sso.view", "sso.configure", "sso.test", "sso.deploy", "sso.switch", "sso.require",
         "scim.view", "scim.create_token", "scim.delete_token", "scim.switch",
         "invitations.create", "invitations.resend", "invitations.copy_link", "invitations.edit_groups",
         "invitations.cancel",
         "access.view", "audit.view", "groups.create", "groups.edit", "groups.delete", "groups.change_members",
         "policies.create", "policies.edit", "policies.delete",
         "tokens.view_all", "tokens.delete_any", "services.view", "services.create", "services.delete"];
    CksViewer "cks-viewer" "CKS Viewer", "Clusters",
        "Sees clusters and their node pools.", "They need to know what runs, and change nothing.",
        ["clusters.view"];
    CksAdmin "cks-admin" "CKS Admin", "Clusters",
        "Creates, changes and deletes clusters.", "They run the clusters.",
        ["clusters.view", "clusters.create", "clusters.edit", "clusters.delete"];
    ObjectStorageAdmin "object-storage-admin" "Object Storage Admin", "Storage",
        "Creates and deletes buckets and sets their access policies.", "They own the data.",
        ["buckets.view", "buckets.create", "buckets.edit", "buckets.delete"];
    BillingViewer "billing-viewer" "Billing Viewer", "Billing",
        "Sees usage and invoices.", "They pay the bill or plan the budget.",
        ["usage.view", "invoices.view"];
    ObservabilityViewer "observability-viewer" "Observability Viewer", "Observability",
        "Sees metrics, logs and dashboards.", "They watch how things run.",
        ["metrics.view", "logs.view", "dashboards.view"];
    NotificationsViewer "notifications-viewer" "Notifications Viewer", "Notifications",
        "Sees notifications of the platform.", "They want to hear of maintenance and incidents.",
        ["notifications.view"];
    NotificationsAdmin "notifications-admin" "Notifications Admin", "Notifications",
        "Sees notifications and decides who gets them.", "They route alerts to the right people.",
        ["notifications.route"];
    SupportViewer "support-viewer" "Support Viewer", "Support",
        "Sees support tickets of the organization.", "They follow up on open questions.",
        ["tickets.view"];
    AccessRequestApprover "access-request-approver" "Access Request Approver", "People and access",
        "Approves or denies requests for access.", "They judge who needs a role for a while.",
        ["access_requests.decide"];
}

impl Role {
    /// The roles that come with this one.
    pub fn includes(self) -> &'static [Role] {
        match self {
            Self::NotificationsAdmin => &[Self::NotificationsViewer],
            _ => &[],
        }
    }

    /// Whether it allows an act, by itself or by a role that comes with it.
    pub fn allows(self, action: &str) -> bool {
        self.actions().contains(&action) || self.includes().iter().any(|role| role.allows(action))
    }
}

impl FromStr for Role {
    type Err = ();
    fn from_str(key: &str) -> Result<Self, ()> {
        Self::ALL.iter().copied().find(|role| role.key() == key).ok_or(())
    }
}

/// The roles that somebody holds, sorted, each once, with those that come with them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Roles(Vec<Role>);

impl Roles {
    pub fn holds(&self, role: Role) -> bool {
        self.0.contains(&role)
    }

    pub fn iter(&self) -> impl Iterator<Item = Role> {
        self.0.iter().copied()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<Role> for Roles {
    fn from_iter<I: IntoIterator<Item = Role>>(roles: I) -> Self {
        let mut all: Vec<Role> = roles
            .into_iter()
            .flat_map(|role| std::iter::once(role).chain(role.includes().iter().copied()))
            .collect();
        all.sort_unstable();
        all.dedup();
        Self(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_has_thirteen_roles_with_distinct_keys_and_names() {
        let keys: std::collections::HashSet<_> = Role::ALL.iter().map(|r| r.key()).collect();
        let names: std::collections::HashSet<_> = Role::ALL.iter().map(|r| r.name()).collect();
        assert_eq!((Role::ALL.len(), keys.len(), names.len()), (13, 13, 13));
        assert!(Role::ALL.iter().all(|r| r.key().parse() == Ok(*r)));
    }

    #[test]
    fn notifications_admin_includes_viewer() {
        assert!(Roles::from_iter([Role::NotificationsAdmin]).holds(Role::NotificationsViewer));
    }
}
