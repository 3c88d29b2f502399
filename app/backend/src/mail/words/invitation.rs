//! The words of the mails about invitations.

use super::{Line, Words};
use crate::mail::letter::Piece;
use domain::moment::Moment;

pub(super) fn invitation(organization: &str, inviter: Option<&str>, expires_at: Moment) -> Words {
    let (subject, what) = match inviter {
        Some(inviter) => (
            format!("{inviter} invited you to {organization}"),
            Line::new("{} invited you to {} on Usher.", &[inviter, organization]),
        ),
        None => (
            format!("You are invited to {organization}"),
            Line::new("You are invited to {} on Usher.", &[organization]),
        ),
    };
    let until = expires_at.date_and_time();
    let once = format!("The invitation is for this address. It can be accepted once, until {until}.");
    Words {
        subject,
        heading: Line::new("Join {}", &[organization]),
        before: vec![what, Line::new(&once, &[])],
        button: "Accept invitation",
        path: "/",
        after: Line::new(
            "If you did not expect this invitation, ignore this mail. Nothing happens until you accept.",
            &[],
        ),
    }
}

pub(super) fn invitation_reminder(organization: &str, inviter: Option<&str>, expires_at: Moment) -> Words {
    let until = expires_at.date_and_time();
    let what = match inviter {
        Some(inviter) => Line::new(
            "{} invited you to {} on Usher, and the invitation is still open.",
            &[inviter, organization],
        ),
        None => Line::new(
            "You are invited to {} on Usher, and the invitation is still open.",
            &[organization],
        ),
    };
    let once = format!("It is for this address, and can be accepted until {until}.");
    Words {
        subject: format!("Your invitation to {organization} ends soon"),
        heading: Line::new("Join {}", &[organization]),
        before: vec![what, Line::new(&once, &[])],
        button: "Accept invitation",
        path: "/",
        after: Line::new(
            "If you did not expect this invitation, ignore this mail. There is no other reminder.",
            &[],
        ),
    }
}

pub(super) fn invitations_expired(organization: &str, emails: &[String], more: usize) -> Words {
    let all = emails.len() + more;
    let subject = match emails {
        [only] if all == 1 => format!("Your invitation of {only} has expired"),
        _ => format!("{all} of your invitations have expired"),
    };
    let mut named = emails.join(", ");
    if more > 0 {
        named = format!("{named} and {more} more");
    }
    // Addresses as they are: who reads this typed them, and may want to write to them.
    let mut who = vec![Piece::Words(named)];
    who.extend(Line::new(" did not accept your invitation to {} in time.", &[organization]).0);
    let (heading, dead) = if all == 1 {
        ("An invitation has expired", "The link no longer works.")
    } else {
        ("Invitations have expired", "Their links no longer work.")
    };
    let follows =
        format!("{dead} You can send a new one from the list of users, or cancel the invitation there.");
    Words {
        subject,
        heading: Line::new(heading, &[]),
        before: vec![Line(who), Line::new(&follows, &[])],
        button: "Show who has not come",
        path: "/organization/users?status=expired",
        after: Line::new("You are told because you invited them.", &[]),
    }
}
