//! Inviting many at once: what became of each line of a list, in words, and what a page shows of it. How a list is read is
//! `backend::bulk_invitations::read`.

use crate::{
    ids::{JobId, UserId},
    moment::Moment,
    refusal::Refusal,
};
use serde::{Deserialize, Serialize};

/// Lines of one list.
pub const MOST_ROWS: usize = 1_000;
/// Bytes of one list: a hundred for each line is several times of what an address and some groups need.
pub const MOST_BYTES: usize = 256 * 1024;
/// Lines that a page shows of those that are not sent; all are in the file.
pub const SHOWN_TROUBLE: usize = 100;
/// And of the others.
pub const SHOWN_OTHERS: usize = 50;

/// How far a list has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Nobody has said yes to it.
    Draft,
    Running,
    /// Nothing is left to be sent.
    Done,
}

/// What became of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// By the dry run; never sent.
    Refused,
    Waiting,
    Invited,
    /// While it was sent; it can be tried again.
    Failed,
}

impl Outcome {
    pub const ALL: [Self; 4] = [Self::Refused, Self::Waiting, Self::Invited, Self::Failed];

    /// As the database and the file of results have it.
    pub fn key(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Waiting => "waiting",
            Self::Invited => "invited",
            Self::Failed => "failed",
        }
    }

    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.key() == key)
    }

    /// `stage`: a line that waits in a draft is not on its way.
    pub fn label(self, stage: Stage) -> &'static str {
        match (self, stage) {
            (Self::Refused, _) => "Not sent",
            (Self::Waiting, Stage::Draft) => "Will be invited",
            (Self::Waiting, _) => "Waiting",
            (Self::Invited, _) => "Invited",
            (Self::Failed, _) => "Failed",
        }
    }
}

/// Why a line was not sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    NoAddress,
    NotAnAddress,
    /// A quote begins in the line and ends in another, or nowhere.
    OpenQuote,
    /// The same address stands in this line already.
    Repeats(u32),
    UnknownGroups(Vec<String>),
    TooManyGroups,
    /// As a single invitation would be.
    Refused(Refusal),
    /// So many addresses belonged to others that nothing more is said of new ones for a while.
    TooManyTaken,
    /// One of its groups was deleted after the dry run.
    GroupGone,
    /// The address has had as many mails as it may.
    TooManyMails,
    /// Whoever said yes may not invite any more.
    MayNotInvite,
    /// One of its groups has come to make people IAM Admins, which whoever said yes did not prove to want.
    MakesAdministrator,
}

impl Reason {
    pub fn sentence(&self) -> String {
        match self {
            Self::NoAddress => "There is no e-mail address in this line.".into(),
            Self::NotAnAddress => "This is not one e-mail address, like name@example.com.".into(),
            Self::OpenQuote => "A quotation mark begins here and is not closed in this line.".into(),
            Self::Repeats(line) => format!("The same address is in line {line} already."),
            Self::UnknownGroups(names) => match &names[..] {
                [name] => format!("There is no group “{name}”."),
                names => format!("There are no groups “{}”.", names.join("”, “")),
            },
            Self::TooManyGroups => "There are more than 50 groups in this line.".into(),
            Self::Refused(refusal) => refusal.sentence().into(),
            Self::TooManyTaken => {
                "Too many addresses of your lists belong to other accounts. Try this one again in an hour."
                    .into()
            }
            Self::GroupGone => {
                "One of its groups was deleted meanwhile. Invite this person by another list.".into()
            }
            Self::TooManyMails => "This address was sent many mails lately. Try again in an hour.".into(),
            Self::MayNotInvite => {
                "Whoever sent this list may not invite any more. Another IAM Admin can try again.".into()
            }
            Self::MakesAdministrator => {
                "One of its groups makes people IAM Admins since. Try again, which asks who you are.".into()
            }
        }
    }
}

/// A line with what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// In the list as it was given, from 1.
    pub line: u32,
    /// As it was written; a very long line is cut.
    pub written: String,
    /// The address, if there is one.
    pub email: String,
    /// The names of its groups.
    pub groups: Vec<String>,
    pub outcome: Outcome,
    pub reason: Option<Reason>,
    /// Whoever was invited by it, as long as they are there.
    pub user: Option<UserId>,
}

/// How many lines have which outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    pub refused: u32,
    pub waiting: u32,
    pub invited: u32,
    pub failed: u32,
}

impl Counts {
    /// Lines that were or are to be sent.
    pub fn to_send(self) -> u32 {
        self.waiting + self.invited + self.failed
    }

    /// Those that are behind.
    pub fn done(self) -> u32 {
        self.invited + self.failed
    }

    /// Of a hundred; a hundred only when nothing is left.
    pub fn percent(self) -> u32 {
        (self.done() * 100).checked_div(self.to_send()).unwrap_or(100)
    }

    /// How far it is, in words.
    pub fn sentence(self) -> String {
        let failed = match self.failed {
            0 => String::new(),
            failed => format!(", {failed} failed"),
        };
        format!("{} of {} invited{failed}", self.invited, self.to_send())
    }
}

/// What is told of a list while it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    pub stage: Stage,
    pub counts: Counts,
}

/// A list among others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    pub id: JobId,
    pub progress: Progress,
    /// Whoever made it, or said yes to it last.
    pub by: String,
    pub at: Moment,
}

/// The lists of an organization, the newest first, and of drafts one's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lists {
    pub lists: Vec<Listed>,
    pub now: Moment,
}

/// One list with what a page shows of its lines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct List {
    pub listed: Listed,
    /// Refused or failed.
    pub trouble: Vec<Row>,
    pub others: Vec<Row>,
    /// Whether a yes needs a recent proof of who somebody is: groups of it make people IAM Admins.
    pub wants_proof: bool,
    pub now: Moment,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_whole_only_when_nothing_waits() {
        let counts = Counts {
            refused: 30,
            waiting: 1,
            invited: 968,
            failed: 1,
        };
        assert_eq!(
            (counts.to_send(), counts.done(), counts.percent()),
            (970, 969, 99)
        );
        assert_eq!(counts.sentence(), "968 of 970 invited, 1 failed");
        let done = Counts {
            waiting: 0,
            invited: 970,
            failed: 0,
            ..counts
        };
        assert_eq!(
            (done.percent(), done.sentence().as_str()),
            (100, "970 of 970 invited")
        );
        assert_eq!(Counts::default().percent(), 100);
    }

    #[test]
    fn each_reason_is_kept_as_it_is_and_says_what_it_is() {
        let reasons = [
            (Reason::Repeats(3), "The same address is in line 3 already."),
            (
                Reason::UnknownGroups(vec!["Ops".into(), "Dev".into()]),
                "There are no groups “Ops”, “Dev”.",
            ),
            (
                Reason::UnknownGroups(vec!["Ops".into()]),
                "There is no group “Ops”.",
            ),
            (
                Reason::Refused(Refusal::AlreadyMember),
                Refusal::AlreadyMember.sentence(),
            ),
        ];
        for (reason, sentence) in reasons {
            assert_eq!(reason.sentence(), sentence);
            let kept = serde_json::to_value(&reason).unwrap();
            assert_eq!(serde_json::from_value::<Reason>(kept).unwrap(), reason);
        }
    }

    #[test]
    fn each_outcome_has_its_own_key() {
        for outcome in Outcome::ALL {
            assert_eq!(Outcome::from_key(outcome.key()), Some(outcome));
        }
        assert_eq!(Outcome::from_key("sent"), None);
    }
}
