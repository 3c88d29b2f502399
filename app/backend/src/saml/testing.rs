//! Requests that are known beforehand, and an identity provider that says whatever a test has it say.
#![expect(
    clippy::missing_panics_doc,
    reason = "a test that can't be arranged ends by panicking"
)]

use super::{IdentityProvider, ServiceProvider, verify::kept};
use saml::{SsoResponseEndpoint, sp::LoginTrackerPayload};
use time::OffsetDateTime;

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
