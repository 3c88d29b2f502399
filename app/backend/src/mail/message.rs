//! What a mail says, as stored in the outbox. Never a secret: a single-use link is made when the mail is sent, see
//! `links.rs`.

use domain::{identities::Method, moment::Moment};
use serde::{Deserialize, Serialize};

/// A new kind gets a variant here and its words in `words.rs`; a stored one keeps its name and its fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Message {
    /// A colleague asks somebody into an organization.
    Invitation {
        organization: String,
        /// `None`: the operator of the installation.
        inviter: Option<String>,
        expires_at: Moment,
    },
    /// The same two days before it ends.
    InvitationReminder {
        organization: String,
        inviter: Option<String>,
        expires_at: Moment,
    },
    /// To whoever invited: nobody accepted in time.
    InvitationsExpired {
        organization: String,
        emails: Vec<String>,
        /// How many beside those.
        more: usize,
    },
    /// The operator made an organization and asks its first person in.
    Activation {
        organization: String,
        expires_at: Moment,
    },
    AccountDeactivated {
        organization: String,
        at: Moment,
        #[serde(default)]
        tokens_deleted: bool,
    },
    AccountReactivated {
        organization: String,
        at: Moment,
    },
    /// Somebody chose a new password by a link.
    PasswordReset {
        organization: String,
        at: Moment,
    },
    /// Somebody changed their password in the console.
    PasswordChanged {
        organization: String,
        at: Moment,
    },
    /// A link for a new password, for the mail's person.
    PasswordLink {
        organization: String,
        at: Moment,
        why: LinkReason,
    },
    /// Somebody signed in with a browser that was not known.
    NewDevice {
        organization: String,
        at: Moment,
        device: String,
        address: String,
    },
    /// Something about somebody's two-factor authentication changed.
    TwoFactor {
        organization: String,
        at: Moment,
        change: TwoFactorChange,
    },
    /// The organization asks everybody for two-factor authentication, and the mail's person has none.
    TwoFactorAskedFor {
        organization: String,
        from: Moment,
    },
    /// Another way to sign in was linked to the account.
    MethodLinked {
        organization: String,
        at: Moment,
        method: Method,
    },
    MethodUnlinked {
        organization: String,
        at: Moment,
        method: Method,
    },
    /// Something about an access token of theirs changed.
    AccessToken {
        organization: String,
        at: Moment,
        change: TokenChange,
    },
    /// To administrators: a service got a credential.
    ServiceAdded {
        organization: String,
        at: Moment,
        name: String,
        by: String,
    },
    /// To administrators: an identity provider got a token for SCIM.
    ScimTokenAdded {
        organization: String,
        at: Moment,
        name: String,
        by: String,
    },
    /// To administrators: a certificate of the identity provider ends.
    CertificateEnds {
        organization: String,
        subject: String,
        ends: Moment,
        days: i64,
    },
    /// To administrators: a person says that a sign-in was not theirs.
    SignInReported {
        organization: String,
        person: String,
        at: Moment,
        device: String,
        address: String,
    },
}

/// What happened to an access token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum TokenChange {
    /// In the console, by whoever was signed in there.
    Created {
        name: String,
        /// `None`: never.
        expires: Option<Moment>,
    },
    /// By an administrator.
    Deleted { name: String },
}

/// What happened to somebody's two-factor authentication.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum TwoFactorChange {
    /// With their first authenticator.
    On {
        name: String,
    },
    Added {
        name: String,
    },
    Removed {
        name: String,
    },
    Off,
    /// By an administrator.
    Reset,
    /// With the operator's link, by whoever used it.
    Cleared,
    NewCodes,
    /// Nothing: a sign-in whose first step was right had wrong codes until it was over.
    WrongCodes {
        #[serde(default)]
        method: Method,
    },
    /// They signed in with a recovery code.
    CodeUsed {
        left: i64,
        #[serde(default)]
        method: Method,
    },
}

/// Why somebody gets a link for a new password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkReason {
    Forgotten,
    /// They have signed in by other means until now.
    First,
    /// They reported a sign-in, and their password was taken away.
    Reported,
}

/// What a single-use link in a mail is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LinkKind {
    Invitation,
    Password,
    Report,
}

impl Message {
    /// The link that the mail carries, which works once.
    pub(super) fn link(&self) -> Option<LinkKind> {
        match self {
            Self::Invitation { .. } | Self::InvitationReminder { .. } | Self::Activation { .. } => {
                Some(LinkKind::Invitation)
            }
            Self::PasswordLink { .. } => Some(LinkKind::Password),
            Self::NewDevice { .. } => Some(LinkKind::Report),
            Self::AccountDeactivated { .. }
            | Self::AccountReactivated { .. }
            | Self::PasswordReset { .. }
            | Self::PasswordChanged { .. }
            | Self::TwoFactor { .. }
            | Self::TwoFactorAskedFor { .. }
            | Self::MethodLinked { .. }
            | Self::MethodUnlinked { .. }
            | Self::AccessToken { .. }
            | Self::ServiceAdded { .. }
            | Self::ScimTokenAdded { .. }
            | Self::InvitationsExpired { .. }
            | Self::CertificateEnds { .. }
            | Self::SignInReported { .. } => None,
        }
    }
}
