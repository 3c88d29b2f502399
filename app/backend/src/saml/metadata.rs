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

/// Reads metadata with one identity provider.
pub fn parse_metadata(bytes: &[u8], now: OffsetDateTime) -> Result<Metadata, SamlSettingProblem> {
    if bytes.len() > LONGEST_METADATA {
        return Err(SamlSettingProblem::MetadataTooLarge);
    }
    let root = xml::read(bytes, MOST_ELEMENTS).map_err(|unseen| match unseen {
        Unseen::Malformed(_) => SamlSettingProblem::MetadataUnreadable,
        Unseen::Forbidden(_) => SamlSettingProblem::MetadataForbidden,
    })?;
    if !root.is(METADATA, "EntityDescriptor") && !root.is(METADATA, "EntitiesDescriptor") {
        return Err(SamlSettingProblem::NotMetadata);
    }
    let mut found = Vec::new();
    collect(&root, &[], &mut found);
    match &found[..] {
        [] => Err(SamlSettingProblem::NoIdentityProvider),
        [only] => only.read(now),
        _ => Err(SamlSettingProblem::SeveralIdentityProviders),
    }
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
        Ok(Metadata {
            entity_id: checked_entity_id(self.entity.attribute("entityID").unwrap_or_default())?,
            sso_url: checked_sso_url(service.attribute("Location").unwrap_or_default())?,
            certificates: self.certificates()?,
            valid_until,
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
        Certificate::all_in(text.as_bytes()).map_err(|problem| match problem {
            SamlSettingProblem::CertificateUnreadable => SamlSettingProblem::MetadataCertificateUnreadable,
            other => other,
        })
    }
}
