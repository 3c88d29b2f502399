//! Invitations: what a link is good for at a moment.

use crate::{
    identities::Provider, moment::Moment, organization::OrgId, password::PasswordLength, refusal::Refusal,
};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// What an invitation is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum InvitationKind {
    /// An administrator invites a colleague.
    Invitation,
    /// The operator made an organization and asks its first person in.
    Activation,
}

impl InvitationKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Invitation => "invitation",
            Self::Activation => "activation",
        }
    }
}

/// What the page behind a link shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationView {
    pub kind: InvitationKind,
    pub organization: String,
    /// The invited address; it can't be changed.
    pub email: String,
    /// Who invited; `None`: the operator.
    pub invited_by: Option<String>,
    pub expires: Moment,
    /// Why the link can't be used, if it can't.
    pub closed: Option<Refusal>,
    /// Whether the invitee can have a fresh link mailed.
    pub can_ask_again: bool,
    pub password_length: PasswordLength,
    /// By which the invitation can be accepted instead of a password.
    pub providers: Vec<Provider>,
    /// Where the organization has single sign-on.
    pub sso: Option<OrgId>,
    /// Whether that is the only way.
    pub sso_required: bool,
}

/// What is known of a link and its invitation.
#[derive(Clone, Copy, Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own, in any combination"
)]
pub struct LinkFacts {
    pub accepted: bool,
    pub cancelled: bool,
    pub replaced: bool,
    pub organization_closed: bool,
    /// Whoever invited lost the right to, by deactivation or by role; never true for the operator.
    pub inviter_lost_the_right: bool,
}

/// Whether the link can still be used, judged at the moment of use and never by a job.
///
/// An invitation whose sender may no longer invite counts as expired: an administrator can resend it.
pub fn judge_link(facts: LinkFacts, expires_at: OffsetDateTime, now: OffsetDateTime) -> Result<(), Refusal> {
    if facts.organization_closed {
        Err(Refusal::OrganizationGone)
    } else if facts.accepted {
        Err(Refusal::InvitationUsed)
    } else if facts.cancelled {
        Err(Refusal::InvitationCancelled)
    } else if facts.inviter_lost_the_right {
        // Also of a copied link that died with that right: no newer mail is on its way.
        Err(Refusal::InvitationExpired)
    } else if facts.replaced {
        Err(Refusal::InvitationReplaced)
    } else if now >= expires_at {
        Err(Refusal::InvitationExpired)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::Duration;

    fn judge(facts: LinkFacts, seconds_left: i64) -> Result<(), Refusal> {
        let now = OffsetDateTime::UNIX_EPOCH;
        judge_link(facts, now + Duration::seconds(seconds_left), now)
    }

    #[test]
    fn a_link_works_until_the_second_it_expires() {
        assert_eq!(judge(LinkFacts::default(), 1), Ok(()));
        assert_eq!(judge(LinkFacts::default(), 0), Err(Refusal::InvitationExpired));
    }

    #[test]
    fn each_state_says_its_own_reason() {
        let facts = LinkFacts::default();
        assert_eq!(
            judge(
                LinkFacts {
                    accepted: true,
                    ..facts
                },
                -1
            ),
            Err(Refusal::InvitationUsed)
        );
        assert_eq!(
            judge(
                LinkFacts {
                    cancelled: true,
                    ..facts
                },
                1
            ),
            Err(Refusal::InvitationCancelled)
        );
        assert_eq!(
            judge(
                LinkFacts {
                    replaced: true,
                    ..facts
                },
                1
            ),
            Err(Refusal::InvitationReplaced)
        );
        assert_eq!(
            judge(
                LinkFacts {
                    organization_closed: true,
                    ..facts
                },
                1
            ),
            Err(Refusal::OrganizationGone)
        );
        assert_eq!(
            judge(
                LinkFacts {
                    inviter_lost_the_right: true,
                    ..facts
                },
                1
            ),
            Err(Refusal::InvitationExpired)
        );
        let copied_by_them = LinkFacts {
            inviter_lost_the_right: true,
            replaced: true,
            ..facts
        };
        assert_eq!(judge(copied_by_them, 1), Err(Refusal::InvitationExpired));
    }
}
