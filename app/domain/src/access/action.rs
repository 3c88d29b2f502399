//! Everything a person can ask the console to do, and which roles allow it.

use super::role::Role;
use serde::{Deserialize, Serialize};

macro_rules! actions {
    ($($action:ident $key:literal $audience:expr;)+) => {
        /// An act that needs permission. The key is what the audit log records.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum Action { $(#[serde(rename = $key)] $action),+ }

        impl Action {
            pub const ALL: &[Self] = &[$(Self::$action),+];

            pub fn key(self) -> &'static str { match self { $(Self::$action => $key),+ } }

            pub fn audience(self) -> Audience { match self { $(Self::$action => $audience),+ } }
        }
    };
}

/// Who may do an act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Every active person, about themselves.
    Self_,
    /// Holders of one of these roles.
    Roles(&'static [Role]),
}

use Audience::{Roles, Self_};

actions! {
    ViewUsers "users.view" Roles(&[Role::IamViewer, Role::IamAdmin]);
    DeactivateUser "users.deactivate" Roles(&[Role::IamAdmin]);
    ReactivateUser "users.reactivate" Roles(&[Role::IamAdmin]);
    InviteUser "invitations.create" Roles(&[Role::IamAdmin]);
    ResendInvitation "invitations.resend" Roles(&[Role::IamAdmin]);
    CopyInvitationLink "invitations.copy_link" Roles(&[Role::IamAdmin]);
    EditInvitedGroups "invitations.edit_groups" Roles(&[Role::IamAdmin]);
    CancelInvitation "invitations.cancel" Roles(&[Role::IamAdmin]);
    ViewAudit "audit.view" Roles(&[Role::IamViewer, Role::IamAdmin]);
    ViewOwnSettings "account.view" Self_;
    ChooseTheme "account.choose_theme" Self_;
    SignOut "sessions.sign_out" Self_;
}
