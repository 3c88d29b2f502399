//! The words of every mail: who, what, until when, and what if it was not you. Short, calm, no blame.

use super::{
    letter::{Button, Letter, Line, on_one_line},
    message::Message,
};
use domain::moment::Moment;

/// What the words need to know beside the message.
pub(super) struct Occasion<'a> {
    /// The address of the console, without a slash at the end.
    pub public_url: &'a str,
    /// The single-use link, where the message has one.
    pub link: Option<&'a str>,
}

/// What differs from kind to kind.
struct Words {
    subject: String,
    heading: Line,
    before: Vec<Line>,
    button: &'static str,
    /// Where the button leads if the message has no link of its own: a path of the console.
    path: &'static str,
    after: Line,
}

pub(super) fn letter(message: &Message, occasion: &Occasion) -> Letter {
    let words = match message {
        Message::Invitation {
            organization,
            inviter,
            expires_at,
        } => invitation(organization, inviter.as_deref(), *expires_at),
        Message::Activation {
            organization,
            expires_at,
        } => activation(organization, *expires_at),
        Message::AccountDeactivated { organization, at } => account_deactivated(organization, *at),
        Message::AccountReactivated { organization, at } => account_reactivated(organization, *at),
        Message::PasswordReset { organization, at } => password_reset(organization, *at),
    };
    let address = match occasion.link {
        Some(link) => link.to_owned(),
        None => format!("{}{}", occasion.public_url, words.path),
    };
    Letter {
        subject: on_one_line(&words.subject),
        heading: words.heading,
        before: words.before,
        button: Button {
            label: words.button,
            address,
        },
        after: vec![words.after],
        footer: Line::new("Usher sent this mail. Replies are not read.", &[]),
    }
}

fn invitation(organization: &str, inviter: Option<&str>, expires_at: Moment) -> Words {
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

fn activation(organization: &str, expires_at: Moment) -> Words {
    let what = "{} is ready on Usher. Activate it to set up your account. \
                The first account becomes its administrator.";
    let until = expires_at.date_and_time();
    let once = format!("The link is for this address. It works once, until {until}.");
    Words {
        subject: format!("Activate {organization}"),
        heading: Line::new("Activate {}", &[organization]),
        before: vec![Line::new(what, &[organization]), Line::new(&once, &[])],
        button: "Activate",
        path: "/",
        after: Line::new(
            "If you did not expect this, ignore this mail. Nothing happens until you activate.",
            &[],
        ),
    }
}

fn account_deactivated(organization: &str, at: Moment) -> Words {
    let when = at.date_and_time();
    let what = format!("An administrator deactivated your account at {{}} on {when}.");
    let follows = "You are signed out everywhere, and your access tokens have stopped working. \
                   Nothing was deleted.";
    Words {
        subject: format!("Your account at {organization} was deactivated"),
        heading: Line::new("Your account was deactivated", &[]),
        before: vec![Line::new(&what, &[organization]), Line::new(follows, &[])],
        button: "Open Usher",
        path: "/",
        after: Line::new(
            "If this is a mistake, ask an administrator of {} to reactivate your account.",
            &[organization],
        ),
    }
}

fn account_reactivated(organization: &str, at: Moment) -> Words {
    let when = at.date_and_time();
    let what = format!("An administrator reactivated your account at {{}} on {when}.");
    let follows = "You can sign in again. Access tokens that have not expired work again.";
    Words {
        subject: format!("Your account at {organization} was reactivated"),
        heading: Line::new("Your account was reactivated", &[]),
        before: vec![Line::new(&what, &[organization]), Line::new(follows, &[])],
        button: "Sign in",
        path: "/sign-in",
        after: Line::new(
            "If you did not expect this, tell an administrator of {}.",
            &[organization],
        ),
    }
}

fn password_reset(organization: &str, at: Moment) -> Words {
    let when = at.date_and_time();
    let what = format!("A new password was chosen for your account at {{}} on {when}, by a one-time link.");
    let follows = "The old password no longer works, and every session before it has ended.";
    Words {
        subject: format!("Your password at {organization} was replaced"),
        heading: Line::new("Your password was replaced", &[]),
        before: vec![Line::new(&what, &[organization]), Line::new(follows, &[])],
        button: "Open Usher",
        path: "/",
        after: Line::new(
            "If this was not you, tell an administrator of {} at once.",
            &[organization],
        ),
    }
}
