//! Responses of three independent identity providers, genuine and manipulated, at the consumer: each does what the manifest
//! says of it, in the browser and in the database.

use crate::{
    identity_provider::{AWAY, FORM, deploy, org_id, posting, problem, set_clock, typed, who_is_in},
    stage::{colleague, db_count},
    visitor::{Answer, TestConsole, Visitor, encoded},
};
use backend::{
    saml::ServiceProvider,
    sso::{SsoTyped, TypedSource},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use domain::organization::OrgId;
use reqwest::RequestBuilder;
use sqlx::PgPool;
use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};
use time::macros::datetime;
use tokio::net::TcpListener;

/// Whom genuine ones are about, with every account and every address that a manipulated one names.
const ALICE: &str = "alice@corp.example.test";
const ADMIN: &str = "admin@corp.example.test";
/// That they answer.
const REQUEST: &str = "_req-0001-fixed-request-id";
pub(super) const RSA: &str = include_str!("../../../../../app/backend/src/saml/tests/keys/idp.crt");
pub(super) const EC: &str = include_str!("../../../../../app/backend/src/saml/tests/keys/idpec.crt");

pub(super) struct Vector {
    pub(super) name: String,
    /// `accept`, `reject`, or one of the two that leave it to us.
    expect: String,
    pub(super) xml: String,
    wrapped: bool,
}

pub(super) fn vectors() -> Vec<Vector> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../app/backend/src/saml/tests/vectors");
    let manifest = fs::read_to_string(folder.join("manifest.json")).unwrap();
    let manifest: Vec<serde_json::Value> = serde_json::from_str(&manifest).unwrap();
    let text = |one: &serde_json::Value, key: &str| one[key].as_str().unwrap_or_default().to_owned();
    let all = manifest.iter().map(|one| Vector {
        name: text(one, "name"),
        expect: text(one, "expect"),
        xml: fs::read_to_string(folder.join(text(one, "file"))).unwrap(),
        wrapped: text(one, "b64") == "wrap",
    });
    all.collect()
}

pub(super) fn named(name: &str) -> Vector {
    vectors().into_iter().find(|vector| vector.name == name).unwrap()
}

impl Vector {
    fn posted(&self) -> String {
        let packed = STANDARD.encode(&self.xml);
        if !self.wrapped {
            return packed;
        }
        let lines: Vec<_> = packed
            .as_bytes()
            .chunks(76)
            .map(String::from_utf8_lossy)
            .collect();
        lines.join("\r\n")
    }
}

/// A console at the time and with the identity provider of the vectors, where Alice has an account that is linked, and an
/// administrator one that is linked as well, so that whoever is confused has somebody to be confused with.
pub(super) struct Scene {
    pub(super) console: TestConsole,
    pub(super) ada: Visitor,
    org_id: OrgId,
}

/// The identity provider of the vectors.
pub(super) fn theirs(certificates: &[&str]) -> SsoTyped {
    SsoTyped {
        source: TypedSource::Manual {
            entity_id: "https://idp.example.test/idp".into(),
            sso_url: "https://idp.example.test/sso/redirect".into(),
            certificate: certificates.concat(),
        },
        ..typed()
    }
}

impl Scene {
    pub(super) async fn set(pool: PgPool) -> Self {
        let keys = [("throttle_external_sign_ins_network", "1000/1s")];
        let console = TestConsole::start_with(pool, &keys).await;
        set_clock(&console, datetime!(2026-11-24 02:30 UTC));
        let ada = console.ada().await;
        colleague(&console, &ada, ALICE, &[]).await;
        colleague(&console, &ada, ADMIN, &["admin"]).await;
        for name in [ALICE, ADMIN] {
            sqlx::query(
                "insert into identities (id, organization_id, user_id, provider, issuer, format, subject, email, linked_at)
                 select gen_random_uuid(), organization_id, id, 'saml', 'https://idp.example.test/idp', format, email, email,
                        created_at
                 from users, unnest(array['urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
                                          'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified',
                                          'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent']) format
                 where email = $1",
            )
            .bind(name)
            .execute(&console.pool)
            .await
            .unwrap();
        }
        deploy(&console, &ada, theirs(&[RSA, EC])).await;
        let org_id = org_id(&console, &ada).await.parse().unwrap();
        Self { console, ada, org_id }
    }

    /// A browser that has left with the request of the vectors, and what brings it back.
    pub(super) async fn leave(&self) -> (Visitor, String) {
        let sp = ServiceProvider {
            entity_id: "https://console.example.test/saml/org-a/metadata".into(),
            acs_url: "https://console.example.test/saml/org-a/acs".into(),
        };
        let left = self.console.backend.depart_to_sso_as(&self.org_id, &sp, REQUEST);
        let (relay_state, cookie) = left.await;
        let browser = self.console.stranger();
        browser.set_cookie(AWAY, cookie.expose());
        (browser, relay_state.expose().to_owned())
    }

    /// They all answer one request, and some are the same assertion.
    pub(super) async fn forget_used(&self) {
        sqlx::query("delete from saml_used")
            .execute(&self.console.pool)
            .await
            .unwrap();
    }

    /// Brings a vector as if none had been brought before.
    pub(super) async fn bring(&self, vector: &Vector) -> (Visitor, Answer) {
        self.forget_used().await;
        let (browser, relay_state) = self.leave().await;
        let answer = self.bring_again(&browser, &relay_state, vector).await;
        (browser, answer)
    }

    pub(super) async fn bring_again(&self, browser: &Visitor, relay_state: &str, vector: &Vector) -> Answer {
        browser.send(self.posting(browser, relay_state, vector)).await
    }

    pub(super) fn posting(&self, browser: &Visitor, relay_state: &str, vector: &Vector) -> RequestBuilder {
        let posted = vector.posted();
        let fields = [("SAMLResponse", posted.as_str()), ("RelayState", relay_state)];
        let path = format!("/accounts/saml/{}/acs", self.org_id);
        posting(browser, &path, FORM, encoded(&fields))
    }

    async fn counts(&self) -> [i64; 4] {
        let pool = &self.console.pool;
        [
            db_count(pool, "sessions").await,
            db_count(pool, "users").await,
            db_count(pool, "identities").await,
            db_count(pool, "sign_in_challenges").await,
        ]
    }

    /// Judges one, and whether it is let in.
    pub(super) async fn judge(&self, vector: &Vector) -> bool {
        let (before, name) = (self.counts().await, &vector.name);
        let (browser, answer) = self.bring(vector).await;
        let after = self.counts().await;
        let lets_in = answer.redirect() == (303, "/");
        if lets_in {
            assert_eq!(
                who_is_in(&self.console, &browser).await.as_deref(),
                Some(ALICE),
                "{name}"
            );
            assert_eq!(after, [before[0] + 1, before[1], before[2], before[3]], "{name}");
        } else {
            problem(&answer);
            assert_eq!(browser.cookie("usher"), None, "{name}");
            assert_eq!(after, before, "{name}");
        }
        match vector.expect.as_str() {
            "accept" => assert!(lets_in, "{name}: {:?}", answer.redirect()),
            "reject" => assert!(!lets_in, "{name}"),
            _ => {}
        }
        lets_in
    }

    /// Judges all whose names begin so; how many of them are let in, of how many.
    async fn judge_all(&self, starts: &[&str]) -> (usize, usize) {
        let (mut let_in, mut all) = (0, 0);
        for vector in vectors() {
            if starts.iter().any(|start| vector.name.starts_with(start)) {
                all += 1;
                let_in += usize::from(self.judge(&vector).await);
            }
        }
        // Nothing of it has hurt.
        let began = Instant::now();
        assert_eq!(self.console.stranger().open("/livez").await.status, 200);
        assert!(began.elapsed() < Duration::from_secs(1));
        (let_in, all)
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_01_genuine_responses_of_three_identity_providers_sign_in(pool: PgPool) {
    let scene = Scene::set(pool).await;
    let genuine = [
        "ok_",
        "i_",
        "s_aud_list_ok",
        "s_one_time_use",
        "s_persistent_nameid",
    ];
    // Two of them are signed by a canonicalization that we leave out.
    assert_eq!(scene.judge_all(&genuine).await, (40, 42));
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_02_nobody_comes_in_without_a_valid_signature(pool: PgPool) {
    let scene = Scene::set(pool).await;
    assert_eq!(scene.judge_all(&["t_"]).await, (0, 17));
    // The scene is one in which the genuine one is let in.
    assert!(scene.judge(&named("ok_pysaml2_both")).await);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_04_a_wrapped_signature_lets_nobody_in(pool: PgPool) {
    let scene = Scene::set(pool).await;
    assert_eq!(scene.judge_all(&["xsw"]).await, (0, 51));
    assert!(scene.judge(&named("ok_ssp_both")).await);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_06_a_name_is_read_whole_or_refused(pool: PgPool) {
    let scene = Scene::set(pool).await;
    assert_eq!(scene.judge_all(&["x_"]).await, (3, 4));
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_07_a_response_for_another_audience_is_refused(pool: PgPool) {
    let scene = Scene::set(pool).await;
    assert_eq!(scene.judge_all(&["s_aud_"]).await, (1, 4));
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_08_a_response_for_another_place_is_refused(pool: PgPool) {
    let scene = Scene::set(pool).await;
    assert_eq!(
        scene.judge_all(&["s_scd_recipient_", "t_destination"]).await,
        (0, 3)
    );
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_11_a_response_of_another_time_is_refused(pool: PgPool) {
    let scene = Scene::set(pool).await;
    let timed = [
        "s_cond_",
        "s_scd_expired",
        "s_scd_no_expiry",
        "s_session_expired",
        "s_issue_",
    ];
    // Only when it was issued lies ahead, which nothing depends on.
    assert_eq!(scene.judge_all(&timed).await, (1, 7));
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_12_status_issuer_request_and_confirmation_are_judged(pool: PgPool) {
    let scene = Scene::set(pool).await;
    let told = [
        "s_status_",
        "s_issuer_",
        "s_hok_only",
        "s_sv_only",
        "s_no_confirmation",
        "s_irt_",
        "s_scd_irt_missing",
        "s_no_nameid",
        "s_version_1_1",
        "enc_",
    ];
    assert_eq!(scene.judge_all(&told).await, (0, 18));
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_13_a_doctype_is_refused_and_nothing_that_it_names_is_asked_for(pool: PgPool) {
    let scene = Scene::set(pool).await;
    assert_eq!(scene.judge_all(&["d_"]).await, (0, 6));
    // The one that names an address, with one where somebody listens.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut external = named("d_external_dtd");
    let asked_for = format!("127.0.0.1:{port}/");
    external.xml = external.xml.replace("127.0.0.1:9/", &asked_for);
    assert!(external.xml.contains(&asked_for));
    assert!(!scene.judge(&external).await);
    let came = tokio::time::timeout(Duration::from_millis(300), listener.accept());
    assert!(came.await.is_err(), "nobody comes for the DTD");
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_15_a_signature_with_sha_1_is_refused(pool: PgPool) {
    let scene = Scene::set(pool).await;
    let (_, answer) = scene.bring(&named("t_sha1")).await;
    assert_eq!(problem(&answer), "weak-algorithm");
    for stronger in ["ok_pysaml2_sha512", "ok_ecdsa"] {
        assert!(scene.judge(&named(stronger)).await, "{stronger}");
    }
}

#[test]
fn saml_01_no_vector_is_left_out() {
    let cases = [
        "ok_",
        "i_",
        "t_",
        "xsw",
        "x_",
        "d_",
        "enc_",
        "s_aud_",
        "s_scd_",
        "s_cond_",
        "s_session_expired",
        "s_status_",
        "s_issuer_",
        "s_hok_only",
        "s_sv_only",
        "s_no_confirmation",
        "s_irt_",
        "s_no_nameid",
        "s_version_1_1",
        "s_one_time_use",
        "s_persistent_nameid",
        "s_issue_",
    ];
    let all = vectors();
    assert_eq!(all.len(), 150);
    let left: Vec<_> = all
        .iter()
        .map(|vector| vector.name.as_str())
        .filter(|name| !cases.iter().any(|case| name.starts_with(case)))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}
