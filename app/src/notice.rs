//! What was done, said on the page that a form leads to. A closed list: the address carries only its key, so nobody can
//! write a sentence into a link.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    Invited,
    Resent,
    GroupsSaved,
    Cancelled,
    Deactivated,
    Reactivated,
    ThemeSaved,
    SignedOut,
    SessionEnded,
    GroupCreated,
    GroupRenamed,
    GroupDeleted,
    MembersAdded,
    MembersRemoved,
    PolicySaved,
    PolicyDeleted,
    PasswordChanged,
    PasswordLinkMailed,
    PasswordReplaced,
    OtherSessionEnded,
    OthersSignedOut,
    SessionsEnded,
    SignInReported,
    AuthenticatorAdded,
    AuthenticatorRemoved,
    TwoFactorOff,
    TwoFactorReset,
    TwoFactorAsked,
    TwoFactorNotAsked,
    RecoveryCodeUsed,
    MethodLinked,
    MethodUnlinked,
    SsoUnlinked,
    SsoSaved,
    SsoDiscarded,
    SsoDeployed,
    SsoEnabled,
    SsoDisabled,
    SsoRequired,
    SsoNotRequired,
    TokenDeleted,
    ServiceDeleted,
    ScimUsersOn,
    ScimUsersOff,
    ScimGroupsOn,
    ScimGroupsOff,
    ScimTokenDeleted,
    ListStarted,
}

impl Notice {
    const ALL: [Self; 48] = [
        Self::Invited,
        Self::Resent,
        Self::GroupsSaved,
        Self::Cancelled,
        Self::Deactivated,
        Self::Reactivated,
        Self::ThemeSaved,
        Self::SignedOut,
        Self::SessionEnded,
        Self::GroupCreated,
        Self::GroupRenamed,
        Self::GroupDeleted,
        Self::MembersAdded,
        Self::MembersRemoved,
        Self::PolicySaved,
        Self::PolicyDeleted,
        Self::PasswordChanged,
        Self::PasswordLinkMailed,
        Self::PasswordReplaced,
        Self::OtherSessionEnded,
        Self::OthersSignedOut,
        Self::SessionsEnded,
        Self::SignInReported,
        Self::AuthenticatorAdded,
        Self::AuthenticatorRemoved,
        Self::TwoFactorOff,
        Self::TwoFactorReset,
        Self::TwoFactorAsked,
        Self::TwoFactorNotAsked,
        Self::RecoveryCodeUsed,
        Self::MethodLinked,
        Self::MethodUnlinked,
        Self::SsoUnlinked,
        Self::SsoSaved,
        Self::SsoDiscarded,
        Self::SsoDeployed,
        Self::SsoEnabled,
        Self::SsoDisabled,
        Self::SsoRequired,
        Self::SsoNotRequired,
        Self::TokenDeleted,
        Self::ServiceDeleted,
        Self::ScimUsersOn,
        Self::ScimUsersOff,
        Self::ScimGroupsOn,
        Self::ScimGroupsOff,
        Self::ScimTokenDeleted,
        Self::ListStarted,
    ];

    pub fn key(self) -> &'static str {
        match self {
            Self::Invited => "invited",
            Self::Resent => "resent",
            Self::GroupsSaved => "groups-saved",
            Self::Cancelled => "cancelled",
            Self::Deactivated => "deactivated",
            Self::Reactivated => "reactivated",
            Self::ThemeSaved => "theme-saved",
            Self::SignedOut => "signed-out",
            Self::SessionEnded => "session-ended",
            Self::GroupCreated => "group-created",
            Self::GroupRenamed => "group-renamed",
            Self::GroupDeleted => "group-deleted",
            Self::MembersAdded => "members-added",
            Self::MembersRemoved => "members-removed",
            Self::PolicySaved => "policy-saved",
            Self::PolicyDeleted => "policy-deleted",
            Self::PasswordChanged => "password-changed",
            Self::PasswordLinkMailed => "password-link-mailed",
            Self::PasswordReplaced => "password-replaced",
            Self::OtherSessionEnded => "other-session-ended",
            Self::OthersSignedOut => "others-signed-out",
            Self::SessionsEnded => "sessions-ended",
            Self::SignInReported => "sign-in-reported",
            Self::AuthenticatorAdded => "authenticator-added",
            Self::AuthenticatorRemoved => "authenticator-removed",
            Self::TwoFactorOff => "two-factor-off",
            Self::TwoFactorReset => "two-factor-reset",
            Self::TwoFactorAsked => "two-factor-asked",
            Self::TwoFactorNotAsked => "two-factor-not-asked",
            Self::RecoveryCodeUsed => "recovery-code-used",
            Self::MethodLinked => "method-linked",
            Self::MethodUnlinked => "method-unlinked",
            Self::SsoUnlinked => "sso-unlinked",
            Self::SsoSaved => "sso-saved",
            Self::SsoDiscarded => "sso-discarded",
            Self::SsoDeployed => "sso-deployed",
            Self::SsoEnabled => "sso-enabled",
            Self::SsoDisabled => "sso-disabled",
            Self::SsoRequired => "sso-required",
            Self::SsoNotRequired => "sso-not-required",
            Self::TokenDeleted => "token-deleted",
            Self::ServiceDeleted => "service-deleted",
            Self::ScimUsersOn => "scim-people-on",
            Self::ScimUsersOff => "scim-people-off",
            Self::ScimGroupsOn => "scim-groups-on",
            Self::ScimGroupsOff => "scim-groups-off",
            Self::ScimTokenDeleted => "scim-token-deleted",
            Self::ListStarted => "list-started",
        }
    }

    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|notice| notice.key() == key)
    }

    pub fn sentence(self) -> &'static str {
        match self {
            Self::Invited => "The invitation is on its way.",
            Self::Resent => "A new invitation is on its way. The old link no longer works.",
            Self::GroupsSaved => "The groups are saved. They count from acceptance.",
            Self::Cancelled => "The invitation is cancelled. Its link no longer works.",
            Self::Deactivated => "The account is deactivated. Nothing of it works any more.",
            Self::Reactivated => {
                "The account is reactivated. Its sessions stay ended: signing in works again."
            }
            Self::ThemeSaved => "The theme is saved.",
            Self::SignedOut => "You are signed out.",
            Self::SessionEnded => "Your session has ended. Sign in to go on.",
            Self::GroupCreated => "The group is there. Add its first members.",
            Self::GroupRenamed => "The group is saved.",
            Self::GroupDeleted => "The group is deleted. Its members have lost what it gave them.",
            Self::MembersAdded => "They are members now. What they gained works at their next click.",
            Self::MembersRemoved => "They are no longer members. What they lost has stopped.",
            Self::PolicySaved => "The policy is saved and in force.",
            Self::PolicyDeleted => "The policy is deleted. What it gave has stopped.",
            Self::PasswordChanged => "Your password is changed. You are signed out everywhere else.",
            Self::PasswordLinkMailed => "The link is on its way to your mailbox.",
            Self::PasswordReplaced => "Your new password is saved. Sign in with it.",
            Self::OtherSessionEnded => "That session has ended.",
            Self::OthersSignedOut => "You are signed out everywhere else.",
            Self::SessionsEnded => "They are signed out everywhere. They can sign in again.",
            Self::SignInReported => {
                "Your account is signed out everywhere. A link for a new password is on its way to your mailbox."
            }
            Self::AuthenticatorAdded => "The authenticator is added. A code of any of yours signs you in.",
            Self::AuthenticatorRemoved => "The authenticator is removed. Its codes no longer work.",
            Self::TwoFactorOff => "Two-factor authentication is off. No code is asked for any more.",
            Self::TwoFactorReset => {
                "Their two-factor authentication is reset. They sign in with their password and can set it up anew."
            }
            Self::TwoFactorAsked => "The day is saved. Whoever has no two-factor authentication gets a mail.",
            Self::TwoFactorNotAsked => "Two-factor authentication is no longer asked for.",
            Self::MethodLinked => "It is linked. From now on it signs you in.",
            Self::MethodUnlinked => "It is unlinked, and no longer signs you in.",
            Self::SsoUnlinked => {
                "Their SSO is unlinked. Their next sign-in with SSO links it anew, by their address."
            }
            Self::SsoSaved => "This is what we understood. Nobody signs in by it before you deploy it.",
            Self::SsoDiscarded => "The draft is gone. Nothing else was changed.",
            Self::SsoDeployed => "Single sign-on is deployed.",
            Self::SsoEnabled => "Single sign-on is enabled.",
            Self::SsoDisabled => "Single sign-on is disabled. Nobody signs in by it.",
            Self::SsoRequired => "From now on everybody but the named administrator signs in with SSO only.",
            Self::TokenDeleted => "The token is deleted. What uses it is refused from now on.",
            Self::ScimUsersOn => "People are provisioned from now on.",
            Self::ScimUsersOff => "People are not provisioned any more. Those who are here stay.",
            Self::ScimGroupsOn => "Groups are provisioned from now on.",
            Self::ScimGroupsOff => "Groups are not provisioned any more. Those that are here stay.",
            Self::ScimTokenDeleted => "The token is deleted. Whoever uses it is refused from now on.",
            Self::ServiceDeleted => "The service is deleted. Its questions are refused from now on.",
            Self::ListStarted => "The invitations are on their way.",
            Self::SsoNotRequired => "Everybody can sign in by all their methods again.",
            Self::RecoveryCodeUsed => {
                "That recovery code is used up. In your settings you can remove a lost device and add another one."
            }
        }
    }

    /// The address of a page that says this.
    pub fn on(self, path: &str) -> String {
        let joint = if path.contains('?') { '&' } else { '?' };
        format!("{path}{joint}notice={}", self.key())
    }
}
