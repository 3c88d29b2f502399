//! Each way in which a SAML sign-in can fail, with what happened and what an administrator should change. Which of them it
//! is, `backend::saml` says; no sentence tells whether somebody has an account.

use serde::{Deserialize, Serialize};

/// Why a SAML sign-in did not succeed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SamlProblem {
    /// No base64, no UTF-8 or no XML.
    Unreadable,
    TooLarge,
    /// A DOCTYPE, a processing instruction, or more depth and parts than any response has.
    ForbiddenXml,
    /// XML that is not a SAML 2.0 Response with one assertion.
    UnexpectedShape,
    WrongVersion,
    UnknownCondition,
    Encrypted,
    NotSigned,
    /// Only the response is signed, and the organization requires signed assertions.
    AssertionNotSigned,
    WrongSignature,
    WeakAlgorithm,
    /// A canonicalization or a transform that is not accepted.
    UnsupportedTransform,
    NoCertificate,
    CertificateReplaced,
    WrongIssuer,
    DestinationMissing,
    WrongDestination,
    WrongRecipient,
    WrongAudience,
    NotYetValid,
    Expired,
    NoExpiry,
    SessionOver,
    /// `InResponseTo` names another request.
    WrongRequest,
    /// No request is named: the sign-in was begun at the identity provider.
    Unsolicited,
    /// The request is not known, or was begun too long ago or under other settings.
    RequestLost,
    ProviderAuthnFailed,
    ProviderRequestDenied,
    ProviderStatus,
    NoUsableConfirmation,
    NameIdMissing,
    NameIdTransient,
    NameIdUnusable,
    /// `SPNameQualifier` names another service.
    NameIdOfOther,
    Replayed,
    /// A new sign-in was asked for, and an older one was told.
    NotSignedInAnew,
    MissingAttributes,
    /// The value of the attribute email.
    NotAnAddress,
    /// The organization names domains, and this is another one.
    DomainNotAdmitted,
    WrongSsoUrl,
    /// The check itself failed: a fault of this program.
    Unchecked,
}

impl SamlProblem {
    pub const ALL: [Self; 41] = [
        Self::Unreadable,
        Self::TooLarge,
        Self::ForbiddenXml,
        Self::UnexpectedShape,
        Self::WrongVersion,
        Self::UnknownCondition,
        Self::Encrypted,
        Self::NotSigned,
        Self::AssertionNotSigned,
        Self::WrongSignature,
        Self::WeakAlgorithm,
        Self::UnsupportedTransform,
        Self::NoCertificate,
        Self::CertificateReplaced,
        Self::WrongIssuer,
        Self::DestinationMissing,
        Self::WrongDestination,
        Self::WrongRecipient,
        Self::WrongAudience,
        Self::NotYetValid,
        Self::Expired,
        Self::NoExpiry,
        Self::SessionOver,
        Self::WrongRequest,
        Self::Unsolicited,
        Self::RequestLost,
        Self::ProviderAuthnFailed,
        Self::ProviderRequestDenied,
        Self::ProviderStatus,
        Self::NoUsableConfirmation,
        Self::NameIdMissing,
        Self::NameIdTransient,
        Self::NameIdUnusable,
        Self::NameIdOfOther,
        Self::Replayed,
        Self::NotSignedInAnew,
        Self::MissingAttributes,
        Self::NotAnAddress,
        Self::DomainNotAdmitted,
        Self::WrongSsoUrl,
        Self::Unchecked,
    ];

    /// Its name in addresses and logs.
    pub fn key(self) -> &'static str {
        self.words().0
    }

    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|problem| problem.key() == key)
    }

    /// What happened: one sentence for the person who signs in.
    pub fn what(self) -> &'static str {
        self.words().1
    }

    /// What an administrator should change: one sentence.
    pub fn change(self) -> &'static str {
        self.words().2
    }

    /// Whether it is an administrator who has to do that, and not the person who signs in.
    pub fn is_for_administrators(self) -> bool {
        !self.change().starts_with("Nothing")
    }

    /// Key, what happened, what to change.
    #[expect(clippy::too_many_lines, reason = "a table of words")]
    fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Unreadable => (
                "unreadable",
                "What your identity provider sent could not be read.",
                "Have the identity provider send a SAML 2.0 Response to the ACS URL by HTTP-POST.",
            ),
            Self::TooLarge => (
                "too-large",
                "What your identity provider sent is larger than 256 KiB.",
                "Have the identity provider send fewer attributes: leave out group lists and pictures.",
            ),
            Self::ForbiddenXml => (
                "forbidden-xml",
                "What your identity provider sent has parts that are never accepted, such as a DOCTYPE.",
                "Have the identity provider send a plain SAML 2.0 Response, without a DOCTYPE, processing instructions or deep nesting.",
            ),
            Self::UnexpectedShape => (
                "unexpected-shape",
                "What your identity provider sent is not a SAML 2.0 Response with one assertion.",
                "Set the application up as SAML 2.0 at the identity provider, with one assertion in each response.",
            ),
            Self::WrongVersion => (
                "wrong-version",
                "The assertion is of another version of SAML than 2.0.",
                "Switch the application to SAML 2.0 at the identity provider.",
            ),
            Self::UnknownCondition => (
                "unknown-condition",
                "The assertion has a condition that can't be checked here.",
                "Have the identity provider send no other Conditions than AudienceRestriction, OneTimeUse and ProxyRestriction.",
            ),
            Self::Encrypted => (
                "encrypted",
                "The assertion is encrypted and can't be opened here.",
                "Switch assertion encryption off for this application at the identity provider.",
            ),
            Self::NotSigned => (
                "not-signed",
                "What your identity provider sent is not signed.",
                "Have the identity provider sign the assertion or the response.",
            ),
            Self::AssertionNotSigned => (
                "assertion-not-signed",
                "The assertion itself is not signed, as your organization requires.",
                "Have the identity provider sign assertions, or switch off Require signed assertion in the SSO settings.",
            ),
            Self::WrongSignature => (
                "wrong-signature",
                "The signature was not made with a signing certificate of your identity provider, or something was changed on the way.",
                "Copy the identity provider's current signing certificate into the SSO settings.",
            ),
            Self::WeakAlgorithm => (
                "weak-algorithm",
                "The signature uses an algorithm that is not accepted, such as SHA-1.",
                "Set the signature algorithm to RSA or ECDSA with SHA-256 at the identity provider, and the digest to SHA-256.",
            ),
            Self::UnsupportedTransform => (
                "unsupported-transform",
                "The signature was made in a way that is not accepted here.",
                "Set the canonicalization to exclusive, without comments, at the identity provider.",
            ),
            Self::NoCertificate => (
                "no-certificate",
                "Single sign-on has no signing certificate, so nothing can be checked.",
                "Enter the identity provider's signing certificate in the SSO settings.",
            ),
            Self::CertificateReplaced => (
                "certificate-replaced",
                "The signing certificate was replaced while you were signing in.",
                "Nothing, if it was replaced on purpose: start the sign-in again.",
            ),
            Self::WrongIssuer => (
                "wrong-issuer",
                "This was sent by another identity provider than the one of your organization.",
                "Make the Entity ID in the SSO settings equal to the Issuer that the identity provider sends.",
            ),
            Self::DestinationMissing => (
                "destination-missing",
                "What your identity provider sent doesn't say which address it is for.",
                "Have the identity provider send the ACS URL as Destination of the response.",
            ),
            Self::WrongDestination => (
                "wrong-destination",
                "What your identity provider sent is for another address.",
                "Enter the ACS URL of the SSO settings at the identity provider, letter by letter.",
            ),
            Self::WrongRecipient => (
                "wrong-recipient",
                "The assertion is for another address.",
                "Enter the ACS URL of the SSO settings as Recipient at the identity provider, letter by letter.",
            ),
            Self::WrongAudience => (
                "wrong-audience",
                "The assertion is for another service.",
                "Enter the service provider's Entity ID of the SSO settings as Audience at the identity provider, letter by letter.",
            ),
            Self::NotYetValid => (
                "not-yet-valid",
                "The assertion is not valid yet: two clocks differ by more than two minutes.",
                "Set the clocks of the identity provider and of this server by a time service.",
            ),
            Self::Expired => (
                "expired",
                "The assertion is no longer valid: it was on its way too long, or two clocks differ by more than two minutes.",
                "Set the clocks of the identity provider and of this server by a time service, or lengthen the assertion's lifetime.",
            ),
            Self::NoExpiry => (
                "no-expiry",
                "The assertion doesn't say until when it is valid.",
                "Have the identity provider send NotOnOrAfter in Conditions and in SubjectConfirmationData.",
            ),
            Self::SessionOver => (
                "session-over",
                "Your session at the identity provider has ended.",
                "Nothing: sign out at the identity provider, and start the sign-in again.",
            ),
            Self::WrongRequest => (
                "wrong-request",
                "This belongs to another sign-in than the one begun in this browser.",
                "Nothing if it happens once; otherwise have the identity provider send the request's ID as InResponseTo, in the response and in SubjectConfirmationData.",
            ),
            Self::Unsolicited => (
                "unsolicited",
                "This sign-in was begun at the identity provider, and not here.",
                "Have people begin at this console's sign-in page, or set its SSO sign-in address as start URL at the identity provider.",
            ),
            Self::RequestLost => (
                "request-lost",
                "This sign-in was begun too long ago, in another browser, or before the settings were changed.",
                "Nothing: start the sign-in again.",
            ),
            Self::ProviderAuthnFailed => (
                "provider-authn-failed",
                "Your identity provider could not sign you in.",
                "Look for the failed sign-in in the identity provider's log.",
            ),
            Self::ProviderRequestDenied => (
                "provider-request-denied",
                "Your identity provider does not let you use this service.",
                "Assign the person to this application at the identity provider.",
            ),
            Self::ProviderStatus => (
                "provider-status",
                "Your identity provider answered with an error.",
                "Look for the error in the identity provider's log; its status is in the test sign-in.",
            ),
            Self::NoUsableConfirmation => (
                "no-usable-confirmation",
                "The assertion may not be used by whoever brings it.",
                "Have the identity provider send a SubjectConfirmation of the method bearer.",
            ),
            Self::NameIdMissing => (
                "name-id-missing",
                "The assertion doesn't say who signs in.",
                "Have the identity provider send a NameID of the format persistent or emailAddress.",
            ),
            Self::NameIdTransient => (
                "name-id-transient",
                "Your identity provider sends another name for you at each sign-in.",
                "Set the NameID format to persistent or emailAddress at the identity provider: transient changes at each sign-in.",
            ),
            Self::NameIdUnusable => (
                "name-id-unusable",
                "The name that your identity provider sends for you can't be used.",
                "Have the identity provider send a NameID of one line with at most 256 characters.",
            ),
            Self::NameIdOfOther => (
                "name-id-of-other",
                "The name that your identity provider sends for you is for another service.",
                "Set SPNameQualifier of the NameID to the service provider's Entity ID at the identity provider, or leave it out.",
            ),
            Self::Replayed => (
                "replayed",
                "This sign-in was used before.",
                "Nothing: start the sign-in again.",
            ),
            Self::NotSignedInAnew => (
                "not-signed-in-anew",
                "Your identity provider did not ask you to sign in again.",
                "Have the identity provider obey ForceAuthn, and send the time of the last sign-in as AuthnInstant.",
            ),
            Self::MissingAttributes => (
                "missing-attributes",
                "Your identity provider doesn't send all that is needed: email, first_name and last_name.",
                "Have the identity provider send the attributes email, with exactly one value, first_name and last_name.",
            ),
            Self::NotAnAddress => (
                "attribute-no-address",
                "The attribute email that your identity provider sent is not an e-mail address.",
                "Have the identity provider send the person's e-mail address as the attribute email.",
            ),
            Self::DomainNotAdmitted => (
                "domain-not-admitted",
                "Your identity provider knows you by an e-mail address whose domain your organization does not admit.",
                "Add the domain under Advanced in the SSO settings, if its people belong here.",
            ),
            Self::WrongSsoUrl => (
                "wrong-sso-url",
                "The address of your identity provider can't be opened.",
                "Correct the SSO URL in the SSO settings.",
            ),
            Self::Unchecked => (
                "unchecked",
                "What your identity provider sent could not be checked.",
                "Look for the reference in this server's log, and report it as a fault of the console.",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn each_problem_is_found_by_its_own_key() {
        let keys: HashSet<_> = SamlProblem::ALL.iter().map(|problem| problem.key()).collect();
        assert_eq!(keys.len(), SamlProblem::ALL.len());
        for problem in SamlProblem::ALL {
            assert_eq!(SamlProblem::from_key(problem.key()), Some(problem));
            let kebab = |c: char| c.is_ascii_lowercase() || c == '-';
            assert!(problem.key().chars().all(kebab), "{}", problem.key());
        }
        assert_eq!(SamlProblem::from_key("https://evil.test"), None);
    }

    #[test]
    fn each_says_in_one_sentence_what_happened_and_what_to_change() {
        for problem in SamlProblem::ALL {
            for sentence in [problem.what(), problem.change()] {
                assert!(sentence.ends_with('.'), "{sentence}");
                let inner = sentence.trim_end_matches('.').replace("2.0", "");
                assert!(!inner.contains(". "), "{sentence}");
            }
        }
        let whats: HashSet<_> = SamlProblem::ALL.iter().map(|problem| problem.what()).collect();
        assert_eq!(whats.len(), SamlProblem::ALL.len());
    }

    #[test]
    fn no_sentence_tells_whether_somebody_has_an_account() {
        for problem in SamlProblem::ALL {
            let said = format!("{} {}", problem.what(), problem.change()).to_lowercase();
            for word in ["account", "user", "member", "deactivated", "invit"] {
                assert!(!said.contains(word), "{said}");
            }
        }
    }
}
