//! What the vectors, the boundaries and hostile inputs show of [`super`].

mod begun;
mod certificates;
mod entered;
mod hostile;
mod problems;
mod reports;
mod second_judge;
mod time_windows;
mod vectors;

use super::{
    Asserted, Certificate, IdentityProvider, SamlError, ServiceProvider, consume, testing::begun_as,
};
use time::{OffsetDateTime, macros::datetime};

/// Within the lifetime of every vector that is meant to be valid.
const NOW: OffsetDateTime = datetime!(2026-11-24 02:30 UTC);
/// That the vectors answer.
const REQUEST: &str = "_req-0001-fixed-request-id";

const RSA: &str = include_str!("keys/idp.crt");
const EC: &str = include_str!("keys/idpec.crt");
const OTHER: &str = include_str!("keys/idp2.crt");

fn sp() -> ServiceProvider {
    ServiceProvider {
        entity_id: "https://console.example.test/saml/org-a/metadata".into(),
        acs_url: "https://console.example.test/saml/org-a/acs".into(),
    }
}

fn certificate(pem: &str) -> Certificate {
    Certificate::all_in(pem.as_bytes()).unwrap().remove(0)
}

fn idp_with(certificates: &[&str]) -> IdentityProvider {
    IdentityProvider {
        entity_id: "https://idp.example.test/idp".into(),
        sso_url: "https://idp.example.test/sso/redirect".into(),
        certificates: certificates.iter().map(|pem| certificate(pem)).collect(),
        require_signed_assertion: false,
    }
}

fn idp() -> IdentityProvider {
    idp_with(&[RSA, EC])
}

/// What becomes of a posted response to the request of the vectors.
fn judged(idp: &IdentityProvider, saml_response: &str) -> Result<Asserted, SamlError> {
    let request = begun_as(&sp(), idp, REQUEST, NOW);
    consume(&sp(), idp, &request, saml_response, NOW)
}
