//! The words of every mail, as people and mail programs get them.

use crate::mail::{
    html::html,
    letter::shown,
    message::{LinkReason, Message, TokenChange, TwoFactorChange},
    words::{Occasion, letter},
};
use domain::{identities::Method, moment::Moment};
use time::macros::datetime;

pub(super) const LINK: &str = "https://usher.example.com/invitations/the-token";

fn at() -> Moment {
    datetime!(2026-12-01 09:05 UTC).into()
}

fn wrong(method: Method) -> TwoFactorChange {
    TwoFactorChange::WrongCodes { method }
}

fn used(left: i64, method: Method) -> TwoFactorChange {
    TwoFactorChange::CodeUsed { left, method }
}

/// One of each kind, in an organization and by a person of these names.
pub(super) fn every_kind(organization: &str, inviter: &str) -> Vec<Message> {
    let organization = organization.to_owned();
    let link = |why| Message::PasswordLink {
        organization: organization.clone(),
        at: at(),
        why,
    };
    let name = || inviter.to_owned();
    let two_factor = |change| Message::TwoFactor {
        organization: organization.clone(),
        at: at(),
        change,
    };
    let mut messages = vec![
        Message::Invitation {
            organization: organization.clone(),
            inviter: Some(inviter.to_owned()),
            expires_at: at(),
        },
        Message::Invitation {
            organization: organization.clone(),
            inviter: None,
            expires_at: at(),
        },
        Message::Activation {
            organization: organization.clone(),
            expires_at: at(),
        },
        Message::AccountDeactivated {
            organization: organization.clone(),
            at: at(),
            tokens_deleted: false,
        },
        Message::AccountDeactivated {
            organization: organization.clone(),
            at: at(),
            tokens_deleted: true,
        },
        Message::AccountReactivated {
            organization: organization.clone(),
            at: at(),
        },
        Message::PasswordReset {
            organization: organization.clone(),
            at: at(),
        },
        Message::PasswordChanged {
            organization: organization.clone(),
            at: at(),
        },
        link(LinkReason::Forgotten),
        link(LinkReason::First),
        link(LinkReason::Reported),
        Message::NewDevice {
            organization: organization.clone(),
            at: at(),
            device: "Firefox on Linux".to_owned(),
            address: "192.0.2.7".to_owned(),
        },
        two_factor(TwoFactorChange::On { name: name() }),
        two_factor(TwoFactorChange::Added { name: name() }),
        two_factor(TwoFactorChange::Removed { name: name() }),
        two_factor(TwoFactorChange::Off),
        two_factor(TwoFactorChange::Reset),
        two_factor(TwoFactorChange::Cleared),
        two_factor(TwoFactorChange::NewCodes),
        two_factor(wrong(Method::Password)),
        two_factor(wrong(Method::Google)),
        two_factor(wrong(Method::Saml)),
        two_factor(used(9, Method::Password)),
        two_factor(used(1, Method::GitHub)),
        two_factor(used(0, Method::Saml)),
        Message::TwoFactorAskedFor {
            organization: organization.clone(),
            from: at(),
        },
        Message::CertificateEnds {
            organization: organization.clone(),
            subject: format!("CN={inviter}"),
            ends: at(),
            days: 7,
        },
        Message::SignInReported {
            organization: organization.clone(),
            person: inviter.to_owned(),
            at: at(),
            device: "Firefox on Linux".to_owned(),
            address: "192.0.2.7".to_owned(),
        },
    ];
    messages.extend(of_invitations(&organization, inviter));
    messages.extend(of_methods(&organization));
    messages.extend(of_tokens(&organization, inviter));
    messages
}

fn of_invitations(organization: &str, inviter: &str) -> [Message; 4] {
    let reminder = |inviter: Option<&str>| Message::InvitationReminder {
        organization: organization.to_owned(),
        inviter: inviter.map(str::to_owned),
        expires_at: at(),
    };
    let expired = |emails: &[&str], more| Message::InvitationsExpired {
        organization: organization.to_owned(),
        emails: emails.iter().map(|email| (*email).to_owned()).collect(),
        more,
    };
    [
        reminder(Some(inviter)),
        reminder(None),
        expired(&["ben@example.test"], 0),
        expired(&["ben@example.test", "cleo@example.test"], 3),
    ]
}

fn of_methods(organization: &str) -> [Message; 2] {
    let organization = || organization.to_owned();
    [
        Message::MethodLinked {
            organization: organization(),
            at: at(),
            method: Method::Google,
        },
        Message::MethodUnlinked {
            organization: organization(),
            at: at(),
            method: Method::GitHub,
        },
    ]
}

fn of_tokens(organization: &str, name: &str) -> Vec<Message> {
    let name = || name.to_owned();
    let created = |expires| TokenChange::Created {
        name: name(),
        expires,
    };
    let deleted = TokenChange::Deleted { name: name() };
    let mut messages: Vec<_> = [created(Some(at())), created(None), deleted]
        .map(|change| Message::AccessToken {
            organization: organization.to_owned(),
            at: at(),
            change,
        })
        .into();
    messages.push(Message::ServiceAdded {
        organization: organization.to_owned(),
        at: at(),
        name: name(),
        by: name(),
    });
    messages.push(Message::ScimTokenAdded {
        organization: organization.to_owned(),
        at: at(),
        name: name(),
        by: name(),
    });
    messages
}

/// Text and HTML of a message to Ben.
fn parts(message: &Message) -> (String, String) {
    let link = message.link().map(|_| LINK);
    let occasion = Occasion {
        public_url: "https://usher.example.com",
        link,
        link_works_for: "1 hour",
    };
    let letter = letter(message, &occasion);
    (letter.text(), html(&letter))
}

#[test]
fn every_kind_has_one_button_and_the_bare_address_in_both_parts() {
    for message in every_kind("Analytical Engines", "Ada Lovelace") {
        let (text, html) = parts(&message);
        assert_eq!(html.matches("<a ").count(), 1, "{message:?}");
        assert_eq!(html.matches("href=").count(), 1, "{message:?}");
        let address = html.split("href=\"").nth(1).unwrap().split('"').next().unwrap();
        assert_eq!(html.matches(&format!("{address}<")).count(), 1, "bare in {html}");
        assert!(text.lines().any(|line| line == address), "{text}");
        assert_eq!(text.matches("://").count(), 1, "{text}");
        assert_eq!(html.matches("://").count(), 2, "{html}");
        assert_eq!(address == LINK, message.link().is_some());
    }
}

#[test]
fn the_buttons_say_what_they_do() {
    let labels = |message: &Message| {
        parts(message)
            .1
            .split("</a>")
            .next()
            .unwrap()
            .rsplit('>')
            .next()
            .unwrap()
            .to_owned()
    };
    let labels: Vec<_> = every_kind("Analytical Engines", "Ada Lovelace")
        .iter()
        .map(labels)
        .collect();
    assert_eq!(
        labels,
        [
            "Accept invitation",
            "Accept invitation",
            "Activate",
            "Open Usher",
            "Open Usher",
            "Sign in",
            "Open Usher",
            "Open Usher",
            "Choose a password",
            "Choose a password",
            "Choose a password",
            "This wasn&#39;t me",
            "Open your settings",
            "Open your settings",
            "Open your settings",
            "Open your settings",
            "Sign in",
            "Set it up anew",
            "Open your settings",
            "Open your settings",
            "Open your settings",
            "Open your settings",
            "Open your settings",
            "Open your settings",
            "Open your settings",
            "Set it up",
            "Open single sign-on",
            "Open the audit log",
            "Accept invitation",
            "Accept invitation",
            "Show who has not come",
            "Show who has not come",
            "Open your settings",
            "Open your settings",
            "See your access tokens",
            "See your access tokens",
            "See your access tokens",
            "See the services",
            "See provisioning"
        ]
    );
}

#[test]
fn an_invitation_says_who_what_until_when_and_what_if_not() {
    let (text, _) = parts(&every_kind("Analytical Engines", "Ada Lovelace")[0]);
    assert_eq!(
        text,
        "Join Analytical Engines\n\n\
         Ada Lovelace invited you to Analytical Engines on Usher.\n\n\
         The invitation is for this address. It can be accepted once, until 1 Dec 2026, 09:05 UTC.\n\n\
         Accept invitation:\nhttps://usher.example.com/invitations/the-token\n\n\
         If you did not expect this invitation, ignore this mail. Nothing happens until you accept.\n\n\
         -- \nUsher sent this mail. Replies are not read.\n"
    );
}

#[test]
fn a_stored_message_keeps_its_form_and_holds_no_link() {
    let message = &every_kind("Analytical Engines", "Ada Lovelace")[0];
    let stored = serde_json::to_value(message).unwrap();
    let expected = serde_json::json!({
        "kind": "invitation", "organization": "Analytical Engines", "inviter": "Ada Lovelace", "expires_at": 1_796_115_900
    });
    assert_eq!(stored, expected);
    for message in every_kind("Analytical Engines", "Ada Lovelace") {
        let stored = serde_json::to_string(&message).unwrap();
        assert!(!stored.contains("the-token"));
        assert_eq!(serde_json::from_str::<Message>(&stored).unwrap(), message);
    }
}

#[test]
fn a_name_that_looks_like_an_address_leads_nowhere() {
    for name in [
        "http://evil.test/x",
        "www.evil.test",
        "evil.test",
        "a@evil.test",
        "evil。test",
        "//evil.test",
    ] {
        let shown = shown(name);
        assert_eq!(shown.replace('\u{2060}', ""), name, "looks as it was typed");
        for part in shown.split('\u{2060}') {
            let inner = part.trim_end_matches(['.', ':', '/', '@', '。']);
            assert!(!inner.contains(['.', ':', '/', '@', '。']), "{part:?} of {name}");
        }
        for message in every_kind(name, name) {
            let (text, html) = parts(&message);
            assert!(
                !text.contains("evil.test") && !html.contains("evil.test"),
                "{text}"
            );
            assert_eq!(html.matches("href=").count(), 1);
        }
    }
    assert_eq!(shown("St. Mary’s Hospital"), "St. Mary’s Hospital");
}

#[test]
fn mail_02_a_name_is_text_in_the_html_part() {
    let name = "<img src=x onerror=alert(1)>\"'&amp;</title><a href=x>";
    for message in every_kind(name, name) {
        let (_, html) = parts(&message);
        assert!(!html.contains("<img") && !html.contains("<a href=x"), "{html}");
        assert_eq!(html.matches("</title>").count(), 1);
        assert!(
            html.contains("&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;amp;&lt;/"),
            "{html}"
        );
    }
}

#[test]
fn nothing_is_fetched_and_both_themes_are_served() {
    for message in every_kind("Analytical Engines", "Ada Lovelace") {
        let (_, html) = parts(&message);
        for fetching in [
            "<img",
            "<script",
            "<link",
            "src=",
            "url(",
            "@import",
            "background=",
        ] {
            assert!(!html.contains(fetching), "{fetching}");
        }
        assert!(html.contains(r#"<meta name="color-scheme" content="light dark">"#));
        assert!(html.contains("prefers-color-scheme:dark"));
    }
}
