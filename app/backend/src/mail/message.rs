//! What a mail says, as stored in the outbox. Never a secret: the single-use link of an invitation is made when the
//! mail is sent, see `worker.rs`.

use domain::moment::Moment;
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
    /// The operator made an organization and asks its first person in.
    Activation {
        organization: String,
        expires_at: Moment,
    },
    AccountDeactivated {
        organization: String,
        at: Moment,
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
}

impl Message {
    /// Whether the mail carries a link that works once.
    pub(crate) fn has_single_use_link(&self) -> bool {
        match self {
            Self::Invitation { .. } | Self::Activation { .. } => true,
            Self::AccountDeactivated { .. }
            | Self::AccountReactivated { .. }
            | Self::PasswordReset { .. } => false,
        }
    }
}
