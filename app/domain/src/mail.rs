//! What became of a mail, as the list of people shows it. Its words are in `backend::mail::words`.

use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// As stored. A mail leaves `Queued` once and for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeliveryState {
    Queued,
    Sent,
    Failed,
}

impl DeliveryState {
    pub const ALL: [Self; 3] = [Self::Queued, Self::Sent, Self::Failed];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sent => "sent",
            Self::Failed => "failed",
        }
    }
}

impl FromStr for DeliveryState {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|s| s.as_str() == text).ok_or(())
    }
}

/// As people see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Delivery {
    Queued,
    /// It was tried and will be tried again. The reason is the last answer of the mail server.
    Retrying {
        reason: String,
    },
    /// The mail server took it; whether anybody reads it is not known.
    Sent,
    Failed {
        reason: String,
    },
}

impl Delivery {
    pub fn new(state: DeliveryState, reason: Option<String>) -> Self {
        match (state, reason) {
            (DeliveryState::Queued, None) => Self::Queued,
            (DeliveryState::Queued, Some(reason)) => Self::Retrying { reason },
            (DeliveryState::Sent, _) => Self::Sent,
            (DeliveryState::Failed, reason) => Self::Failed {
                reason: reason.unwrap_or_default(),
            },
        }
    }

    pub fn sentence(&self) -> String {
        match self {
            Self::Queued => "Waiting to be sent".into(),
            Self::Retrying { reason } => format!("Waiting: {}. We keep trying.", without_stop(reason)),
            Self::Sent => "Mail sent".into(),
            Self::Failed { reason } if reason.is_empty() => "Mail refused".into(),
            Self::Failed { reason } => format!("Mail refused: {}", without_stop(reason)),
        }
    }
}

/// Mail servers end their answers as they like.
fn without_stop(reason: &str) -> &str {
    reason.trim_end_matches(['.', ' '])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_state_is_stored_and_read_back() {
        for state in DeliveryState::ALL {
            assert_eq!(state.as_str().parse(), Ok(state));
        }
        assert_eq!("lost".parse::<DeliveryState>(), Err(()));
    }

    #[test]
    fn a_delivery_says_what_became_of_the_mail_and_why() {
        let say = |state, reason: Option<&str>| Delivery::new(state, reason.map(str::to_owned)).sentence();
        assert_eq!(say(DeliveryState::Queued, None), "Waiting to be sent");
        assert_eq!(
            say(DeliveryState::Queued, Some("451 Try again later.")),
            "Waiting: 451 Try again later. We keep trying."
        );
        assert_eq!(
            say(DeliveryState::Sent, Some("451 Try again later.")),
            "Mail sent"
        );
        assert_eq!(
            say(DeliveryState::Failed, Some("550 No such user")),
            "Mail refused: 550 No such user"
        );
        assert_eq!(say(DeliveryState::Failed, None), "Mail refused");
    }
}
