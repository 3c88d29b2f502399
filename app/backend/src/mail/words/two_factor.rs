//! The words of the mails about two-factor authentication.

use super::{Line, Words};
use crate::mail::message::TwoFactorChange;
use domain::{identities::Method, moment::Moment};

pub(super) fn two_factor(organization: &str, at: Moment, change: &TwoFactorChange) -> Words {
    use TwoFactorChange::{Added, Cleared, CodeUsed, NewCodes, Off, On, Removed, Reset, WrongCodes};
    let when = at.date_and_time();
    let subject = match change {
        On { .. } => "Two-factor authentication is on",
        Added { .. } => "An authenticator was added",
        Removed { .. } => "An authenticator was removed",
        Off => "Two-factor authentication is off",
        Reset | Cleared => "Your two-factor authentication was reset",
        NewCodes => "New recovery codes were made",
        CodeUsed { .. } => "A recovery code was used",
        WrongCodes { .. } => "Wrong codes were tried",
    };
    let (what, names) = match change {
        On { name } => (
            "On {when} two-factor authentication was switched on for your account at {}, with {}.",
            vec![organization, name],
        ),
        Added { name } => (
            "On {when} the authenticator {} was added to your account at {}.",
            vec![name.as_str(), organization],
        ),
        Removed { name } => (
            "On {when} the authenticator {} was removed from your account at {}.",
            vec![name.as_str(), organization],
        ),
        Off => (
            "On {when} two-factor authentication was switched off for your account at {}.",
            vec![organization],
        ),
        Reset => (
            "On {when} an administrator of {} took your two-factor authentication away.",
            vec![organization],
        ),
        Cleared => (
            "On {when} a link of the operator signed somebody in to your account at {}, and took your two-factor authentication away.",
            vec![organization],
        ),
        NewCodes => (
            "On {when} new recovery codes were made for your account at {}.",
            vec![organization],
        ),
        WrongCodes {
            method: Method::Password,
        } => (
            "On {when} somebody gave the right password for your account at {} and wrong codes. Nobody got in.",
            vec![organization],
        ),
        WrongCodes { method } => (
            "On {when} somebody signed in by {} for your account at {} and gave wrong codes. Nobody got in.",
            vec![method.name(), organization],
        ),
        CodeUsed {
            method: Method::Password,
            ..
        } => (
            "On {when} somebody signed in to your account at {} with the password and a recovery code.",
            vec![organization],
        ),
        CodeUsed { method, .. } => (
            "On {when} somebody signed in to your account at {} with {} and a recovery code.",
            vec![organization, method.name()],
        ),
    };
    let follows = follows(change);
    let (button, path) = match change {
        Reset => ("Sign in", "/sign-in"),
        Cleared => ("Set it up anew", "/account/settings?dialog=two-factor"),
        _ => ("Open your settings", "/account/settings#two-factor"),
    };
    let after = match change {
        Reset => "If you did not ask for this, tell an administrator of {} at once.",
        _ => {
            "If this was not you, choose a new password by Forgot password? on the sign-in page, and tell an administrator of {} at once."
        }
    };
    Words {
        subject: format!("{subject} at {organization}"),
        heading: Line::new(subject, &[]),
        before: vec![
            Line::new(&what.replace("{when}", &when), &names),
            Line::new(&follows, &[]),
        ],
        button,
        path,
        after: Line::new(after, &[organization]),
    }
}

/// What that means for the person.
fn follows(change: &TwoFactorChange) -> String {
    use TwoFactorChange::{Added, Cleared, CodeUsed, NewCodes, Off, On, Removed, Reset, WrongCodes};
    match change {
        On { .. } => "From now on, signing in asks for one of its codes. Keep your recovery codes where you find them without your device.".to_owned(),
        Added { .. } => "A code of any of your authenticators signs you in.".to_owned(),
        Removed { .. } => "Its codes no longer work.".to_owned(),
        Off => "No code is asked for any more. Your authenticators and recovery codes no longer work.".to_owned(),
        Reset => "You are signed out everywhere. Sign in, and set it up anew in your settings.".to_owned(),
        Cleared => "Set it up anew in your settings.".to_owned(),
        NewCodes => "The old ones no longer work.".to_owned(),
        WrongCodes {
            method: Method::Password,
        } => "If it was you, there is nothing to do. If not, somebody knows your password: choose another one.".to_owned(),
        WrongCodes { method: Method::Saml } => {
            "If it was you, there is nothing to do. If not, somebody can sign in as you at your identity provider: tell whoever runs it.".to_owned()
        }
        WrongCodes { method } => format!(
            "If it was you, there is nothing to do. If not, somebody can use your {} account: close it to them there.",
            method.name()
        ),
        CodeUsed { left: 0, .. } => "It was the last one. Make new ones in your settings.".to_owned(),
        CodeUsed { left: 1, .. } => "It does not work again. You have one left.".to_owned(),
        CodeUsed { left, .. } => format!("It does not work again. You have {left} left."),
    }
}

pub(super) fn two_factor_asked_for(organization: &str, from: Moment) -> Words {
    let when = from.date_and_time();
    let what = format!(
        "{{}} asks everybody for two-factor authentication from {when} on, and you have not set it up yet."
    );
    Words {
        subject: format!("Set up two-factor authentication for {organization}"),
        heading: Line::new("Set up two-factor authentication", &[]),
        before: vec![
            Line::new(&what, &[organization]),
            Line::new(
                "It takes a minute and an authenticator app on your phone. From that time on you can use nothing but your own settings until it is done.",
                &[],
            ),
        ],
        button: "Set it up",
        path: "/account/settings?dialog=two-factor",
        after: Line::new(
            "If you have a question about this, ask an administrator of {}.",
            &[organization],
        ),
    }
}
