//! Everything a person can ask the console to do. Which roles allow it is said in the catalogue, `role.rs`.

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
    /// Holders of a role whose entry in the catalogue names the act.
    Granted,
}

use Audience::{Granted, Self_};

actions! {
    ViewUsers "users.view" Granted;
    DeactivateUser "users.deactivate" Granted;
    ReactivateUser "users.reactivate" Granted;
    EndSessions "users.end_sessions" Granted;
    ResetTwoFactor "users.reset_two_factor" Granted;
    UnlinkSso "users.unlink_sso" Granted;
    InviteUser "invitations.create" Granted;
    ResendInvitation "invitations.resend" Granted;
    CopyInvitationLink "invitations.copy_link" Granted;
    EditInvitedGroups "invitations.edit_groups" Granted;
    CancelInvitation "invitations.cancel" Granted;
    ViewAccess "access.view" Granted;
    CreateGroup "groups.create" Granted;
    EditGroup "groups.edit" Granted;
    DeleteGroup "groups.delete" Granted;
    ChangeMembers "groups.change_members" Granted;
    CreatePolicy "policies.create" Granted;
    EditPolicy "policies.edit" Granted;
    DeletePolicy "policies.delete" Granted;
    ViewAudit "audit.view" Granted;
    AskForTwoFactor "two_factor.ask" Granted;
    ViewSso "sso.view" Granted;
    ConfigureSso "sso.configure" Granted;
    TestSso "sso.test" Granted;
    DeploySso "sso.deploy" Granted;
    SwitchSso "sso.switch" Granted;
    RequireSso "sso.require" Granted;
    ViewScim "scim.view" Granted;
    CreateScimToken "scim.create_token" Granted;
    DeleteScimToken "scim.delete_token" Granted;
    SwitchScim "scim.switch" Granted;
    ViewTokens "tokens.view" Granted;
    CreateToken "tokens.create" Granted;
    DeleteToken "tokens.delete" Granted;
    ViewAllTokens "tokens.view_all" Granted;
    DeleteAnyToken "tokens.delete_any" Granted;
    ViewServices "services.view" Granted;
    CreateService "services.create" Granted;
    DeleteService "services.delete" Granted;
    ViewOwnSettings "account.view" Self_;
    ChooseTheme "account.choose_theme" Self_;
    ChangePassword "account.change_password" Self_;
    ConfirmIdentity "account.confirm" Self_;
    AddAuthenticator "two_factor.add" Self_;
    RemoveAuthenticator "two_factor.remove" Self_;
    TurnTwoFactorOff "two_factor.turn_off" Self_;
    MakeRecoveryCodes "two_factor.make_codes" Self_;
    LinkIdentity "identities.link" Self_;
    UnlinkIdentity "identities.unlink" Self_;
    SignOut "sessions.sign_out" Self_;
    EndOwnSessions "sessions.end" Self_;
}

impl Action {
    /// The roles that allow it; none for what everybody may do about themselves.
    pub fn allowed_by(self) -> Vec<Role> {
        Role::ALL
            .iter()
            .copied()
            .filter(|role| role.allows(self.key()))
            .collect()
    }
}
