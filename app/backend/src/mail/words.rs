//! The words of every mail: who, what, until when, and what if it was not you. Short, calm, no blame.

mod access_token;
mod invitation;
mod two_factor;

use super::{
    letter::{Button, Letter, Line, on_one_line},
    message::{LinkReason, Message},
};
use access_token::{access_token, scim_token_added, service_added};
use domain::{identities::Method, moment::Moment};
use invitation::{invitation, invitation_reminder, invitations_expired};
use two_factor::{two_factor, two_factor_asked_for};

/// What the words need to know beside the message.
pub(super) struct Occasion<'a> {
    /// The address of the console, without a slash at the end.
    pub public_url: &'a str,
    /// The single-use link, where the message has one.
    pub link: Option<&'a str>,
    /// For how long a link for a new password works, in words.
    pub link_works_for: &'a str,
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
    let words = words_of(message, occasion);
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

fn words_of(message: &Message, occasion: &Occasion) -> Words {
    match message {
        Message::Invitation {
            organization,
            inviter,
            expires_at,
        } => invitation(organization, inviter.as_deref(), *expires_at),
        Message::InvitationReminder {
            organization,
            inviter,
            expires_at,
        } => invitation_reminder(organization, inviter.as_deref(), *expires_at),
        Message::InvitationsExpired {
            organization,
            emails,
            more,
        } => invitations_expired(organization, emails, *more),
        Message::Activation {
            organization,
            expires_at,
        } => activation(organization, *expires_at),
        Message::AccountDeactivated {
            organization,
            at,
            tokens_deleted,
        } => account_deactivated(organization, *at, *tokens_deleted),
        Message::AccountReactivated { organization, at } => account_reactivated(organization, *at),
        Message::PasswordReset { organization, at } => password_reset(organization, *at),
        Message::PasswordChanged { organization, at } => password_changed(organization, *at),
        Message::PasswordLink {
            organization,
            at,
            why,
        } => password_link(organization, *at, *why, occasion.link_works_for),
        Message::NewDevice {
            organization,
            at,
            device,
            address,
        } => new_device(organization, *at, device, address),
        Message::TwoFactor {
            organization,
            at,
            change,
        } => two_factor(organization, *at, change),
        Message::TwoFactorAskedFor { organization, from } => two_factor_asked_for(organization, *from),
        Message::MethodLinked {
            organization,
            at,
            method,
        } => method_changed(organization, *at, *method, true),
        Message::MethodUnlinked {
            organization,
            at,
            method,
        } => method_changed(organization, *at, *method, false),
        Message::AccessToken {
            organization,
            at,
            change,
        } => access_token(organization, *at, change),
        Message::ServiceAdded {
            organization,
            at,
            name,
            by,
        } => service_added(organization, *at, (name, by)),
        Message::ScimTokenAdded {
            organization,
            at,
            name,
            by,
        } => scim_token_added(organization, *at, (name, by)),
        Message::CertificateEnds {
            organization,
            subject,
            ends,
            days,
        } => certificate_ends(organization, subject, *ends, *days),
        Message::SignInReported {
            organization,
            person,
            at,
            device,
            address,
        } => sign_in_reported(organization, person, *at, (device, address)),
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

fn account_deactivated(organization: &str, at: Moment, tokens_deleted: bool) -> Words {
    let when = at.date_and_time();
    let what = format!("An administrator deactivated your account at {{}} on {when}.");
    let follows = if tokens_deleted {
        "You are signed out everywhere, and your access tokens are deleted. Nothing else was deleted."
    } else {
        "You are signed out everywhere, and your access tokens have stopped working. Nothing was deleted."
    };
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

fn password_changed(organization: &str, at: Moment) -> Words {
    let when = at.date_and_time();
    let what = format!("The password of your account at {{}} was changed on {when}, in the console.");
    let follows = "Every other session of yours has ended.";
    Words {
        subject: format!("Your password at {organization} was changed"),
        heading: Line::new("Your password was changed", &[]),
        before: vec![Line::new(&what, &[organization]), Line::new(follows, &[])],
        button: "Open Usher",
        path: "/",
        after: Line::new(
            "If this was not you, choose a new password by Forgot password? on the sign-in page, and tell an administrator of {} at once.",
            &[organization],
        ),
    }
}

fn password_link(organization: &str, at: Moment, why: LinkReason, works_for: &str) -> Words {
    let when = at.date_and_time();
    let (what, after) = match why {
        LinkReason::Forgotten => (
            format!("On {when} somebody asked for a new password for your account at {{}}."),
            "If this was not you, ignore this mail: your password stays as it is.",
        ),
        LinkReason::First => (
            format!("On {when} you asked for a password for your account at {{}}."),
            "If this was not you, ignore this mail, and look at your sessions in the settings.",
        ),
        LinkReason::Reported => (
            format!(
                "On {when} you told us that a sign-in to your account at {{}} was not yours. You are signed out everywhere, \
                 and the old password no longer works."
            ),
            "Choose one that you use nowhere else.",
        ),
    };
    let once = format!("The link works once, for {works_for}. It ends all your sessions.");
    Words {
        subject: format!("Choose a new password for {organization}"),
        heading: Line::new("Choose a new password", &[]),
        before: vec![Line::new(&what, &[organization]), Line::new(&once, &[])],
        button: "Choose a password",
        path: "/",
        after: Line::new(after, &[]),
    }
}

fn new_device(organization: &str, at: Moment, device: &str, address: &str) -> Words {
    let when = at.date_and_time();
    let what =
        format!("On {when} somebody signed in to your account at {{}} with a browser that was new to us.");
    Words {
        subject: format!("New sign-in at {organization}"),
        heading: Line::new("A sign-in from a new device", &[]),
        before: vec![
            Line::new(&what, &[organization]),
            where_from(device, address),
            Line::new(
                "If this was you, there is nothing to do. If it was not, press the button: it signs your account out everywhere.",
                &[],
            ),
        ],
        button: "This wasn't me",
        path: "/",
        after: Line::new(
            "Nothing happens before you have confirmed it on the page that opens. You then get a link for a new password.",
            &[],
        ),
    }
}

fn method_changed(organization: &str, at: Moment, method: Method, linked: bool) -> Words {
    let (when, name) = (at.date_and_time(), method.name());
    let (done, follows) = if linked {
        ("linked to", format!("From now on, {name} signs you in."))
    } else {
        ("unlinked from", format!("{name} no longer signs you in."))
    };
    let what = format!("On {when} {name} was {done} your account at {{}}.");
    Words {
        subject: format!("{name} was {done} your account at {organization}"),
        heading: Line::new(&format!("{name} was {done} your account"), &[]),
        before: vec![Line::new(&what, &[organization]), Line::new(&follows, &[])],
        button: "Open your settings",
        path: "/account/settings#methods",
        after: Line::new(
            "If this was not you, choose a new password by Forgot password? on the sign-in page, and tell an administrator of {} at once.",
            &[organization],
        ),
    }
}

fn certificate_ends(organization: &str, subject: &str, ends: Moment, days: i64) -> Words {
    let when = ends.date_and_time();
    let left = match days {
        1 => "in a day".to_owned(),
        days => format!("in {days} days"),
    };
    let what = format!(
        "The certificate {{}}, by which the identity provider of {{}} signs, ends {left}, on {when}."
    );
    Words {
        subject: format!("A single sign-on certificate of {organization} ends {left}"),
        heading: Line::new("A certificate ends soon", &[]),
        before: vec![
            Line::new(&what, &[subject, organization]),
            Line::new(
                "From then on your identity provider may sign with another one, which is not trusted here yet. Add the new certificate beside the old one before, so that people go on signing in.",
                &[],
            ),
        ],
        button: "Open single sign-on",
        path: "/organization/iam/sso",
        after: Line::new(
            "You get this mail because you are an IAM Admin of {}.",
            &[organization],
        ),
    }
}

fn sign_in_reported(organization: &str, person: &str, at: Moment, (device, address): (&str, &str)) -> Words {
    let when = at.date_and_time();
    let what = format!("{{}} says that a sign-in to their account at {{}} on {when} was not theirs.");
    Words {
        subject: format!("{person} reported a sign-in at {organization}"),
        heading: Line::new("A sign-in was reported", &[]),
        before: vec![
            Line::new(&what, &[person, organization]),
            where_from(device, address),
            Line::new(
                "All their sessions have ended, and their password no longer works. They got a link for a new one.",
                &[],
            ),
        ],
        button: "Open the audit log",
        path: "/organization/audit",
        after: Line::new(
            "Look at what was done in their name since then, and deactivate the account if you are in doubt.",
            &[],
        ),
    }
}

/// Our own words and a network address: nothing of it was typed by anybody.
fn where_from(device: &str, address: &str) -> Line {
    let plain = |text: &str| text.replace(['{', '}'], "");
    Line::new(
        &format!("{}, from the network address {}.", plain(device), plain(address)),
        &[],
    )
}
