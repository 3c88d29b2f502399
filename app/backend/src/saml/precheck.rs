//! What is refused before the verifier sees it. Refuses only: nothing that it reads lets anybody in.
//!
//! The crate lets a missing Destination, another version of the assertion and conditions that it does not know pass. That no
//! second assertion is anywhere in the document takes the ground from signature wrapping, whatever the verifier looks at.

use super::{
    SamlError,
    xml::{self, Element, Unseen},
};
use domain::saml_problem::SamlProblem;

pub(super) const PROTOCOL: &str = "urn:oasis:names:tc:SAML:2.0:protocol";
pub(super) const ASSERTION: &str = "urn:oasis:names:tc:SAML:2.0:assertion";
pub(super) const SIGNATURE: &str = "http://www.w3.org/2000/09/xmldsig#";

/// A response with 800 groups has two thousand.
const MOST_ELEMENTS: usize = 20_000;

const CONDITIONS: [&str; 3] = ["AudienceRestriction", "OneTimeUse", "ProxyRestriction"];

/// The response as a tree, if nothing in it is refused.
pub(super) fn passed(xml: &[u8]) -> Result<Element, SamlError> {
    let response = looked_at(xml)?;
    refuse(&response)?;
    Ok(response)
}

/// What was sent as a tree, whatever it may be.
pub(super) fn looked_at(xml: &[u8]) -> Result<Element, SamlError> {
    xml::read(xml, MOST_ELEMENTS).map_err(|unseen| match unseen {
        Unseen::Malformed(reason) => SamlError::new(SamlProblem::Unreadable, reason),
        Unseen::Forbidden(what) => SamlError::new(SamlProblem::ForbiddenXml, what),
    })
}

fn refuse(response: &Element) -> Result<(), SamlError> {
    let refused = |problem, detail: &str| Err(SamlError::new(problem, detail));
    if !response.is(PROTOCOL, "Response") {
        return refused(SamlProblem::UnexpectedShape, "the root is not a Response");
    }
    if response
        .attribute("Destination")
        .is_none_or(|to| to.trim().is_empty())
    {
        return refused(SamlProblem::DestinationMissing, "the Response has no Destination");
    }
    let (mut responses, mut assertions) = (0, 0);
    for element in response.and_below() {
        match (element.namespace.as_str(), element.name.as_str()) {
            (PROTOCOL, "Response") => responses += 1,
            (ASSERTION, "Assertion") => {
                assertions += 1;
                if element.attribute("Version") != Some("2.0") {
                    return refused(SamlProblem::WrongVersion, "the Assertion's Version is not 2.0");
                }
            }
            (ASSERTION, "EncryptedAssertion" | "EncryptedID" | "EncryptedAttribute") => {
                return refused(SamlProblem::Encrypted, &element.name);
            }
            (ASSERTION, "Conditions") => {
                let known = |condition: &Element| {
                    condition.namespace == ASSERTION && CONDITIONS.contains(&condition.name.as_str())
                };
                if let Some(unknown) = element.children.iter().find(|condition| !known(condition)) {
                    return refused(SamlProblem::UnknownCondition, &unknown.name);
                }
            }
            _ => {}
        }
    }
    if responses > 1 || assertions > 1 {
        return refused(
            SamlProblem::UnexpectedShape,
            "more than one Response or Assertion",
        );
    }
    Ok(())
}
