//! A signing certificate of an identity provider: read from what people paste or upload, shown by fingerprint and end date.

use super::moment;
use base64::{Engine, engine::general_purpose::STANDARD};
use domain::saml_settings::SamlSettingProblem;
use saml::{PublicKeyAlgorithm, X509Certificate};
use std::fmt;
use time::OffsetDateTime;

/// NIST SP 800-57 part 1 section 5.6: nothing shorter has been accepted since 2014.
const SHORTEST_RSA: usize = 2048;
/// Each is tried at a sign-in; two are in use while one replaces the other.
const MOST: usize = 10;

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";

/// A certificate whose key can be used to check signatures. Its end date does not stop it: trust in SAML is in the key that
/// the settings name (SAML Metadata Interoperability Profile section 2.6.1), and an administrator is warned beforehand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate(X509Certificate);

/// SHA-256 of the DER form.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub [u8; 32]);

/// What a certificate's key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    Rsa { bits: usize },
    P256,
    P384,
}

impl Certificate {
    pub fn from_der(der: &[u8]) -> Result<Self, SamlSettingProblem> {
        let read = X509Certificate::from_der(der).map_err(|_| match element(der) {
            // The crate says only that it can't be used; what is a whole structure is likely to be a certificate.
            Some((SEQUENCE, _, [])) => SamlSettingProblem::CertificateKeyUnusable,
            _ => SamlSettingProblem::CertificateUnreadable,
        })?;
        let certificate = Self(read);
        match certificate.key_kind() {
            KeyKind::Rsa { bits } if bits < SHORTEST_RSA => Err(SamlSettingProblem::CertificateKeyShort),
            _ => Ok(certificate),
        }
    }

    /// Whatever people have: PEM, of which one text may hold several, the bare base64 of metadata, or DER. Each certificate
    /// once, in the order of the text.
    pub fn all_in(given: &[u8]) -> Result<Vec<Self>, SamlSettingProblem> {
        if let Some((SEQUENCE, _, _)) = element(given) {
            return Ok(vec![Self::from_der(given)?]);
        }
        let text = std::str::from_utf8(given).map_err(|_| SamlSettingProblem::CertificateUnreadable)?;
        let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}');
        if text.contains("PRIVATE KEY-----") {
            return Err(SamlSettingProblem::CertificateIsPrivateKey);
        }
        if text.is_empty() {
            return Err(SamlSettingProblem::CertificateMissing);
        }
        let blocks = if text.contains(BEGIN) {
            pem_blocks(text)?
        } else {
            vec![text]
        };
        let mut all = Vec::new();
        for block in blocks {
            let packed: Vec<u8> = block.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
            let der = STANDARD
                .decode(packed)
                .map_err(|_| SamlSettingProblem::CertificateUnreadable)?;
            let certificate = Self::from_der(&der)?;
            if !all.contains(&certificate) {
                all.push(certificate);
            }
        }
        if all.len() > MOST {
            return Err(SamlSettingProblem::TooManyCertificates);
        }
        Ok(all)
    }

    /// As people paste it (RFC 7468).
    pub fn pem(&self) -> String {
        let encoded = STANDARD.encode(self.der());
        let lines: Vec<_> = encoded
            .as_bytes()
            .chunks(64)
            .map(String::from_utf8_lossy)
            .collect();
        Self::as_pem_block(&lines.join("\n"))
    }

    /// Puts the lines around base64 that make it PEM.
    pub(super) fn as_pem_block(base64: &str) -> String {
        format!("{BEGIN}\n{base64}\n{END}\n")
    }

    pub fn der(&self) -> &[u8] {
        self.0.to_der()
    }

    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint(self.0.fingerprint_sha256())
    }

    /// As RFC 4514 writes it.
    pub fn subject(&self) -> &str {
        self.0.subject()
    }

    pub fn not_before(&self) -> OffsetDateTime {
        moment(self.0.not_before())
    }

    pub fn not_after(&self) -> OffsetDateTime {
        moment(self.0.not_after())
    }

    pub fn key_kind(&self) -> KeyKind {
        match self.0.public_key().algorithm_family() {
            PublicKeyAlgorithm::Rsa => KeyKind::Rsa {
                bits: rsa_bits(self.0.subject_public_key_info_der()).unwrap_or_default(),
            },
            PublicKeyAlgorithm::EcdsaP256 => KeyKind::P256,
            PublicKeyAlgorithm::EcdsaP384 => KeyKind::P384,
        }
    }

    pub(super) fn to_crate(&self) -> X509Certificate {
        self.0.clone()
    }
}

/// The base64 between the lines of each certificate; what is written around them does not count.
fn pem_blocks(text: &str) -> Result<Vec<&str>, SamlSettingProblem> {
    text.split(BEGIN)
        .skip(1)
        .map(|rest| {
            rest.split_once(END)
                .map(|(block, _)| block)
                .ok_or(SamlSettingProblem::CertificateUnreadable)
        })
        .collect()
}

const SEQUENCE: u8 = 0x30;

/// The first element of DER (X.690 section 8.1): its tag, its content, and what follows it.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&[tag, first], rest) = der.split_first_chunk::<2>()?;
    let (length, rest) = match usize::from(first) {
        short @ 0..0x80 => (short, rest),
        long => {
            let (length, rest) = rest.split_at_checked(long & 0x7F)?;
            let length = length.iter().try_fold(0_usize, |sum, byte| {
                sum.checked_mul(256)?.checked_add(usize::from(*byte))
            })?;
            (length, rest)
        }
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

/// The length of the modulus in a `SubjectPublicKeyInfo` (RFC 3279 section 2.3.1).
fn rsa_bits(key_info: &[u8]) -> Option<usize> {
    let (_, key_info, _) = element(key_info)?;
    let (_, _algorithm, rest) = element(key_info)?;
    let (_, bit_string, _) = element(rest)?;
    let (_, key, _) = element(bit_string.get(1..)?)?;
    let (_, modulus, _) = element(key)?;
    let significant = modulus.iter().position(|byte| *byte != 0)?;
    let leading = modulus.get(significant)?.leading_zeros() as usize;
    Some((modulus.len() - significant) * 8 - leading)
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, byte) in self.0.iter().enumerate() {
            let colon = if place == 0 { "" } else { ":" };
            write!(f, "{colon}{byte:02X}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl fmt::Display for KeyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rsa { bits } => write!(f, "RSA {bits}"),
            Self::P256 => f.write_str("EC P-256"),
            Self::P384 => f.write_str("EC P-384"),
        }
    }
}
