//! What can be wrong with what an administrator enters to set up SAML: fields, certificates and metadata, and the sentence
//! that says so. `backend::saml` judges.

use serde::{Deserialize, Serialize};

/// A setting that an administrator enters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SamlSetting {
    SsoUrl,
    EntityId,
    Certificate,
}

/// Why a setting was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SamlSettingProblem {
    EntityIdMissing,
    /// It is that of this console.
    EntityIdIsOurs,
    /// White space in it, or longer than 1024 characters.
    EntityIdUnusable,
    SsoUrlMissing,
    SsoUrlUnusable,
    SsoUrlNotHttps,
    /// It is an address of this console.
    SsoUrlIsOurs,
    CertificateMissing,
    CertificateUnreadable,
    CertificateIsPrivateKey,
    /// Neither RSA of 2048 to 4096 bits nor EC on P-256 or P-384.
    CertificateKeyUnusable,
    CertificateKeyShort,
    TooManyCertificates,
    MetadataTooLarge,
    MetadataUnreadable,
    MetadataForbidden,
    NotMetadata,
    NoIdentityProvider,
    SeveralIdentityProviders,
    NoRedirect,
    NoSigningCertificate,
    /// One of its certificates can't be read.
    MetadataCertificateUnreadable,
    MetadataExpired,
}

impl SamlSettingProblem {
    pub const ALL: [Self; 23] = [
        Self::EntityIdMissing,
        Self::EntityIdIsOurs,
        Self::EntityIdUnusable,
        Self::SsoUrlMissing,
        Self::SsoUrlUnusable,
        Self::SsoUrlNotHttps,
        Self::SsoUrlIsOurs,
        Self::CertificateMissing,
        Self::CertificateUnreadable,
        Self::CertificateIsPrivateKey,
        Self::CertificateKeyUnusable,
        Self::CertificateKeyShort,
        Self::TooManyCertificates,
        Self::MetadataTooLarge,
        Self::MetadataUnreadable,
        Self::MetadataForbidden,
        Self::NotMetadata,
        Self::NoIdentityProvider,
        Self::SeveralIdentityProviders,
        Self::MetadataCertificateUnreadable,
        Self::NoRedirect,
        Self::NoSigningCertificate,
        Self::MetadataExpired,
    ];

    /// The sentence shown at the field.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::EntityIdMissing => "Enter the Entity ID of the identity provider.",
            Self::EntityIdUnusable => {
                "Copy the Entity ID as the identity provider shows it: without spaces, at most 1024 characters."
            }
            Self::SsoUrlMissing => "Enter the SSO URL of the identity provider.",
            Self::SsoUrlUnusable => {
                "Enter a whole address, like https://idp.example.com/sso, without a name, a password or a # in it."
            }
            Self::SsoUrlNotHttps => {
                "Use an address that begins with https://: people enter their passwords there."
            }
            Self::CertificateMissing => {
                "Enter the signing certificate of the identity provider: without one nothing can be checked."
            }
            Self::EntityIdIsOurs => {
                "This is the Entity ID of this console. Enter that of the identity provider, also called Issuer."
            }
            Self::SsoUrlIsOurs => {
                "This is an address of this console. Enter the one at which the identity provider signs people in."
            }
            Self::MetadataCertificateUnreadable => {
                "A signing certificate in the metadata can't be read. Download the metadata again, or enter all by hand."
            }
            Self::CertificateUnreadable => {
                "This is no certificate. Paste all of it, from BEGIN CERTIFICATE to END CERTIFICATE."
            }
            Self::CertificateIsPrivateKey => {
                "This is a private key, which nobody else should ever see. Replace it at the identity provider, and paste the certificate only."
            }
            Self::CertificateKeyUnusable => {
                "The key of this certificate can't be used. Have the identity provider sign with RSA of 2048 to 4096 bits, or with EC on P-256 or P-384."
            }
            Self::CertificateKeyShort => {
                "The RSA key of this certificate is too short to be safe. Have the identity provider sign with 2048 bits or more."
            }
            Self::TooManyCertificates => "Enter at most ten certificates.",
            Self::MetadataTooLarge => {
                "The metadata is larger than 1 MiB. Use the file of your own identity provider."
            }
            Self::MetadataUnreadable => "This can't be read as XML. Is it the metadata? Download it again.",
            Self::MetadataForbidden => {
                "The metadata has a DOCTYPE or other parts that are never accepted. Remove them."
            }
            Self::NotMetadata => {
                "This is no SAML metadata: it should begin with EntityDescriptor or EntitiesDescriptor."
            }
            Self::NoIdentityProvider => {
                "The metadata describes no SAML 2.0 identity provider. It may be of a service provider."
            }
            Self::SeveralIdentityProviders => {
                "The metadata describes several identity providers. Use the metadata of yours alone, or enter it by hand."
            }
            Self::NoRedirect => {
                "The identity provider offers no SSO URL for HTTP-Redirect. Switch it on there, and download the metadata again."
            }
            Self::NoSigningCertificate => {
                "The metadata has no signing certificate; one for encryption does not count. Download it again, or enter it by hand."
            }
            Self::MetadataExpired => "The metadata is no longer valid. Download it again.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn each_problem_has_its_own_sentence() {
        let sentences: HashSet<_> = SamlSettingProblem::ALL
            .iter()
            .map(|problem| problem.sentence())
            .collect();
        assert_eq!(sentences.len(), SamlSettingProblem::ALL.len());
        assert!(sentences.iter().all(|sentence| sentence.ends_with('.')));
    }
}
