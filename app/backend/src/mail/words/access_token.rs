//! The words of the mails about access tokens, services and tokens for SCIM.

use super::{Line, Words};
use crate::mail::message::TokenChange;
use domain::moment::Moment;

pub(super) fn access_token(organization: &str, at: Moment, change: &TokenChange) -> Words {
    let when = at.date_and_time();
    match change {
        TokenChange::Created { name, expires } => {
            let what = format!("On {when} the access token {{}} was created for your account at {{}}.");
            let until = match expires {
                Some(end) => format!("until {}", end.date_and_time()),
                None => "until it is deleted".to_owned(),
            };
            let follows = format!("Whoever has it can act as you, with the roles that you have, {until}.");
            Words {
                subject: format!("An access token was created for your account at {organization}"),
                heading: Line::new("An access token was created", &[]),
                before: vec![Line::new(&what, &[name, organization]), Line::new(&follows, &[])],
                button: "See your access tokens",
                path: "/tokens",
                after: Line::new(
                    "If this was not you, delete it, sign out everywhere else in your settings, choose a new password, and tell an administrator of {} at once.",
                    &[organization],
                ),
            }
        }
        TokenChange::Deleted { name } => {
            let what = format!("On {when} an administrator of {{}} deleted your access token {{}}.");
            Words {
                subject: format!("Your access token {name} was deleted"),
                heading: Line::new("An access token was deleted", &[]),
                before: vec![
                    Line::new(&what, &[organization, name]),
                    Line::new(
                        "What uses it is refused from now on. Your account and your other tokens stay.",
                        &[],
                    ),
                ],
                button: "See your access tokens",
                path: "/tokens",
                after: Line::new(
                    "If you need another one, create it there. If you have a question about this, ask an administrator of {}.",
                    &[organization],
                ),
            }
        }
    }
}

pub(super) fn service_added(organization: &str, at: Moment, (name, by): (&str, &str)) -> Words {
    let when = at.date_and_time();
    let what = format!("On {when} {{}} added the service {{}} to {{}}.");
    Words {
        subject: format!("A service was added to {organization}"),
        heading: Line::new("A service was added", &[]),
        before: vec![
            Line::new(&what, &[by, name, organization]),
            Line::new(
                "Whoever has its secret can ask whose a token is, and what each person of the organization may do.",
                &[],
            ),
        ],
        button: "See the services",
        path: "/organization/services",
        after: Line::new("If nobody of you meant to do this, delete it there.", &[]),
    }
}

pub(super) fn scim_token_added(organization: &str, at: Moment, (name, by): (&str, &str)) -> Words {
    let when = at.date_and_time();
    let what = format!("On {when} {{}} added the token {{}} for SCIM to {{}}.");
    Words {
        subject: format!("A token for SCIM was added to {organization}"),
        heading: Line::new("A token for SCIM was added", &[]),
        before: vec![
            Line::new(&what, &[by, name, organization]),
            Line::new(
                "Whoever has it can add people, deactivate them, and keep groups of its own, as far as provisioning is switched on.",
                &[],
            ),
        ],
        button: "See provisioning",
        path: "/organization/iam/scim",
        after: Line::new("If nobody of you meant to do this, delete it there.", &[]),
    }
}
