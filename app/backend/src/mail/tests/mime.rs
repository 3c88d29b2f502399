//! Headers and recipients: what a mail server and a mail program get to see.

use super::words::{LINK, every_kind};
use crate::{
    mail::{
        message::Message,
        mime::{self, Parcel, Unsendable, check_sender},
        words::{Occasion, letter},
    },
    settings::Settings,
};
use domain::ids::MailId;
use time::macros::datetime;
use uuid::Uuid;

fn parcel(message: &Message, recipient: &str) -> Parcel {
    let settings = Settings {
        public_url: "https://usher.example.com".into(),
        mail_from: "Usher <usher@example.com>".into(),
        ..Settings::default()
    };
    let link = message.link().map(|_| LINK);
    let occasion = Occasion {
        public_url: &settings.public_url,
        link,
        link_works_for: "1 hour",
    };
    let letter = letter(message, &occasion);
    let id = MailId(Uuid::from_u128(7));
    mime::parcel(&settings, id, datetime!(2026-11-24 10:00 UTC), recipient, &letter).unwrap()
}

fn raw(parcel: &Parcel) -> String {
    String::from_utf8(parcel.bytes.expose().clone()).unwrap()
}

fn headers(parcel: &Parcel) -> Vec<String> {
    let raw = raw(parcel);
    let head = raw.split("\r\n\r\n").next().unwrap().replace("\r\n ", " ");
    head.split("\r\n").map(str::to_owned).collect()
}

#[test]
fn mail_01_no_name_makes_a_header_or_a_recipient() {
    for ending in [
        "\r\n",
        "\n",
        "\r",
        "\u{2028}",
        "\u{2029}",
        "\u{85}",
        "\u{0}",
        "%0d%0a",
        "=?utf-8?q?=0d=0a?=",
    ] {
        let name = format!("Ada{ending}Bcc: eve@evil.test{ending}{ending}<b>body</b>");
        for message in every_kind(&name, &name) {
            let parcel = parcel(&message, "ben@example.com");
            let to: Vec<&str> = parcel.envelope.to().iter().map(AsRef::as_ref).collect();
            assert_eq!(to, ["ben@example.com"]);
            let headers = headers(&parcel);
            let names: Vec<&str> = headers
                .iter()
                .map(|line| line.split(": ").next().unwrap())
                .collect();
            assert_eq!(
                names,
                [
                    "From",
                    "To",
                    "Subject",
                    "Date",
                    "Message-ID",
                    "Auto-Submitted",
                    "MIME-Version",
                    "Content-Type"
                ],
                "{ending:?}"
            );
        }
    }
}

#[test]
fn the_headers_say_who_when_and_that_no_person_wrote_it() {
    let parcel = parcel(
        &every_kind("Analytical Engines", "Ada Lovelace")[0],
        "ben@example.com",
    );
    let headers = headers(&parcel);
    assert_eq!(
        headers[..6],
        [
            "From: Usher <usher@example.com>",
            "To: ben@example.com",
            "Subject: Ada Lovelace invited you to Analytical Engines",
            "Date: Tue, 24 Nov 2026 10:00:00 +0000",
            "Message-ID: <00000000-0000-0000-0000-000000000007@usher.example.com>",
            "Auto-Submitted: auto-generated",
        ]
    );
    assert!(
        headers[7].starts_with("Content-Type: multipart/alternative;"),
        "{}",
        headers[7]
    );
}

/// A log, a proxy or a person with an old mail program finds the link whole.
#[test]
fn the_link_is_not_broken_by_an_encoding() {
    for message in every_kind("Analytical Engines", "Ada Lovelace") {
        let raw = raw(&parcel(&message, "ben@example.com"));
        assert_eq!(raw.matches("Content-Transfer-Encoding: 7bit").count(), 2, "{raw}");
    }
}

#[test]
fn a_subject_in_any_script_is_encoded() {
    let parcel = parcel(&every_kind("愛の会社", "Ада")[0], "ben@example.com");
    assert!(raw(&parcel).is_ascii());
    assert!(
        headers(&parcel)[2].starts_with("Subject: =?utf-8?b?"),
        "{}",
        headers(&parcel)[2]
    );
}

#[test]
fn an_international_domain_travels_in_ascii() {
    let parcel = parcel(&every_kind("Bücher", "Ada")[0], "Ben@BÜCHER.example");
    assert_eq!(parcel.envelope.to()[0].to_string(), "Ben@xn--bcher-kva.example");
}

#[test]
fn mail_03_anything_but_one_plain_recipient_is_unsendable() {
    let settings = Settings::default();
    let message = &every_kind("Analytical Engines", "Ada Lovelace")[3];
    for recipient in [
        "ben@example.com, eve@evil.test",
        "Ben <ben@example.com>",
        "ben@example.com\r\nBcc: eve@evil.test",
        "",
    ] {
        let letter = letter(
            message,
            &Occasion {
                public_url: &settings.public_url,
                link: None,
                link_works_for: "1 hour",
            },
        );
        let parcel = mime::parcel(
            &settings,
            MailId(Uuid::nil()),
            datetime!(2026-11-24 10:00 UTC),
            recipient,
            &letter,
        );
        assert!(matches!(parcel, Err(Unsendable::Recipient)), "{recipient:?}");
    }
}

#[test]
fn a_sender_is_an_address_with_or_without_a_name() {
    assert!(check_sender(&Settings::default().mail_from).is_ok());
    assert!(check_sender("usher@example.com").is_ok());
    assert!(matches!(check_sender("Usher"), Err(Unsendable::Sender)));
}

#[test]
fn a_parcel_does_not_show_its_link() {
    let parcel = parcel(
        &every_kind("Analytical Engines", "Ada Lovelace")[0],
        "ben@example.com",
    );
    assert!(raw(&parcel).contains("the-token"));
    assert!(!format!("{parcel:?}").contains("the-token"));
}
