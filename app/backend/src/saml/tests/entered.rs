//! What administrators enter: by hand, and as metadata.

use super::{EC, NOW, RSA, certificate};
use crate::saml::{Certificate, Entered, KeyKind, check_identity_provider, parse_metadata, testing};
use domain::saml_settings::{SamlSetting, SamlSettingProblem};
use time::macros::datetime;

const METADATA: &str = include_str!("keys/idp-metadata.xml");
const PRIVATE_KEY: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQ\n-----END PRIVATE KEY-----";

fn entered<'a>(entity_id: &'a str, sso_url: &'a str, certificates: &'a str) -> Entered<'a> {
    Entered {
        entity_id,
        sso_url,
        certificates: certificates.as_bytes(),
        require_signed_assertion: true,
    }
}

#[test]
fn what_is_right_is_an_identity_provider() {
    let both = format!("subject=CN = x\n{EC}\nbetween\r\n{RSA}{EC}");
    let idp =
        check_identity_provider(&entered(" urn:idp ", " https://idp.example.test/sso\n", &both)).unwrap();
    assert_eq!(
        (idp.entity_id.as_str(), idp.sso_url.as_str()),
        ("urn:idp", "https://idp.example.test/sso")
    );
    assert_eq!(idp.certificates, [certificate(EC), certificate(RSA)]);
    assert!(idp.require_signed_assertion);
}

#[test]
fn all_faults_are_told_at_once() {
    let problems = check_identity_provider(&entered("", "", " ")).unwrap_err();
    assert_eq!(
        problems.0,
        [
            (SamlSetting::SsoUrl, SamlSettingProblem::SsoUrlMissing),
            (SamlSetting::EntityId, SamlSettingProblem::EntityIdMissing),
            (SamlSetting::Certificate, SamlSettingProblem::CertificateMissing),
        ]
    );
}

#[test]
fn an_sso_url_is_https_or_on_the_machine_itself() {
    let problem = |url: &str| {
        let problems = check_identity_provider(&entered("urn:idp", url, RSA)).err()?;
        assert_eq!(problems.0.len(), 1, "{url}");
        Some(problems.0[0].1)
    };
    for url in [
        "https://idp.example.test/sso?tenant=1",
        "http://localhost:8080/sso",
        "http://idp.localhost/sso",
        "http://127.0.0.2/sso",
        "http://[::1]:8080/sso",
    ] {
        assert_eq!(problem(url), None, "{url}");
    }
    for url in [
        "http://idp.example.test/sso",
        "http://localhost.example.test/",
        "http://10.0.0.1/",
        "http://[::2]/",
    ] {
        assert_eq!(problem(url), Some(SamlSettingProblem::SsoUrlNotHttps), "{url}");
    }
    let long = format!("https://idp.example.test/{}", "a".repeat(2048));
    for url in [
        "idp.example.test/sso",
        "/sso",
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://idp.example.test/",
        "https://ada:secret@idp.example.test/",
        "https://idp.example.test/#sso",
        &long,
    ] {
        assert_eq!(problem(url), Some(SamlSettingProblem::SsoUrlUnusable), "{url}");
    }
}

#[test]
fn an_entity_id_has_no_space_and_an_end() {
    let problem = |id: &str| {
        check_identity_provider(&entered(id, "https://idp.example.test/", RSA))
            .err()
            .map(|p| p.0[0].1)
    };
    assert_eq!(problem(&"i".repeat(1024)), None);
    for id in ["two words", "a\u{0}b", &"i".repeat(1025)] {
        assert_eq!(problem(id), Some(SamlSettingProblem::EntityIdUnusable), "{id}");
    }
}

#[test]
fn certificates_are_read_in_every_form_people_have() {
    let rsa = certificate(RSA);
    let bare: String = RSA.lines().filter(|line| !line.starts_with('-')).collect();
    for given in [
        RSA,
        &RSA.replace('\n', "\r\n"),
        &bare,
        &format!("\u{FEFF}  {bare}\n"),
        &rsa.pem(),
    ] {
        assert_eq!(
            Certificate::all_in(given.as_bytes()),
            Ok(vec![rsa.clone()]),
            "{given}"
        );
    }
    assert_eq!(Certificate::all_in(rsa.der()), Ok(vec![rsa.clone()]));
    assert_eq!(rsa.subject(), "CN=idp.example.test");
    assert_eq!(
        rsa.fingerprint().to_string(),
        "5D:9A:5D:12:78:90:D6:25:98:F1:CE:9A:48:24:B0:B8:1B:CD:E0:73:6B:8A:86:55:47:FD:59:31:95:69:43:62"
    );
    assert_eq!(rsa.not_before(), datetime!(2026-11-24 01:55:47 UTC));
    assert_eq!(rsa.not_after(), datetime!(2046-11-19 01:55:47 UTC));
}

#[test]
fn the_kind_of_a_key_is_told() {
    let kind = |pem: &str| certificate(pem).key_kind();
    assert_eq!(kind(RSA), KeyKind::Rsa { bits: 2048 });
    assert_eq!(kind(EC), KeyKind::P256);
    assert_eq!(kind(include_str!("keys/p384.crt")), KeyKind::P384);
    let words = [KeyKind::Rsa { bits: 2048 }, KeyKind::P256].map(|kind| kind.to_string());
    assert_eq!(words, ["RSA 2048", "EC P-256"]);
}

#[test]
fn what_is_no_certificate_for_this_is_told_apart() {
    let half = &RSA[..RSA.len() / 2];
    for (given, problem) in [
        ("", SamlSettingProblem::CertificateMissing),
        ("not a certificate", SamlSettingProblem::CertificateUnreadable),
        ("TWFsaWNpb3Vz", SamlSettingProblem::CertificateUnreadable),
        (half, SamlSettingProblem::CertificateUnreadable),
        (PRIVATE_KEY, SamlSettingProblem::CertificateIsPrivateKey),
        (
            include_str!("keys/short.crt"),
            SamlSettingProblem::CertificateKeyShort,
        ),
        (
            include_str!("keys/ed25519.crt"),
            SamlSettingProblem::CertificateKeyUnusable,
        ),
    ] {
        assert_eq!(Certificate::all_in(given.as_bytes()), Err(problem), "{given}");
        // Nor beside a good one.
        if !given.is_empty() && given.contains("BEGIN") {
            let both = format!("{RSA}\n{given}");
            assert_eq!(Certificate::all_in(both.as_bytes()), Err(problem), "{given}");
        }
    }
    assert_eq!(
        Certificate::all_in(&[0xFF, 0x30]),
        Err(SamlSettingProblem::CertificateUnreadable)
    );
    let (der, cut) = (certificate(RSA), certificate(RSA).der().len() - 1);
    assert_eq!(
        Certificate::from_der(&der.der()[..cut]),
        Err(SamlSettingProblem::CertificateUnreadable)
    );
}

fn problem(metadata: &str) -> SamlSettingProblem {
    parse_metadata(metadata.as_bytes(), NOW).unwrap_err()
}

#[test]
fn metadata_say_who_where_and_with_which_keys() {
    let read = parse_metadata(METADATA.as_bytes(), NOW).unwrap();
    assert_eq!(read.entity_id, "https://idp.example.test/idp");
    assert_eq!(read.sso_url, "https://idp.example.test/sso/redirect");
    assert_eq!(read.certificates, [certificate(RSA)]);
    assert_eq!(read.valid_until, None);
    let made = testing::identity_provider_metadata("https://idp.example.test/?a=1&b=2");
    let read = parse_metadata(made.as_bytes(), NOW).unwrap();
    assert_eq!(
        read.identity_provider(false),
        testing::identity_provider("https://idp.example.test/?a=1&b=2")
    );
}

#[test]
fn a_key_for_encryption_is_none_for_signatures() {
    let only_encryption = METADATA.replace(r#"use="signing""#, r#"use="encryption""#);
    assert_eq!(
        problem(&only_encryption),
        SamlSettingProblem::NoSigningCertificate
    );
    let for_both = METADATA.replace(r#" use="signing""#, "");
    assert!(parse_metadata(for_both.as_bytes(), NOW).is_ok());
}

#[test]
fn metadata_that_can_t_be_used_are_told_why() {
    let post_only = METADATA.replace("bindings:HTTP-Redirect", "bindings:HTTP-Artifact");
    let expired = METADATA.replace("entityID=", r#"validUntil="2026-11-24T02:30:00Z" entityID="#);
    let endless = METADATA.replace("entityID=", r#"validUntil="soon" entityID="#);
    let plain = METADATA.replace("https://idp.example.test/sso/", "http://idp.example.test/sso/");
    let sp = METADATA.replace("IDPSSODescriptor", "SPSSODescriptor");
    let old = METADATA.replace("SAML:2.0:protocol", "SAML:1.1:protocol");
    let nameless = METADATA.replace("https://idp.example.test/idp", "");
    let weak = METADATA.replace("MIIDFzCC", "NIIDFzCC");
    let large = format!("{METADATA}{}", " ".repeat(1024 * 1024));
    for (metadata, expected) in [
        (post_only.as_str(), SamlSettingProblem::NoRedirect),
        (&expired, SamlSettingProblem::MetadataExpired),
        (&endless, SamlSettingProblem::MetadataUnreadable),
        (&plain, SamlSettingProblem::SsoUrlNotHttps),
        (&sp, SamlSettingProblem::NoIdentityProvider),
        (&old, SamlSettingProblem::NoIdentityProvider),
        (&nameless, SamlSettingProblem::EntityIdMissing),
        (&weak, SamlSettingProblem::MetadataCertificateUnreadable),
        (&large, SamlSettingProblem::MetadataTooLarge),
        (
            &format!("<!DOCTYPE x>{METADATA}"),
            SamlSettingProblem::MetadataForbidden,
        ),
        ("<html/>", SamlSettingProblem::NotMetadata),
        ("", SamlSettingProblem::MetadataUnreadable),
        (&METADATA[..500], SamlSettingProblem::MetadataUnreadable),
    ] {
        assert_eq!(problem(metadata), expected);
    }
}

/// Several descriptors in one document.
fn federation(attributes: &str, descriptors: &[&str]) -> String {
    let inner = descriptors.concat();
    format!(
        r#"<EntitiesDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata"{attributes}>{inner}</EntitiesDescriptor>"#
    )
}

#[test]
fn of_several_identity_providers_none_is_guessed() {
    let other = testing::identity_provider_metadata("https://made-idp.example.test/sso");
    let sp = METADATA.replace("IDPSSODescriptor", "SPSSODescriptor");
    let alone = federation("", &[&sp, METADATA]);
    assert_eq!(
        parse_metadata(alone.as_bytes(), NOW).unwrap().entity_id,
        "https://idp.example.test/idp"
    );

    let nested = federation("", &[METADATA, &federation("", &[&other])]);
    assert_eq!(
        parse_metadata(nested.as_bytes(), NOW),
        Err(SamlSettingProblem::SeveralIdentityProviders)
    );
}

#[test]
fn the_earliest_end_around_an_identity_provider_counts() {
    let with = |end: &str| {
        let inner = METADATA.replace("entityID=", r#"validUntil="2030-01-01T00:00:00Z" entityID="#);
        let outer = federation(&format!(r#" validUntil="{end}""#), &[&inner]);
        parse_metadata(outer.as_bytes(), NOW).map(|read| read.valid_until)
    };
    assert_eq!(
        with("2028-01-01T00:00:00Z"),
        Ok(Some(datetime!(2028-01-01 00:00 UTC)))
    );
    assert_eq!(
        with("2032-01-01T00:00:00Z"),
        Ok(Some(datetime!(2030-01-01 00:00 UTC)))
    );
    assert_eq!(
        with("2020-01-01T00:00:00Z").unwrap_err(),
        SamlSettingProblem::MetadataExpired
    );
}
