//! Which of several reasons an error of the verifier has, seen by looking at the response again. It changes the words for a
//! response that was refused, never that it was refused.

use super::{
    IdentityProvider, SamlError,
    precheck::{ASSERTION, PROTOCOL, SIGNATURE},
    verify::SKEW,
    xml::Element,
};
use domain::saml_problem::SamlProblem;
use std::time::SystemTime;
use time::OffsetDateTime;

pub(super) const BEARER: &str = "urn:oasis:names:tc:SAML:2.0:cm:bearer";
const STATUS: &str = "urn:oasis:names:tc:SAML:2.0:status:";

pub(super) fn with_what_was_read(
    error: SamlError,
    response: &Element,
    idp: &IdentityProvider,
    now: OffsetDateTime,
) -> SamlError {
    let problem = match error.problem {
        SamlProblem::UnexpectedShape => shape(response),
        SamlProblem::NotSigned
            if idp.require_signed_assertion && response.first(SIGNATURE, "Signature").is_some() =>
        {
            SamlProblem::AssertionNotSigned
        }
        SamlProblem::WrongRequest if response.attribute("InResponseTo").is_none() => SamlProblem::Unsolicited,
        SamlProblem::Expired => expired(response, now),
        SamlProblem::ProviderStatus => return status(response),
        other => other,
    };
    SamlError { problem, ..error }
}

/// What of the parts that every assertion needs is not there.
fn shape(response: &Element) -> SamlProblem {
    let Some(assertion) = response.first(ASSERTION, "Assertion") else {
        return SamlProblem::UnexpectedShape;
    };
    let subject = assertion.first(ASSERTION, "Subject");
    if subject.is_none_or(|subject| subject.first(ASSERTION, "NameID").is_none()) {
        return SamlProblem::NameIdMissing;
    }
    let conditions = assertion.first(ASSERTION, "Conditions");
    if conditions.is_none_or(|conditions| conditions.attribute("NotOnOrAfter").is_none()) {
        return SamlProblem::NoExpiry;
    }
    SamlProblem::UnexpectedShape
}

/// What has ended, or has no end at all.
fn expired(response: &Element, now: OffsetDateTime) -> SamlProblem {
    let Some(assertion) = response.first(ASSERTION, "Assertion") else {
        return SamlProblem::Expired;
    };
    let over = |end: &str| saml::parse_xs_datetime(end).is_ok_and(|end| end <= SystemTime::from(now) - SKEW);
    let conditions = assertion.first(ASSERTION, "Conditions");
    if conditions
        .and_then(|conditions| conditions.attribute("NotOnOrAfter"))
        .is_some_and(over)
    {
        return SamlProblem::Expired;
    }
    let ends: Vec<Option<&str>> = bearers(assertion)
        .map(|data| data.and_then(|data| data.attribute("NotOnOrAfter")))
        .collect();
    match () {
        () if ends.iter().any(|end| end.is_some_and(|end| !over(end))) => SamlProblem::SessionOver,
        () if ends.iter().any(Option::is_some) => SamlProblem::Expired,
        () => SamlProblem::NoExpiry,
    }
}

/// The data of each bearer confirmation of an assertion.
pub(super) fn bearers(assertion: &Element) -> impl Iterator<Item = Option<&Element>> {
    let subject = assertion.first(ASSERTION, "Subject");
    let confirmations = subject
        .into_iter()
        .flat_map(|subject| subject.all(ASSERTION, "SubjectConfirmation"));
    confirmations
        .filter(|confirmation| confirmation.attribute("Method") == Some(BEARER))
        .map(|confirmation| confirmation.first(ASSERTION, "SubjectConfirmationData"))
}

/// What the identity provider says of its failure: all its codes, and its message.
fn status(response: &Element) -> SamlError {
    let said = said_status(response);
    let has = |code: &str| {
        said.split_whitespace()
            .any(|word| word.trim_end_matches(':') == code)
    };
    let problem = match () {
        () if has("AuthnFailed") => SamlProblem::ProviderAuthnFailed,
        () if has("RequestDenied") => SamlProblem::ProviderRequestDenied,
        () => SamlProblem::ProviderStatus,
    };
    SamlError::new(problem, said)
}

/// `Responder AuthnFailed: the message`.
pub(super) fn said_status(response: &Element) -> String {
    let Some(status) = response.first(PROTOCOL, "Status") else {
        return String::new();
    };
    let codes: Vec<&str> = status
        .and_below()
        .filter(|element| element.is(PROTOCOL, "StatusCode"))
        .filter_map(|code| code.attribute("Value"))
        .map(|code| code.strip_prefix(STATUS).unwrap_or(code))
        .collect();
    let codes = codes.join(" ");
    match status
        .first(PROTOCOL, "StatusMessage")
        .map(|message| message.text.trim())
    {
        Some(message) if !message.is_empty() => format!("{codes}: {message}"),
        _ => codes,
    }
}
