//! Responses: nothing crashes, nobody but Alice gets in, and the report never contradicts the verdict.
#![no_main]

use backend::saml::{
    Certificate, IdentityProvider, ServiceProvider, consume, readable, test, testing::begun_as,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use domain::saml_report::Outcome;
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;
use time::{OffsetDateTime, macros::datetime};

const NOW: OffsetDateTime = datetime!(2026-11-24 02:30 UTC);
const CERTIFICATES: &str = concat!(
    include_str!("../../src/saml/tests/keys/idp.crt"),
    include_str!("../../src/saml/tests/keys/idpec.crt")
);

struct Begun {
    sp: ServiceProvider,
    idp: IdentityProvider,
    request: Vec<u8>,
}

static BEGUN: LazyLock<Begun> = LazyLock::new(|| {
    let sp = ServiceProvider {
        entity_id: "https://console.example.test/saml/org-a/metadata".into(),
        acs_url: "https://console.example.test/saml/org-a/acs".into(),
    };
    let idp = IdentityProvider {
        entity_id: "https://idp.example.test/idp".into(),
        sso_url: "https://idp.example.test/sso/redirect".into(),
        certificates: Certificate::all_in(CERTIFICATES.as_bytes()).unwrap(),
        require_signed_assertion: false,
    };
    let request = begun_as(&sp, &idp, "_req-0001-fixed-request-id", NOW);
    Begun { sp, idp, request }
});

fuzz_target!(|input: &[u8]| {
    if input.starts_with(b"<") {
        judge(&STANDARD.encode(input), input.len());
    } else if let Ok(posted) = std::str::from_utf8(input) {
        judge(posted, input.len());
    }
});

fn judge(posted: &str, length: usize) {
    let Begun { sp, idp, request } = &*BEGUN;
    if let Ok(asserted) = consume(sp, idp, request, posted, NOW) {
        assert_eq!(asserted.name_id, "alice@corp.example.test");
    }
    // Some of them only: a report takes as long as several verdicts.
    if length.is_multiple_of(8) {
        let report = test(sp, idp, request, posted, NOW).report;
        let failed = report.checks.iter().any(|check| check.outcome == Outcome::Failed);
        assert_eq!(report.passed(), !failed);
        readable(posted);
    }
}
