//! Requests that are known beforehand, and an identity provider that says whatever a test has it say.
#![expect(
    clippy::missing_panics_doc,
    reason = "a test that can't be arranged ends by panicking"
)]

use super::{Certificate, IdentityProvider, ServiceProvider, precheck, verify::kept, xml};
use base64::{Engine, engine::general_purpose::STANDARD};
use saml::{
    KeyPair, SignatureAlgorithm, SsoResponseEndpoint,
    binding::redirect::{RedirectDirection, decode},
    format_xs_datetime,
    sp::LoginTrackerPayload,
};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use time::{Duration, OffsetDateTime};
use url::Url;

/// What [`super::begin`] would have kept, had it drawn this request id.
pub fn begun_as(
    sp: &ServiceProvider,
    idp: &IdentityProvider,
    request_id: &str,
    now: OffsetDateTime,
) -> Vec<u8> {
    let pinned = idp
        .certificates
        .iter()
        .map(|certificate| certificate.fingerprint().0);
    kept(&LoginTrackerPayload {
        request_id: request_id.to_owned(),
        issued_at: now.into(),
        idp_entity_id: idp.entity_id.clone(),
        acs_endpoint: SsoResponseEndpoint::post(&sp.acs_url, 0, true),
        requested_authn_context: None,
        requested_name_id_format: None,
        idp_signing_cert_fingerprints: pinned.collect(),
        idp_artifact_resolution_services: Vec::new(),
    })
    .unwrap()
}

/// The identity provider of [`Answer`], at any address.
pub fn identity_provider(sso_url: &str) -> IdentityProvider {
    IdentityProvider {
        entity_id: ENTITY_ID.into(),
        sso_url: sso_url.into(),
        certificates: Certificate::all_in(CERTIFICATE.as_bytes()).unwrap(),
        require_signed_assertion: false,
    }
}

pub const ENTITY_ID: &str = "https://made-idp.example.test/metadata";
/// For the key below.
pub const CERTIFICATE: &str = include_str!("tests/keys/made.crt");
/// PKCS #8 (RFC 5208) around a number on P-256 that nobody would draw.
const KEY_HEAD: [u8; 36] = [
    0x30, 0x41, 2, 1, 0, 0x30, 0x13, 6, 7, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 2, 1, 6, 8, 0x2A, 0x86, 0x48, 0xCE,
    0x3D, 3, 1, 7, 4, 0x27, 0x30, 0x25, 2, 1, 1, 4, 0x20, 7,
];
const KEY_TAIL: [u8; 31] = [7; 31];

/// The metadata that an administrator would upload for it.
pub fn identity_provider_metadata(sso_url: &str) -> String {
    let certificate = STANDARD.encode(Certificate::all_in(CERTIFICATE.as_bytes()).unwrap()[0].der());
    format!(
        r#"<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="{DS}" entityID="{ENTITY_ID}"><md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><md:KeyDescriptor use="signing"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor><md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="{}"/></md:IDPSSODescriptor></md:EntityDescriptor>"#,
        quoted(sso_url)
    )
}

/// What a service provider asks for by a redirect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    pub request_id: String,
    pub issuer: String,
    pub acs_url: String,
    pub force_authn: bool,
    pub relay_state: String,
}

impl Asked {
    /// Reads the address to which a browser is sent.
    pub fn by(url: &str) -> Self {
        let url = Url::parse(url).unwrap();
        let decoded = decode(url.query().unwrap(), RedirectDirection::Request).unwrap();
        let request = xml::read(&decoded.xml, 10).unwrap();
        let attribute = |name| request.attribute(name).unwrap_or_default().to_owned();
        Self {
            request_id: attribute("ID"),
            issuer: request.first(precheck::ASSERTION, "Issuer").unwrap().text.clone(),
            acs_url: attribute("AssertionConsumerServiceURL"),
            force_authn: attribute("ForceAuthn") == "true",
            relay_state: decoded.relay_state.unwrap_or_default(),
        }
    }
}

/// A response with a signed assertion, each part of which can be another one.
#[derive(Clone, Debug)]
pub struct Answer {
    pub assertion_id: String,
    pub response_issuer: String,
    pub assertion_issuer: String,
    pub destination: Option<String>,
    pub in_response_to: Option<String>,
    pub recipient: String,
    pub audience: String,
    pub name_id: Option<String>,
    pub format: String,
    pub sp_name_qualifier: Option<String>,
    pub attributes: Vec<(String, Vec<String>)>,
    pub now: OffsetDateTime,
    pub not_before: OffsetDateTime,
    pub not_on_or_after: OffsetDateTime,
    pub confirmation_ends: OffsetDateTime,
    pub session_ends: Option<OffsetDateTime>,
    pub authn_instant: OffsetDateTime,
    /// The last part of the URI of each code, the outermost first.
    pub status: Vec<String>,
    pub status_message: Option<String>,
    /// XML within `Conditions`.
    pub more_conditions: String,
    pub signed: bool,
}

impl Answer {
    /// A genuine one, about Ada.
    pub fn to(sp: &ServiceProvider, request_id: &str, now: OffsetDateTime) -> Self {
        let attribute = |name: &str, value: &str| (name.to_owned(), vec![value.to_owned()]);
        let id: [u8; 32] = Sha256::digest(format!("{request_id} {now}")).into();
        let soon = now + Duration::minutes(5);
        Self {
            assertion_id: format!("_{}", hex(&id[..16])),
            response_issuer: ENTITY_ID.into(),
            assertion_issuer: ENTITY_ID.into(),
            destination: Some(sp.acs_url.clone()),
            in_response_to: Some(request_id.into()),
            recipient: sp.acs_url.clone(),
            audience: sp.entity_id.clone(),
            name_id: Some("ada-1815".into()),
            format: "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent".into(),
            sp_name_qualifier: None,
            attributes: vec![
                attribute("email", "ada@engines.test"),
                attribute("first_name", "Ada"),
                attribute("last_name", "Lovelace"),
            ],
            now,
            not_before: now,
            not_on_or_after: soon,
            confirmation_ends: soon,
            session_ends: None,
            authn_instant: now,
            status: vec!["Success".into()],
            status_message: None,
            more_conditions: String::new(),
            signed: true,
        }
    }

    /// As an identity provider answers that lets nobody in.
    #[must_use]
    pub fn refused(mut self, codes: &[&str], message: &str) -> Self {
        self.status = codes.iter().map(|&code| code.to_owned()).collect();
        self.status_message = Some(message.to_owned());
        self
    }

    /// The value of the form's `SAMLResponse`.
    pub fn posted(&self) -> String {
        STANDARD.encode(self.xml())
    }

    pub fn xml(&self) -> String {
        let assertion = if self.status == ["Success"] {
            self.assertion()
        } else {
            String::new()
        };
        let mut status = String::new();
        for code in self.status.iter().rev() {
            status = format!(
                r#"<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:{code}">{status}</samlp:StatusCode>"#
            );
        }
        if let Some(message) = &self.status_message {
            let _ = write!(
                status,
                "<samlp:StatusMessage>{}</samlp:StatusMessage>",
                escaped(message)
            );
        }
        format!(
            r#"<samlp:Response xmlns:samlp="{}" ID="_response{}" IssueInstant="{}" Version="2.0"{}{}><saml:Issuer xmlns:saml="{}">{}</saml:Issuer><samlp:Status>{status}</samlp:Status>{assertion}</samlp:Response>"#,
            precheck::PROTOCOL,
            self.assertion_id,
            at(self.now),
            optional("Destination", self.destination.as_deref()),
            optional("InResponseTo", self.in_response_to.as_deref()),
            precheck::ASSERTION,
            escaped(&self.response_issuer),
        )
    }

    /// Written in canonical form (Exclusive XML Canonicalization 1.0), so that it is what is signed.
    fn assertion(&self) -> String {
        let head = format!(
            r#"<saml:Assertion xmlns:saml="{}" ID="{}" IssueInstant="{}" Version="2.0"><saml:Issuer>{}</saml:Issuer>"#,
            precheck::ASSERTION,
            self.assertion_id,
            at(self.now),
            escaped(&self.assertion_issuer)
        );
        let tail = self.statements();
        if !self.signed {
            return head + &tail;
        }
        let digest = STANDARD.encode(Sha256::digest(format!("{head}{tail}")));
        let signed_info = format!(
            r##"<ds:SignedInfo xmlns:ds="{DS}"><ds:CanonicalizationMethod Algorithm="{C14N}"></ds:CanonicalizationMethod><ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"></ds:SignatureMethod><ds:Reference URI="#{}"><ds:Transforms><ds:Transform Algorithm="{DS}enveloped-signature"></ds:Transform><ds:Transform Algorithm="{C14N}"></ds:Transform></ds:Transforms><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"></ds:DigestMethod><ds:DigestValue>{digest}</ds:DigestValue></ds:Reference></ds:SignedInfo>"##,
            self.assertion_id
        );
        let key = KeyPair::from_pkcs8_der(&[&KEY_HEAD[..], &KEY_TAIL].concat()).unwrap();
        let signature = key
            .sign(SignatureAlgorithm::EcdsaSha256, signed_info.as_bytes())
            .unwrap();
        let value = STANDARD.encode(signature);
        format!(
            r#"{head}<ds:Signature xmlns:ds="{DS}">{signed_info}<ds:SignatureValue>{value}</ds:SignatureValue></ds:Signature>{tail}"#
        )
    }

    fn statements(&self) -> String {
        let name_id = self.name_id.as_deref().map_or_else(String::new, |name| {
            format!(
                r#"<saml:NameID Format="{}"{}>{}</saml:NameID>"#,
                quoted(&self.format),
                optional("SPNameQualifier", self.sp_name_qualifier.as_deref()),
                escaped(name)
            )
        });
        let confirmation = format!(
            r#"<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData{} NotOnOrAfter="{}" Recipient="{}"></saml:SubjectConfirmationData></saml:SubjectConfirmation>"#,
            optional("InResponseTo", self.in_response_to.as_deref()),
            at(self.confirmation_ends),
            quoted(&self.recipient)
        );
        let conditions = format!(
            r#"<saml:Conditions NotBefore="{}" NotOnOrAfter="{}"><saml:AudienceRestriction><saml:Audience>{}</saml:Audience></saml:AudienceRestriction>{}</saml:Conditions>"#,
            at(self.not_before),
            at(self.not_on_or_after),
            escaped(&self.audience),
            self.more_conditions
        );
        let session = self.session_ends.map(at);
        let authn = format!(
            r#"<saml:AuthnStatement AuthnInstant="{}"{}><saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>"#,
            at(self.authn_instant),
            optional("SessionNotOnOrAfter", session.as_deref())
        );
        let mut attributes = String::new();
        for (name, values) in &self.attributes {
            let _ = write!(attributes, r#"<saml:Attribute Name="{}">"#, quoted(name));
            for value in values {
                let _ = write!(
                    attributes,
                    "<saml:AttributeValue>{}</saml:AttributeValue>",
                    escaped(value)
                );
            }
            attributes += "</saml:Attribute>";
        }
        if !attributes.is_empty() {
            attributes = format!("<saml:AttributeStatement>{attributes}</saml:AttributeStatement>");
        }
        format!(
            "<saml:Subject>{name_id}{confirmation}</saml:Subject>{conditions}{authn}{attributes}</saml:Assertion>"
        )
    }
}

const DS: &str = precheck::SIGNATURE;
const C14N: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";

fn at(time: OffsetDateTime) -> String {
    format_xs_datetime(time.into()).unwrap()
}

fn optional(name: &str, value: Option<&str>) -> String {
    value.map_or_else(String::new, |value| format!(r#" {name}="{}""#, quoted(value)))
}

/// As canonical XML writes it in an attribute.
fn quoted(text: &str) -> String {
    let text = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;");
    text.replace('\t', "&#x9;")
        .replace('\n', "&#xA;")
        .replace('\r', "&#xD;")
}

/// As canonical XML writes it between elements.
fn escaped(text: &str) -> String {
    let text = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    text.replace('\r', "&#xD;")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
