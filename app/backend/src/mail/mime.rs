//! A letter as it goes over the wire: headers, text and HTML for exactly one recipient.

use super::{html::html, letter::Letter};
use crate::{secret::Secret, settings::Settings};
use domain::{email_address::EmailAddress, ids::MailId};
use lettre::{
    Address,
    address::Envelope,
    message::{
        Body, Mailbox, MultiPart, SinglePart,
        header::{ContentTransferEncoding, ContentType, Header, HeaderName, HeaderValue},
    },
};
use time::OffsetDateTime;

/// A mail that can be handed over. Its bytes may hold a single-use link, so they are not shown.
#[derive(Debug)]
pub(super) struct Parcel {
    pub id: MailId,
    pub at: OffsetDateTime,
    pub envelope: Envelope,
    pub bytes: Secret<Vec<u8>>,
}

#[derive(Debug, thiserror::Error)]
pub enum Unsendable {
    #[error("The recipient is not an e-mail address")]
    Recipient,
    /// The operator's to mend.
    #[error("The sender's address is not set up")]
    Sender,
}

/// Whether mails can come from this: `Usher <usher@example.com>`, or an address alone.
pub fn check_sender(mail_from: &str) -> Result<(), Unsendable> {
    sender(mail_from).map(drop)
}

pub(super) fn parcel(
    settings: &Settings,
    id: MailId,
    at: OffsetDateTime,
    recipient: &str,
    letter: &Letter,
) -> Result<Parcel, Unsendable> {
    let from = sender(&settings.mail_from)?;
    let to = Mailbox::new(None, envelope_address(recipient).ok_or(Unsendable::Recipient)?);
    let message = lettre::Message::builder()
        .from(from)
        .to(to)
        .subject(letter.subject.as_str())
        .date(at.into())
        .message_id(Some(format!("<{id}@{}>", host(&settings.public_url))))
        .header(AutoSubmitted)
        .multipart(
            MultiPart::alternative()
                .singlepart(
                    SinglePart::builder()
                        .header(ContentType::TEXT_PLAIN)
                        .body(body(letter.text())),
                )
                .singlepart(
                    SinglePart::builder()
                        .header(ContentType::TEXT_HTML)
                        .body(body(html(letter))),
                ),
        )
        .map_err(|_| Unsendable::Recipient)?;
    Ok(Parcel {
        id,
        at,
        envelope: message.envelope().clone(),
        bytes: Secret::new(message.formatted()),
    })
}

/// The longest line that may go unencoded (RFC 5322 section 2.1.1).
const LONGEST_LINE: usize = 998;

/// ASCII goes as it is, so that the link stays whole on its line; lettre alone would encode it from 77 characters on.
fn body(text: String) -> Body {
    let plain =
        text.is_ascii() && !text.contains(['\r', '\0']) && text.lines().all(|l| l.len() <= LONGEST_LINE);
    if plain {
        let bytes = text.replace('\n', "\r\n").into_bytes();
        Body::dangerous_pre_encoded(bytes, ContentTransferEncoding::SevenBit)
    } else {
        Body::new(text)
    }
}

fn sender(mail_from: &str) -> Result<Mailbox, Unsendable> {
    mail_from.parse().map_err(|_| Unsendable::Sender)
}

/// The local part as typed, the domain in its ASCII form, which every mail server understands. A local part that is
/// not ASCII needs a server with SMTPUTF8 (RFC 6531).
fn envelope_address(recipient: &str) -> Option<Address> {
    let address = EmailAddress::parse(recipient).ok()?;
    let (local, _) = address.as_str().rsplit_once('@')?;
    let (_, ascii_domain) = address.key().rsplit_once('@')?;
    Address::new(local, ascii_domain).ok()
}

/// The host in the public address, without port.
fn host(public_url: &str) -> &str {
    let rest = public_url.split_once("://").map_or(public_url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let port_follows = |port: &str| port.chars().all(|c| c.is_ascii_digit());
    authority
        .rsplit_once(':')
        .filter(|(_, port)| port_follows(port))
        .map_or(authority, |(host, _)| host)
}

/// RFC 3834 section 5: no out-of-office reply comes back.
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}
