//! What a test sign-in found: each check of a SAML response in words, and the verdict. A description: nobody is let in by it.

use crate::saml_problem::SamlProblem;
use serde::{Deserialize, Serialize};

/// The checks, in the order in which they are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SamlCheck {
    Form,
    Status,
    Issuer,
    Destination,
    Signature,
    Audience,
    Recipient,
    InResponseTo,
    Validity,
    Subject,
    Email,
    FirstName,
    LastName,
}

impl SamlCheck {
    pub const ALL: [Self; 13] = [
        Self::Form,
        Self::Status,
        Self::Issuer,
        Self::Destination,
        Self::Signature,
        Self::Audience,
        Self::Recipient,
        Self::InResponseTo,
        Self::Validity,
        Self::Subject,
        Self::Email,
        Self::FirstName,
        Self::LastName,
    ];

    pub fn label(self) -> &'static str {
        match self {
            Self::Form => "Well-formed XML",
            Self::Status => "Status",
            Self::Issuer => "Issuer",
            Self::Destination => "Destination",
            Self::Signature => "Signature",
            Self::Audience => "Audience",
            Self::Recipient => "Recipient",
            Self::InResponseTo => "In response to our request",
            Self::Validity => "Valid from / until",
            Self::Subject => "Subject",
            Self::Email => "Attribute email",
            Self::FirstName => "Attribute first_name",
            Self::LastName => "Attribute last_name",
        }
    }

    /// Where a problem shows.
    pub fn of(problem: SamlProblem) -> Self {
        match problem {
            SamlProblem::Unreadable
            | SamlProblem::TooLarge
            | SamlProblem::ForbiddenXml
            | SamlProblem::UnexpectedShape
            | SamlProblem::WrongVersion
            | SamlProblem::UnknownCondition
            | SamlProblem::Encrypted
            | SamlProblem::WrongSsoUrl
            | SamlProblem::Unchecked => Self::Form,
            SamlProblem::NotSigned
            | SamlProblem::AssertionNotSigned
            | SamlProblem::WrongSignature
            | SamlProblem::WeakAlgorithm
            | SamlProblem::UnsupportedTransform
            | SamlProblem::NoCertificate
            | SamlProblem::CertificateReplaced => Self::Signature,
            SamlProblem::WrongIssuer => Self::Issuer,
            SamlProblem::DestinationMissing | SamlProblem::WrongDestination => Self::Destination,
            SamlProblem::WrongRecipient | SamlProblem::NoUsableConfirmation => Self::Recipient,
            SamlProblem::WrongAudience => Self::Audience,
            SamlProblem::NotYetValid
            | SamlProblem::Expired
            | SamlProblem::NoExpiry
            | SamlProblem::SessionOver
            | SamlProblem::NotSignedInAnew => Self::Validity,
            SamlProblem::WrongRequest
            | SamlProblem::Unsolicited
            | SamlProblem::RequestLost
            | SamlProblem::Replayed => Self::InResponseTo,
            SamlProblem::ProviderAuthnFailed
            | SamlProblem::ProviderRequestDenied
            | SamlProblem::ProviderStatus => Self::Status,
            SamlProblem::NameIdMissing
            | SamlProblem::NameIdTransient
            | SamlProblem::NameIdUnusable
            | SamlProblem::NameIdOfOther => Self::Subject,
            SamlProblem::MissingAttributes | SamlProblem::NotAnAddress | SamlProblem::DomainNotAdmitted => {
                Self::Email
            }
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    Passed,
    Failed,
    /// What is before it failed, so that there was nothing to look at.
    NotReached,
}

/// One check, in words. What was found is as the response says it, whether or not its signature is good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    pub name: SamlCheck,
    pub outcome: Outcome,
    pub expected: String,
    pub found: String,
}

/// All of [`SamlCheck::ALL`] in their order. None failed if there is no problem; at least one if there is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SamlReport {
    pub problem: Option<SamlProblem>,
    /// Of the problem, one line.
    pub detail: String,
    pub checks: Vec<Check>,
    /// Names of attributes that were sent and that nothing reads.
    pub other_attributes: Vec<String>,
}

impl SamlReport {
    pub fn passed(&self) -> bool {
        self.problem.is_none()
    }

    pub fn check(&self, name: SamlCheck) -> Option<&Check> {
        self.checks.iter().find(|check| check.name == name)
    }
}
