//! What became of a mail, as the list of people shows it, and mails themselves, as a trial shows them. The words of mails
//! are in `backend::mail::words`.

use crate::{ids::MailId, moment::Moment};
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

/// A mail in the mailbox of a trial.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailSummary {
    pub id: MailId,
    pub to: String,
    pub subject: String,
    pub sent: Moment,
}

/// The same with what it says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailView {
    pub summary: MailSummary,
    pub text: Vec<Piece>,
}

/// A part of a text: words, or an address to be followed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Piece {
    Words(String),
    Link(String),
}

/// Finds the addresses below `base` in a text. Others stay words: a name in a mail may hold one that leads anywhere.
pub fn pieces(text: &str, base: &str) -> Vec<Piece> {
    let base = format!("{base}/");
    let in_address = |c: char| c.is_ascii_alphanumeric() || "-._~/?#&=%".contains(c);
    let mut pieces = Vec::new();
    let mut words = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(&base) {
        let (before, from) = rest.split_at(start);
        let length = base.len()
            + from[base.len()..]
                .find(|c| !in_address(c))
                .unwrap_or(from.len() - base.len());
        // The stop of a sentence is none of the address.
        let address = from[..length].trim_end_matches(['.', '?']);
        words.push_str(before);
        if before.ends_with(in_address) {
            words.push_str(address);
        } else {
            if !words.is_empty() {
                pieces.push(Piece::Words(std::mem::take(&mut words)));
            }
            pieces.push(Piece::Link(address.to_owned()));
        }
        rest = &from[address.len()..];
    }
    words.push_str(rest);
    if !words.is_empty() {
        pieces.push(Piece::Words(words));
    }
    pieces
}

/// Mail servers end their answers as they like.
fn without_stop(reason: &str) -> &str {
    reason.trim_end_matches(['.', ' '])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_console_are_links() {
        let base = "http://localhost:3000";
        let words = |text: &str| Piece::Words(text.into());
        let link = |text: &str| Piece::Link(text.into());
        assert_eq!(
            pieces(
                "Open http://localhost:3000/invitations/a-_B. Or not.\nhttp://localhost:3000/",
                base
            ),
            [
                words("Open "),
                link("http://localhost:3000/invitations/a-_B"),
                words(". Or not.\n"),
                link("http://localhost:3000/")
            ]
        );
        for none in [
            "",
            "https://evil.test/",
            "http://localhost:3000.evil.test/",
            "http://localhost:30001/",
            "javascript:alert(1)//localhost:3000/",
            "https://evil.test/?http://localhost:3000/x",
        ] {
            assert!(
                pieces(none, base)
                    .iter()
                    .all(|piece| matches!(piece, Piece::Words(_))),
                "{none}"
            );
            let together: String = pieces(none, base)
                .into_iter()
                .map(|(Piece::Words(text) | Piece::Link(text))| text)
                .collect();
            assert_eq!(together, none);
        }
    }

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
