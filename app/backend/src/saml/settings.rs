//! What an administrator enters by hand: all its faults at once, or an identity provider that can be used.

use super::{Certificate, IdentityProvider};
use domain::saml_settings::{SamlSetting, SamlSettingProblem};
use url::{Host, Url};

/// SAML Core section 8.3.6.
const LONGEST_ENTITY_ID: usize = 1024;
/// Longer addresses are cut by some browsers and servers, and a request is still added.
const LONGEST_URL: usize = 2048;

/// The fields of *Manual Configuration*.
#[derive(Clone, Copy, Debug)]
pub struct Entered<'a> {
    pub entity_id: &'a str,
    pub sso_url: &'a str,
    /// One or several certificates in PEM, or one in bare base64 or DER.
    pub certificates: &'a [u8],
    pub require_signed_assertion: bool,
}

/// The faults, in the order of the fields; never empty when it is an error.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SettingProblems(pub Vec<(SamlSetting, SamlSettingProblem)>);

/// The identity provider that was entered. Without a signing certificate or a safe address there is none.
pub fn check_identity_provider(entered: &Entered<'_>) -> Result<IdentityProvider, SettingProblems> {
    let mut problems = SettingProblems::default();
    let sso_url = problems.take(SamlSetting::SsoUrl, checked_sso_url(entered.sso_url));
    let entity_id = problems.take(SamlSetting::EntityId, checked_entity_id(entered.entity_id));
    let certificates = problems.take(
        SamlSetting::Certificate,
        Certificate::all_in(entered.certificates),
    );
    match (sso_url, entity_id, certificates) {
        (Some(sso_url), Some(entity_id), Some(certificates)) => Ok(IdentityProvider {
            entity_id,
            sso_url,
            certificates,
            require_signed_assertion: entered.require_signed_assertion,
        }),
        _ => Err(problems),
    }
}

impl SettingProblems {
    fn take<T>(&mut self, setting: SamlSetting, checked: Result<T, SamlSettingProblem>) -> Option<T> {
        checked.map_err(|problem| self.0.push((setting, problem))).ok()
    }
}

pub(super) fn checked_entity_id(entity_id: &str) -> Result<String, SamlSettingProblem> {
    let entity_id = entity_id.trim();
    let unusable = |c: char| c.is_whitespace() || c.is_control();
    match entity_id {
        "" => Err(SamlSettingProblem::EntityIdMissing),
        id if id.chars().count() > LONGEST_ENTITY_ID || id.chars().any(unusable) => {
            Err(SamlSettingProblem::EntityIdUnusable)
        }
        id => Ok(id.to_owned()),
    }
}

/// An https address, or an http one on the machine itself, where nobody listens in between.
pub(super) fn checked_sso_url(sso_url: &str) -> Result<String, SamlSettingProblem> {
    let sso_url = sso_url.trim();
    if sso_url.is_empty() {
        return Err(SamlSettingProblem::SsoUrlMissing);
    }
    let url = Url::parse(sso_url).map_err(|_| SamlSettingProblem::SsoUrlUnusable)?;
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => return Err(SamlSettingProblem::SsoUrlUnusable),
    };
    let named = !url.username().is_empty() || url.password().is_some();
    if named || url.fragment().is_some() || sso_url.len() > LONGEST_URL {
        return Err(SamlSettingProblem::SsoUrlUnusable);
    }
    match url.scheme() {
        "https" => Ok(url.into()),
        "http" if loopback => Ok(url.into()),
        "http" => Err(SamlSettingProblem::SsoUrlNotHttps),
        _ => Err(SamlSettingProblem::SsoUrlUnusable),
    }
}
