//! SAML 2.0 Web Browser SSO as a service provider: the request that is sent, and the judgement of what comes back. Pure
//! functions of what they are told: no database, no HTTP, and the time is a parameter.
//!
//! [`begin`] makes the address of the identity provider, [`consume`] judges its response: `received` decodes it, `precheck`
//! refuses what no response needs, `verify` has the crate check the rest. `profile` reads who it is about, and `report` says
//! the same in words for *Test sign-in*. `metadata` and `settings` read what an administrator enters.

mod certificate;
mod error;
mod explain;
mod metadata;
mod precheck;
mod profile;
mod received;
mod report;
mod settings;
mod verify;
mod xml;

#[cfg(any(test, feature = "testing"))]
pub mod testing;
#[cfg(test)]
mod tests;

pub use certificate::{Certificate, Fingerprint, KeyKind};
pub use error::SamlError;
pub use metadata::{LONGEST_METADATA, Metadata, parse_metadata};
pub use profile::{NoProfile, Profile};
pub use report::{Tested, readable, test};
pub use settings::{Entered, SettingProblems, check_identity_provider};
pub use verify::{SamlCrate, Verifier};

use domain::saml_problem::SamlProblem;
use precheck::ASSERTION;
use time::OffsetDateTime;
use xml::Element;

/// This console as an organization's identity provider knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceProvider {
    /// The address of its metadata.
    pub entity_id: String,
    pub acs_url: String,
}

/// An organization's identity provider, as its SSO settings describe it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityProvider {
    pub entity_id: String,
    /// For HTTP-Redirect.
    pub sso_url: String,
    /// Those that may sign. Without one nothing is accepted.
    pub certificates: Vec<Certificate>,
    pub require_signed_assertion: bool,
}

/// A sign-in that was begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begun {
    /// Of the identity provider, with `SAMLRequest` and `RelayState`.
    pub url: String,
    /// What [`consume`] needs of the request. Whoever can change it decides which request and which certificates count, so it
    /// is kept where nobody can, or sealed.
    pub request: Vec<u8>,
}

/// Who signed in, as the identity provider vouches for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asserted {
    /// Trimmed; with the format it is the identity.
    pub name_id: String,
    /// The URI of the format; unspecified where none is given.
    pub format: String,
    /// In the order they came in, values as they are; each name once.
    pub attributes: Vec<(String, Vec<String>)>,
    pub session_not_on_or_after: Option<OffsetDateTime>,
    /// When the person signed in at the identity provider.
    pub authn_instant: OffsetDateTime,
    /// Whether that was after the request was begun, give or take what two clocks may be apart.
    pub is_anew: bool,
    /// What must never have been seen before, and until when it is remembered: the assertion and the request.
    pub replay_keys: Vec<([u8; 32], OffsetDateTime)>,
    /// Of the certificate that the signature was made with.
    pub certificate: Fingerprint,
}

/// Begins a sign-in. `relay_state` is opaque and at most 80 bytes long (SAML Bindings section 3.4.3).
pub fn begin(
    sp: &ServiceProvider,
    idp: &IdentityProvider,
    relay_state: &str,
    force_authn: bool,
    now: OffsetDateTime,
) -> Result<Begun, SamlError> {
    if idp.certificates.is_empty() {
        return Err(SamlError::new(
            SamlProblem::NoCertificate,
            "the settings have none",
        ));
    }
    SamlCrate.begin(sp, idp, relay_state, force_authn, now)
}

/// Judges what the browser brought as `SAMLResponse`. The caller makes sure that none of the replay keys was seen before.
pub fn consume(
    sp: &ServiceProvider,
    idp: &IdentityProvider,
    request: &[u8],
    saml_response: &str,
    now: OffsetDateTime,
) -> Result<Asserted, SamlError> {
    let xml = received::decoded(saml_response)?;
    judge(sp, idp, request, &xml, now)
}

fn judge(
    sp: &ServiceProvider,
    idp: &IdentityProvider,
    request: &[u8],
    xml: &[u8],
    now: OffsetDateTime,
) -> Result<Asserted, SamlError> {
    if idp.certificates.is_empty() {
        return Err(SamlError::new(
            SamlProblem::NoCertificate,
            "the settings have none",
        ));
    }
    let response = precheck::passed(xml)?;
    let asserted = SamlCrate
        .judge(sp, idp, request, xml, now)
        .map_err(|error| explain::with_what_was_read(error, &response, idp, now))?;
    usable_name(&asserted, &response)?;
    Ok(asserted)
}

/// The metadata of this console for an identity provider: the ACS by HTTP-POST, no keys.
pub fn metadata(sp: &ServiceProvider) -> Result<String, SamlError> {
    SamlCrate.metadata(sp)
}

/// A time of the crate. The years of SAML end at 9999, as ours do; what the skew adds to the last of them is cut off.
fn moment(time: std::time::SystemTime) -> OffsetDateTime {
    let last = time::macros::datetime!(9999-12-31 23:59:59 UTC);
    time.duration_since(std::time::UNIX_EPOCH)
        .ok()
        .and_then(|since| time::Duration::try_from(since).ok())
        .and_then(|since| OffsetDateTime::UNIX_EPOCH.checked_add(since))
        .map_or(last, |time| time.min(last))
}

/// SAML Core section 8.3.7 has persistent identifiers end at 256 characters; nobody needs longer ones of other formats.
const LONGEST_NAME_ID: usize = 256;
const TRANSIENT: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient";

/// White space of XML (XML 1.0 section 2.3). Any other space is a part of a name.
const WHITE_SPACE: [char; 4] = [' ', '\t', '\r', '\n'];

/// Whether a `NameID` can be the key of an identity.
fn usable_name(asserted: &Asserted, response: &Element) -> Result<(), SamlError> {
    let (name, format) = (&asserted.name_id, &asserted.format);
    if format == TRANSIENT {
        return Err(SamlError::new(
            SamlProblem::NameIdTransient,
            "the NameID is transient",
        ));
    }
    if name.is_empty() {
        return Err(SamlError::new(SamlProblem::NameIdMissing, "the NameID is empty"));
    }
    let long = name.chars().count() > LONGEST_NAME_ID || format.chars().count() > LONGEST_NAME_ID;
    if long || name.chars().chain(format.chars()).any(char::is_control) {
        return Err(SamlError::new(
            SamlProblem::NameIdUnusable,
            "the NameID or its format is too long or has control characters",
        ));
    }
    // The crate takes off whatever Unicode calls white space, so that two people could have one name.
    let written = response
        .first(ASSERTION, "Assertion")
        .and_then(|assertion| assertion.first(ASSERTION, "Subject"))
        .and_then(|subject| subject.first(ASSERTION, "NameID"));
    if written.is_none_or(|written| written.text.trim_matches(WHITE_SPACE) != name) {
        return Err(SamlError::new(
            SamlProblem::NameIdUnusable,
            "the NameID begins or ends with a space that is none of XML's",
        ));
    }
    Ok(())
}
