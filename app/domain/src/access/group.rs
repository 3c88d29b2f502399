//! The five built-in groups and the roles that their default policies bind to them. The names are those that
//! services are written against.

use super::role::Role;

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
