//! The metadata of an identity provider: who it is, where it signs people in, and with which keys it signs. Its own signature
//! is not looked at: an administrator brings it, or the address that they entered does.

use super::{
    Certificate, IdentityProvider, moment,
    precheck::{PROTOCOL, SIGNATURE},
    settings::{checked_entity_id, checked_sso_url},
    xml::{self, Element, Unseen},
};
use domain::saml_settings::SamlSettingProblem;
use time::OffsetDateTime;

/// Bytes. Metadata of one identity provider has some thousand; those of whole federations are not for this.
pub const LONGEST_METADATA: usize = 1024 * 1024;
const MOST_ELEMENTS: usize = 50_000;
/// That a person can choose among.
const MOST_CHOICES: usize = 100;

const METADATA: &str = "urn:oasis:names:tc:SAML:2.0:metadata";
const REDIRECT: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect";

/// What metadata says of an identity provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metadata {
    pub entity_id: String,
    pub sso_url: String,
    /// Those for signing; never empty.
    pub certificates: Vec<Certificate>,
    pub valid_until: Option<OffsetDateTime>,
    /// It wants requests to be signed, which they are not here: a preview says so.
    pub wants_signed_requests: bool,
}

/// Why metadata can't be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetadataError {
    pub problem: SamlSettingProblem,
    /// The entity IDs to choose from, where there are several identity providers.
    pub choices: Vec<String>,
}

impl From<SamlSettingProblem> for MetadataError {
    fn from(problem: SamlSettingProblem) -> Self {
        Self {
            problem,
            choices: Vec::new(),
        }
    }
}

impl Metadata {
    pub fn identity_provider(self, require_signed_assertion: bool) -> IdentityProvider {
        IdentityProvider {
            entity_id: self.entity_id,
            sso_url: self.sso_url,
            certificates: self.certificates,
            require_signed_assertion,
        }
    }
}

/// Reads metadata with one identity provider, or the one of several whose entity ID was chosen.
pub fn parse_metadata(
    bytes: &[u8],
    chosen: Option<&str>,
    now: OffsetDateTime,
) -> Result<Metadata, MetadataError> {
    if bytes.len() > LONGEST_METADATA {
        return Err(SamlSettingProblem::MetadataTooLarge.into());
    }
    let root = xml::read(bytes, MOST_ELEMENTS).map_err(|unseen| match unseen {
        Unseen::Malformed(_) => SamlSettingProblem::MetadataUnreadable,
        Unseen::Forbidden(_) => SamlSettingProblem::MetadataForbidden,
    })?;
    if !root.is(METADATA, "EntityDescriptor") && !root.is(METADATA, "EntitiesDescriptor") {
        return Err(SamlSettingProblem::NotMetadata.into());
    }
    let mut found = Vec::new();
    collect(&root, &[], &mut found);
    let described = choose(found, chosen.map(str::trim).filter(|chosen| !chosen.is_empty()))?;
    Ok(described.read(now)?)
}

/// An entity that is an identity provider of SAML 2.0.
struct Described<'a> {
    entity: &'a Element,
    role: &'a Element,
    /// All that apply to it.
    ends: Vec<&'a str>,
}

/// Finds the identity providers in a descriptor, with the ends that those around it set.
fn collect<'a>(descriptor: &'a Element, ends: &[&'a str], found: &mut Vec<Described<'a>>) {
    let mut ends = ends.to_vec();
    ends.extend(descriptor.attribute("validUntil"));
    if descriptor.is(METADATA, "EntitiesDescriptor") {
        for child in &descriptor.children {
            collect(child, &ends, found);
        }
    } else if descriptor.is(METADATA, "EntityDescriptor") {
        let speaks = |role: &&Element| {
            let protocols = role.attribute("protocolSupportEnumeration").unwrap_or_default();
            protocols.split_whitespace().any(|protocol| protocol == PROTOCOL)
        };
        if let Some(role) = descriptor.all(METADATA, "IDPSSODescriptor").find(speaks) {
            ends.extend(role.attribute("validUntil"));
            found.push(Described {
                entity: descriptor,
                role,
                ends,
            });
        }
    }
}

fn choose<'a>(mut found: Vec<Described<'a>>, chosen: Option<&str>) -> Result<Described<'a>, MetadataError> {
    if found.is_empty() {
        return Err(SamlSettingProblem::NoIdentityProvider.into());
    }
    if let Some(chosen) = chosen {
        found.retain(|described| described.entity.attribute("entityID") == Some(chosen));
    }
    match (found.pop(), found.is_empty()) {
        (Some(only), true) => Ok(only),
        (None, _) => Err(SamlSettingProblem::OtherIdentityProvider.into()),
        (Some(last), false) => {
            let all = found.iter().chain([&last]);
            let ids = all.filter_map(|described| described.entity.attribute("entityID"));
            Err(MetadataError {
                problem: SamlSettingProblem::SeveralIdentityProviders,
                choices: ids.take(MOST_CHOICES).map(str::to_owned).collect(),
            })
        }
    }
}

impl Described<'_> {
    fn read(&self, now: OffsetDateTime) -> Result<Metadata, SamlSettingProblem> {
        let mut valid_until = None;
        for end in &self.ends {
            let end = saml::parse_xs_datetime(end).map_err(|_| SamlSettingProblem::MetadataUnreadable)?;
            let end = moment(end);
            if end <= now {
                return Err(SamlSettingProblem::MetadataExpired);
            }
            valid_until = Some(valid_until.map_or(end, |earlier: OffsetDateTime| earlier.min(end)));
        }
        let redirects = |service: &&Element| service.attribute("Binding") == Some(REDIRECT);
        let service = self
            .role
            .all(METADATA, "SingleSignOnService")
            .find(redirects)
            .ok_or(SamlSettingProblem::NoRedirect)?;
        let wants_signed = self.role.attribute("WantAuthnRequestsSigned");
        Ok(Metadata {
            entity_id: checked_entity_id(self.entity.attribute("entityID").unwrap_or_default())?,
            sso_url: checked_sso_url(service.attribute("Location").unwrap_or_default())?,
            certificates: self.certificates()?,
            valid_until,
            wants_signed_requests: matches!(wants_signed, Some("true" | "1")),
        })
    }

    /// The signing certificates: a key without a use is for signing as well (SAML Metadata section 2.4.1.1).
    fn certificates(&self) -> Result<Vec<Certificate>, SamlSettingProblem> {
        let signs = |key: &&Element| matches!(key.attribute("use"), None | Some("signing"));
        let mut text = String::new();
        for key in self.role.all(METADATA, "KeyDescriptor").filter(signs) {
            for info in key.all(SIGNATURE, "KeyInfo") {
                // Further certificates in the same data are of those who vouch for the first, and sign nothing here.
                let firsts = info
                    .all(SIGNATURE, "X509Data")
                    .filter_map(|data| data.first(SIGNATURE, "X509Certificate"));
                for certificate in firsts {
                    text += &Certificate::as_pem_block(&certificate.text);
                }
            }
        }
        if text.is_empty() {
            return Err(SamlSettingProblem::NoSigningCertificate);
        }
        Certificate::all_in(text.as_bytes())
    }
}
