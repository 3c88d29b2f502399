//! Single sign-on of an organization: what its administrators see of their SAML identity provider.

use crate::{
    field::Fault,
    ids::{SsoTestId, UserId},
    moment::Moment,
    organization::OrgId,
    saml_report::SamlReport,
};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// Days before the end of a certificate on which administrators are told; each once, and one that was missed is not told
/// late beside a nearer one.
pub const CERTIFICATE_NOTICES: [i16; 3] = [30, 7, 1];

/// Domains that can be named, at most.
pub const MAX_DOMAINS: usize = 20;

/// The configuration in use, or the one that is being prepared beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    Draft,
    Live,
}

impl Stage {
    pub fn key(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Live => "live",
        }
    }
}

impl FromStr for Stage {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::Draft, Self::Live]
            .into_iter()
            .find(|stage| stage.key() == text)
            .ok_or(())
    }
}

/// Where the facts of an identity provider came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    Manual,
    File,
    Url,
}

impl Source {
    pub fn key(self) -> &'static str {
        match self {
            Self::Manual => "manual",
            Self::File => "file",
            Self::Url => "url",
        }
    }
}

impl FromStr for Source {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::Manual, Self::File, Self::Url]
            .into_iter()
            .find(|source| source.key() == text)
            .ok_or(())
    }
}

/// A certificate by which the identity provider signs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateLine {
    pub subject: String,
    /// SHA-256, as `AA:BB:…`.
    pub fingerprint: String,
    /// Like `RSA 2048`.
    pub key: String,
    pub ends: Moment,
    /// Whole days; negative once it is over.
    pub days_left: i64,
}

/// How people who are not known yet are dealt with, and what is asked of those who are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SsoRules {
    pub require_signed_assertion: bool,
    /// Whether whoever has an authenticator is asked for a code here, too; otherwise a second factor is the identity
    /// provider's affair.
    pub asks_for_code: bool,
    /// Whether somebody who was not invited gets an account by signing in.
    pub creates_accounts: bool,
    /// Of addresses that come to be known; empty, where no accounts are created: all.
    pub domains: Vec<String>,
}

impl SsoRules {
    /// What is offered to an administrator who has not chosen yet: accounts for people of their own domain.
    pub fn offered_to(email: &str) -> Self {
        Self {
            require_signed_assertion: false,
            asks_for_code: false,
            creates_accounts: true,
            domains: email
                .rsplit_once('@')
                .map(|(_, domain)| domain.to_ascii_lowercase())
                .into_iter()
                .collect(),
        }
    }

    /// Whether an address comes to be known.
    pub fn admits(&self, email: &str) -> bool {
        let domain = email.rsplit('@').next().unwrap_or_default();
        self.domains.is_empty()
            || self
                .domains
                .iter()
                .any(|allowed| allowed.eq_ignore_ascii_case(domain))
    }
}

/// Domains as they are typed: separated by commas or spaces, each once, in lower case.
pub fn parse_domains(typed: &str) -> Result<Vec<String>, Fault> {
    let mut domains = Vec::new();
    for part in typed.split(|c: char| c == ',' || c.is_whitespace()) {
        let domain = part.trim_start_matches('@').to_ascii_lowercase();
        if domain.is_empty() {
            continue;
        }
        let label = |label: &str| {
            !label.is_empty()
                && label.len() <= 63
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        };
        if domain.len() > 253 || !domain.contains('.') || !domain.split('.').all(label) {
            return Err(Fault::NotADomain);
        }
        if !domains.contains(&domain) {
            domains.push(domain);
        }
    }
    if domains.len() > MAX_DOMAINS {
        return Err(Fault::TooManyDomains { max: MAX_DOMAINS });
    }
    Ok(domains)
}

/// Why the metadata of an identity provider can't be fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum FetchFault {
    NotAnAddress,
    /// It leads to no public network, or is not https.
    NotPublic,
    /// In time.
    Unreachable,
    /// It answered something else than 200.
    NotThere,
    Redirected,
}

impl FetchFault {
    pub fn sentence(self) -> &'static str {
        match self {
            Self::NotAnAddress => "Enter a whole address, like https://idp.example.com/metadata.",
            Self::NotPublic => {
                "This address is not in a public network, or does not begin with https://. The operator of this installation can allow other networks (metadata_networks)."
            }
            Self::Unreachable => {
                "Nothing answered at this address within five seconds. Check it, or upload the file."
            }
            Self::NotThere => "There is no metadata at this address. Check it, or upload the file.",
            Self::Redirected => "This address leads on to another one. Enter that one.",
        }
    }
}

/// One identity provider, as it was understood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityProviderView {
    pub stage: Stage,
    pub source: Source,
    pub metadata_url: Option<String>,
    pub entity_id: String,
    pub sso_url: String,
    pub certificates: Vec<CertificateLine>,
    /// The same as they were given, in PEM, for the form that changes them.
    pub certificates_pem: String,
    pub rules: SsoRules,
    pub enabled: bool,
    /// Counts saves: a form or a deployment names the one that it is of.
    pub version: i32,
    pub saved: Moment,
    /// When a test sign-in of exactly this passed.
    pub tested: Option<Moment>,
}

/// That members sign in with SSO alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SsoRequired {
    pub since: Moment,
    /// Whoever can still sign in otherwise.
    pub break_glass: Candidate,
    /// Whether that person is still an active IAM Admin with a password.
    pub break_glass_works: bool,
}

/// An administrator who could be the one that SSO does not bind: active, IAM Admin without an end, with a password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    pub id: UserId,
    pub name: String,
    pub email: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SsoTestLine {
    pub id: SsoTestId,
    pub at: Moment,
    pub by: String,
    pub stage: Stage,
    pub passed: bool,
}

/// What a test sign-in found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SsoTest {
    pub id: SsoTestId,
    pub at: Moment,
    pub by: String,
    pub stage: Stage,
    pub report: SamlReport,
    /// What the identity provider sent, decoded.
    pub response: String,
    /// Whether the configuration is still as it was tested.
    pub is_current: bool,
}

/// What the page of single sign-on shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SsoView {
    pub org_id: OrgId,
    /// Ours, to be entered at the identity provider.
    pub entity_id: String,
    pub acs_url: String,
    /// Where people of the organization begin to sign in.
    pub sign_in_url: String,
    pub draft: Option<IdentityProviderView>,
    pub live: Option<IdentityProviderView>,
    pub required: Option<SsoRequired>,
    pub candidates: Vec<Candidate>,
    /// The newest first.
    pub tests: Vec<SsoTestLine>,
    /// Whether whoever looks may change it.
    pub may_change: bool,
    pub wants_proof: bool,
    pub now: Moment,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_are_read_however_they_are_separated() {
        assert_eq!(
            parse_domains("Example.com, @corp.example.org\nexample.com"),
            Ok(vec!["example.com".to_owned(), "corp.example.org".to_owned()])
        );
        assert_eq!(parse_domains("  "), Ok(vec![]));
        for wrong in [
            "example",
            "a..b",
            "ex ample.com/",
            "*.example.com",
            "ex_ample.com",
        ] {
            assert_eq!(parse_domains(wrong), Err(Fault::NotADomain), "{wrong}");
        }
        let many: Vec<_> = (0..=MAX_DOMAINS).map(|n| format!("d{n}.example")).collect();
        assert_eq!(
            parse_domains(&many.join(",")),
            Err(Fault::TooManyDomains { max: MAX_DOMAINS })
        );
    }

    #[test]
    fn an_address_is_judged_by_its_whole_domain() {
        let rules = SsoRules {
            domains: vec!["example.com".into()],
            ..SsoRules::offered_to("")
        };
        assert!(rules.admits("ada@example.com") && rules.admits("ada@EXAMPLE.com"));
        for other in [
            "ada@sub.example.com",
            "ada@notexample.com",
            "ada@example.com.evil.test",
        ] {
            assert!(!rules.admits(other), "{other}");
        }
        assert!(SsoRules::offered_to("").admits("anybody@anywhere.test"));
        let offered = SsoRules::offered_to("ada@Example.com");
        assert!(offered.creates_accounts && offered.domains == ["example.com"]);
    }
}
