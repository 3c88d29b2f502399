//! What can be saved as an identity provider, and that nothing but what is deployed at this moment counts.

use super::vectors::{EC, RSA, Scene, named, theirs};
use crate::{
    identity_provider::{
        bring, come, deploy, leave, org_id, problem, response, save, sign_in_by_sso, typed, view,
    },
    stage::{caller, db_count, db_rows},
    visitor::{TestConsole, Visitor},
};
use backend::{
    Error,
    saml::{
        Certificate,
        testing::{CERTIFICATE, identity_provider_metadata},
    },
    sso::{SsoTyped, TypedSource},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use domain::{
    field::{Fault, Field},
    saml_settings::SamlSettingProblem,
    sso::Source,
};
use sqlx::PgPool;

const BEN: &str = "ben@example.test";

fn by_hand(sso_url: &str, entity_id: &str, certificate: &str) -> TypedSource {
    TypedSource::Manual {
        entity_id: entity_id.into(),
        sso_url: sso_url.into(),
        certificate: certificate.into(),
    }
}

fn file(metadata: &str) -> TypedSource {
    TypedSource::File(metadata.as_bytes().to_vec())
}

/// What is said of each field that is not right.
async fn faults(console: &TestConsole, ada: &Visitor, source: TypedSource) -> Vec<(Field, Fault)> {
    let typed = SsoTyped { source, ..typed() };
    match console
        .backend
        .configure_sso(&caller(console, ada).await, typed)
        .await
    {
        Err(Error::Invalid(faults)) => faults.0,
        other => panic!("{other:?}"),
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_03_nothing_is_saved_by_which_unsigned_or_overheard_answers_would_count(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    let (url, id) = ("https://idp.example.test/sso", "https://idp.example.test");
    let before = db_rows(&pool).await;
    let private = "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n";
    let short = include_str!("../../../../../app/backend/src/saml/tests/keys/short.crt");
    let ed25519 = include_str!("../../../../../app/backend/src/saml/tests/keys/ed25519.crt");
    let cut = &CERTIFICATE[..CERTIFICATE.len() / 2];
    for (source, field, fault) in [
        (
            by_hand(url, id, ""),
            Field::Certificate,
            SamlSettingProblem::CertificateMissing,
        ),
        (
            by_hand(url, id, " \n"),
            Field::Certificate,
            SamlSettingProblem::CertificateMissing,
        ),
        (
            by_hand(url, id, "none"),
            Field::Certificate,
            SamlSettingProblem::CertificateUnreadable,
        ),
        (
            by_hand(url, id, cut),
            Field::Certificate,
            SamlSettingProblem::CertificateUnreadable,
        ),
        (
            by_hand(url, id, private),
            Field::Certificate,
            SamlSettingProblem::CertificateIsPrivateKey,
        ),
        (
            by_hand(url, id, short),
            Field::Certificate,
            SamlSettingProblem::CertificateKeyShort,
        ),
        (
            by_hand(url, id, ed25519),
            Field::Certificate,
            SamlSettingProblem::CertificateKeyUnusable,
        ),
        (
            by_hand("http://idp.example.test/sso", id, RSA),
            Field::SsoUrl,
            SamlSettingProblem::SsoUrlNotHttps,
        ),
        (
            by_hand("http://127.0.0.1.evil.test/", id, RSA),
            Field::SsoUrl,
            SamlSettingProblem::SsoUrlNotHttps,
        ),
        (
            by_hand("javascript:alert(1)", id, RSA),
            Field::SsoUrl,
            SamlSettingProblem::SsoUrlUnusable,
        ),
        (
            by_hand("data:text/html,x", id, RSA),
            Field::SsoUrl,
            SamlSettingProblem::SsoUrlUnusable,
        ),
        (
            by_hand("ftp://idp.example.test/", id, RSA),
            Field::SsoUrl,
            SamlSettingProblem::SsoUrlUnusable,
        ),
        (
            by_hand("https://a:b@idp.example.test/", id, RSA),
            Field::SsoUrl,
            SamlSettingProblem::SsoUrlUnusable,
        ),
        (
            by_hand("", id, RSA),
            Field::SsoUrl,
            SamlSettingProblem::SsoUrlMissing,
        ),
        (
            by_hand(url, "", RSA),
            Field::EntityId,
            SamlSettingProblem::EntityIdMissing,
        ),
    ] {
        let found = faults(&console, &ada, source.clone()).await;
        assert_eq!(found, [(field, Fault::Saml(fault))], "{source:?}");
    }
    let genuine = identity_provider_metadata(url);
    let keys = genuine.find("<md:KeyDescriptor").unwrap()..genuine.find("<md:SingleSignOnService").unwrap();
    for (metadata, fault) in [
        // The metadata by which `samael` accepted whatever came.
        (
            genuine.replace("use=\"signing\"", "use=\"encryption\""),
            SamlSettingProblem::NoSigningCertificate,
        ),
        (
            genuine.replace(&genuine[keys], ""),
            SamlSettingProblem::NoSigningCertificate,
        ),
        (
            identity_provider_metadata("http://idp.example.test/sso"),
            SamlSettingProblem::SsoUrlNotHttps,
        ),
        (
            genuine.replace("HTTP-Redirect", "HTTP-POST"),
            SamlSettingProblem::NoRedirect,
        ),
        (
            genuine.replace("IDPSSODescriptor", "SPSSODescriptor"),
            SamlSettingProblem::NoIdentityProvider,
        ),
        (
            format!("<!DOCTYPE x SYSTEM \"http://127.0.0.1/\">{genuine}"),
            SamlSettingProblem::MetadataForbidden,
        ),
        (
            genuine.replace("entityID=", "validUntil=\"2020-01-01T00:00:00Z\" entityID="),
            SamlSettingProblem::MetadataExpired,
        ),
        ("<html/>".into(), SamlSettingProblem::NotMetadata),
        ("x".into(), SamlSettingProblem::MetadataUnreadable),
        ("x".repeat((1 << 20) + 1), SamlSettingProblem::MetadataTooLarge),
    ] {
        let found = faults(&console, &ada, file(&metadata)).await;
        let start: String = metadata.chars().take(300).collect();
        assert_eq!(found, [(Field::MetadataFile, Fault::Saml(fault))], "{start}");
    }
    assert_eq!(
        faults(&console, &ada, file("")).await,
        [(Field::MetadataFile, Fault::Missing)]
    );
    // All that is wrong at once, and the domains with it.
    let all = SsoTyped {
        source: by_hand("", "", ""),
        domains: "*".into(),
        ..typed()
    };
    let by = caller(&console, &ada).await;
    let Err(Error::Invalid(all)) = console.backend.configure_sso(&by, all).await else {
        panic!("nothing of it is right");
    };
    assert_eq!(all.0.len(), 4);
    assert_eq!(db_rows(&pool).await, before);
    assert_eq!(db_count(&pool, "saml_configurations").await, 0);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_03_nobody_signs_in_by_what_is_only_prepared(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    save(&console, &ada, typed()).await;
    let org_id = org_id(&console, &ada).await;
    let answer = console
        .stranger()
        .open(&format!("/accounts/saml/{org_id}/login"))
        .await;
    assert_eq!(problem(&answer), "no-sso");
    // Prepared beside what is in use it changes nothing of that.
    deploy(&console, &ada, typed()).await;
    let other = SsoTyped {
        source: by_hand("https://other.test/", "https://other.test/", RSA),
        ..typed()
    };
    save(
        &console,
        &ada,
        SsoTyped {
            creates_accounts: false,
            ..other
        },
    )
    .await;
    let browser = console.stranger();
    assert_eq!(
        sign_in_by_sso(&console, &browser, &org_id, BEN).await.redirect(),
        (303, "/")
    );
}

/// Of a sign-in that was begun while a certificate was there, too.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_03_what_a_later_deployment_leaves_out_stops_at_once(pool: PgPool) {
    let (console, ada, org_id) = super::scene(pool.clone()).await;
    let (browser, other) = (console.stranger(), console.stranger());
    let (asked, asked_too) = (leave(&browser, &org_id).await, leave(&other, &org_id).await);
    assert_eq!(
        come(&console, &org_id, BEN, |_| ()).await.1.redirect(),
        (303, "/")
    );
    let replaced = SsoTyped {
        source: by_hand(
            crate::identity_provider::SSO_URL,
            backend::saml::testing::ENTITY_ID,
            RSA,
        ),
        ..typed()
    };
    deploy(&console, &ada, replaced).await;
    let sessions = db_count(&pool, "sessions").await;
    let under_way = bring(&browser, &asked, &response(&console, &asked, BEN)).await;
    assert!(["wrong-signature", "certificate-replaced"].contains(&problem(&under_way).as_str()));
    let (_, fresh) = come(&console, &org_id, BEN, |_| ()).await;
    assert_eq!(problem(&fresh), "wrong-signature");
    // Another identity provider altogether.
    let another = SsoTyped {
        source: by_hand(
            crate::identity_provider::SSO_URL,
            "https://another.test/",
            CERTIFICATE,
        ),
        ..typed()
    };
    deploy(&console, &ada, another).await;
    let under_way = bring(&other, &asked_too, &response(&console, &asked_too, BEN)).await;
    assert_eq!(problem(&under_way), "request-lost");
    let (_, fresh) = come(&console, &org_id, BEN, |_| ()).await;
    assert_eq!(problem(&fresh), "wrong-issuer");
    assert_eq!(db_count(&pool, "sessions").await, sessions);
}

/// No use case takes the last certificate away. If the database has lost it, nothing counts rather than everything.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_03_without_a_certificate_nothing_counts(pool: PgPool) {
    let scene = Scene::set(pool.clone()).await;
    let sessions = db_count(&pool, "sessions").await;
    let mut left = Vec::new();
    for name in ["t_unsigned", "t_stripped_b", "t_evil_key", "ok_pysaml2_both"] {
        left.push((scene.leave().await, named(name)));
    }
    sqlx::query("delete from saml_certificates")
        .execute(&pool)
        .await
        .unwrap();
    for ((browser, relay_state), vector) in left {
        let answer = scene.bring_again(&browser, &relay_state, &vector).await;
        assert_eq!(problem(&answer), "no-certificate", "{}", vector.name);
        assert_eq!(browser.cookie("usher"), None);
    }
    let org_id = org_id(&scene.console, &scene.ada).await;
    let answer = scene
        .console
        .stranger()
        .open(&format!("/accounts/saml/{org_id}/login"))
        .await;
    assert_eq!(problem(&answer), "no-certificate");
    assert_eq!(db_count(&pool, "sessions").await, sessions);
}

fn key(pem: &str) -> String {
    let certificate = STANDARD.encode(Certificate::all_in(pem.as_bytes()).unwrap()[0].der());
    format!(
        r#"<md:KeyDescriptor use="signing"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"#
    )
}

/// The metadata of the identity provider of the vectors, with these certificates in this order.
fn metadata(certificates: &[&str]) -> SsoTyped {
    let keys: String = certificates.iter().map(|pem| key(pem)).collect();
    let metadata = format!(
        r#"<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="https://idp.example.test/idp"><md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">{keys}<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.example.test/sso/redirect"/></md:IDPSSODescriptor></md:EntityDescriptor>"#
    );
    SsoTyped {
        source: file(&metadata),
        ..typed()
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_20_two_certificates_count_in_either_order_and_a_removed_one_not_at_all(pool: PgPool) {
    let scene = Scene::set(pool).await;
    let (by_rsa, by_ec) = (named("ok_pysaml2_assertion"), named("ok_ecdsa"));
    for (settings, rsa, ec) in [
        (theirs(&[RSA, EC]), true, true),
        (theirs(&[EC, RSA]), true, true),
        (theirs(&[EC]), false, true),
        (theirs(&[RSA]), true, false),
        (metadata(&[RSA, EC]), true, true),
        (metadata(&[EC, RSA]), true, true),
        (metadata(&[EC]), false, true),
        (metadata(&[RSA]), true, false),
    ] {
        // Begun before it is deployed, with both.
        deploy(&scene.console, &scene.ada, theirs(&[EC, RSA])).await;
        let (early_rsa, early_ec) = (scene.leave().await, scene.leave().await);
        deploy(&scene.console, &scene.ada, settings).await;
        let live = view(&scene.console, &scene.ada).await.live.unwrap();
        let shown = live.certificates.len();
        assert_eq!(shown, usize::from(rsa) + usize::from(ec));
        for (vector, early, counts) in [(&by_rsa, early_rsa, rsa), (&by_ec, early_ec, ec)] {
            scene.forget_used().await;
            let (browser, relay_state) = early;
            let answer = scene.bring_again(&browser, &relay_state, vector).await;
            assert_eq!(
                answer.redirect() == (303, "/"),
                counts,
                "{} {:?}",
                vector.name,
                answer.redirect()
            );
            let (_, answer) = scene.bring(vector).await;
            assert_eq!(
                answer.redirect() == (303, "/"),
                counts,
                "{} {:?}",
                vector.name,
                answer.redirect()
            );
        }
    }
    let live = view(&scene.console, &scene.ada).await.live.unwrap();
    assert_eq!(live.source, Source::File);
}
