//! The verifier: the crate `saml` behind a trait, so that nothing else knows it and another one can be put in its place.

use super::{
    Asserted, Begun, Certificate, Fingerprint, IdentityProvider, SamlError, ServiceProvider, moment,
};
use domain::saml_problem::SamlProblem;
use saml::{
    Binding, ConsumeResponse, DigestAlgorithm, Dispatch, Endpoint, Error, IdpDescriptor, LoginTracker,
    NameIdFormat, PeerCryptoPolicy, ReplayCache, ReplayEntry, ReplayMode, ServiceProviderConfig,
    SignatureAlgorithm, SpWantSigned, SsoResponseBinding, SsoResponseEndpoint, StartLogin,
    sp::LoginTrackerPayload,
};
use sha2::{Digest, Sha256};
use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, SystemTime},
};
use time::OffsetDateTime;

/// How far two clocks may be apart.
pub(super) const SKEW: Duration = Duration::from_mins(2);
/// Until when a request could be answered at all. Where it is kept, it is thrown away much sooner.
const LONGEST_SIGN_IN: Duration = Duration::from_hours(24);

/// What makes requests and judges responses.
pub trait Verifier {
    /// As [`super::begin`]; there is a certificate.
    fn begin(
        &self,
        sp: &ServiceProvider,
        idp: &IdentityProvider,
        relay_state: &str,
        force_authn: bool,
        now: OffsetDateTime,
    ) -> Result<Begun, SamlError>;

    /// Whether a response is signed by one of the certificates, answers the request, and holds now. What nobody needs in a
    /// response was refused before, and whether the name is of use is judged later.
    fn judge(
        &self,
        sp: &ServiceProvider,
        idp: &IdentityProvider,
        request: &[u8],
        xml: &[u8],
        now: OffsetDateTime,
    ) -> Result<Asserted, SamlError>;

    /// As [`super::metadata`].
    fn metadata(&self, sp: &ServiceProvider) -> Result<String, SamlError>;
}

/// The crate `saml`.
#[derive(Clone, Copy, Debug)]
pub struct SamlCrate;

impl Verifier for SamlCrate {
    fn begin(
        &self,
        sp: &ServiceProvider,
        idp: &IdentityProvider,
        relay_state: &str,
        force_authn: bool,
        now: OffsetDateTime,
    ) -> Result<Begun, SamlError> {
        let login = StartLogin {
            relay_state: Some(relay_state),
            binding: Binding::HttpRedirect,
            force_authn,
            is_passive: false,
            requested_name_id_format: None,
            requested_authn_context: None,
            acs_index: None,
            acs_url: Some(&sp.acs_url),
            response_binding: Some(SsoResponseBinding::HttpPost),
        };
        let started = provider(sp, idp.require_signed_assertion)
            .and_then(|provider| provider.start_login(&described(idp), login))
            .map_err(|error| SamlError::new(SamlProblem::WrongSsoUrl, error.to_string()))?;
        let Dispatch::Redirect(url) = started.dispatch else {
            return Err(SamlError::new(SamlProblem::Unchecked, "no redirect was made"));
        };
        let mut payload = started.tracker.to_payload();
        // The crate has its own clock.
        payload.issued_at = now.into();
        Ok(Begun {
            url: url.into(),
            request: kept(&payload)?,
        })
    }

    fn judge(
        &self,
        sp: &ServiceProvider,
        idp: &IdentityProvider,
        request: &[u8],
        xml: &[u8],
        now: OffsetDateTime,
    ) -> Result<Asserted, SamlError> {
        let tracker = tracker(sp, idp, request, now)?;
        let seen = Collected::default();
        let identity = provider(sp, idp.require_signed_assertion)
            .and_then(|provider| {
                provider.consume_response(ConsumeResponse {
                    idp: &described(idp),
                    peer_crypto_policy: None,
                    saml_response: xml,
                    binding: SsoResponseBinding::HttpPost,
                    relay_state: None,
                    tracker: Some(&tracker),
                    expected_destination: &sp.acs_url,
                    now: now.into(),
                    clock_skew: SKEW,
                    replay_cache: Some(&seen),
                    replay_mode: ReplayMode::All,
                    holder_of_key_cert: None,
                })
            })
            .map_err(|error| SamlError::new(problem(&error), error.to_string()))?;
        let mut replay_keys = seen.keys(sp, idp);
        let request_ends = moment(tracker.issued_at() + LONGEST_SIGN_IN);
        replay_keys.push((replay_key(sp, idp, "request", tracker.request_id()), request_ends));
        let mut attributes: Vec<(String, Vec<String>)> = Vec::new();
        for attribute in identity.attributes() {
            match attributes.iter_mut().find(|(name, _)| *name == attribute.name) {
                Some((_, values)) => values.extend(attribute.values.iter().cloned()),
                None => attributes.push((attribute.name.clone(), attribute.values.clone())),
            }
        }
        Ok(Asserted {
            name_id: identity.name_id().value.trim().to_owned(),
            format: identity.name_id().format.as_uri().to_owned(),
            attributes,
            session_not_on_or_after: identity.session_not_on_or_after().map(moment),
            authn_instant: moment(identity.authn_instant()),
            is_anew: identity.authn_instant() + SKEW >= tracker.issued_at(),
            replay_keys,
            certificate: Fingerprint(identity.verifying_cert_fingerprint()),
        })
    }

    fn metadata(&self, sp: &ServiceProvider) -> Result<String, SamlError> {
        provider(sp, false)
            .and_then(|provider| provider.metadata_xml(false))
            .map_err(|error| SamlError::new(SamlProblem::Unchecked, error.to_string()))
    }
}

fn provider(sp: &ServiceProvider, require_signed_assertion: bool) -> Result<saml::ServiceProvider, Error> {
    saml::ServiceProvider::new(ServiceProviderConfig {
        entity_id: sp.entity_id.clone(),
        acs: vec![SsoResponseEndpoint::post(&sp.acs_url, 0, true)],
        slo: Vec::new(),
        name_id_formats: vec![NameIdFormat::Persistent, NameIdFormat::EmailAddress],
        signing_key: None,
        decryption_key: None,
        sign_authn_requests: false,
        want_signed: SpWantSigned {
            // Either of them is enough, and one of them is always wanted.
            response: false,
            assertions: require_signed_assertion,
        },
        allow_unsolicited: false,
        default_peer_crypto_policy: PeerCryptoPolicy::strong_defaults(),
        outbound_signature_algorithm: SignatureAlgorithm::RsaSha256,
        outbound_digest_algorithm: DigestAlgorithm::Sha256,
    })
}

fn described(idp: &IdentityProvider) -> IdpDescriptor {
    IdpDescriptor {
        entity_id: idp.entity_id.clone(),
        sso_endpoints: vec![Endpoint::redirect(&idp.sso_url, 0, true)],
        slo_endpoints: Vec::new(),
        artifact_resolution_endpoints: Vec::new(),
        signing_certs: idp.certificates.iter().map(Certificate::to_crate).collect(),
        encryption_certs: Vec::new(),
        supported_name_id_formats: Vec::new(),
        want_authn_requests_signed: false,
        valid_until: None,
        cache_duration: None,
    }
}

/// The request as bytes. They are sealed by whoever keeps them, not here.
pub(super) fn kept(payload: &LoginTrackerPayload) -> Result<Vec<u8>, SamlError> {
    serde_json::to_vec(payload).map_err(|error| SamlError::new(SamlProblem::Unchecked, error.to_string()))
}

/// What the bytes of a request say, whoever made them.
pub(super) fn remembered(request: &[u8]) -> Option<LoginTrackerPayload> {
    serde_json::from_slice(request).ok()
}

/// The request that was begun, if it was under the settings of now. A certificate that was added since does not count for
/// it, and one that was removed counts for nothing.
fn tracker(
    sp: &ServiceProvider,
    idp: &IdentityProvider,
    request: &[u8],
    now: OffsetDateTime,
) -> Result<LoginTracker, SamlError> {
    let lost = |why: String| SamlError::new(SamlProblem::RequestLost, why);
    let payload = remembered(request).ok_or_else(|| lost("it can't be read".into()))?;
    if payload.idp_entity_id != idp.entity_id || payload.acs_endpoint.url != sp.acs_url {
        return Err(lost("the settings were changed meanwhile".into()));
    }
    // The crate takes nothing but what it sealed itself. Who could change the bytes could choose any key as well, so this
    // one protects nothing and need not be secret.
    let key = [0; 32];
    payload
        .seal(&key)
        .and_then(|sealed| LoginTracker::open(&sealed, &key, now.into(), LONGEST_SIGN_IN))
        .map_err(|error| lost(error.to_string()))
}

/// Finds nothing seen before: that is for the database to say, in the transaction that signs somebody in.
#[derive(Default)]
struct Collected(Mutex<Vec<(String, SystemTime)>>);

impl ReplayCache for Collected {
    fn check_and_insert(&self, entries: &[ReplayEntry<'_>], _now: SystemTime) -> Result<bool, Error> {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.extend(entries.iter().map(|entry| {
            let id = format!("{:?} {}", entry.namespace, entry.id);
            (id, entry.expires_at)
        }));
        Ok(true)
    }
}

impl Collected {
    fn keys(self, sp: &ServiceProvider, idp: &IdentityProvider) -> Vec<([u8; 32], OffsetDateTime)> {
        let seen = self.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        let key = |(id, expires_at): (String, SystemTime)| {
            (replay_key(sp, idp, "response", &id), moment(expires_at))
        };
        seen.into_iter().map(key).collect()
    }
}

/// One length for ids of any length, and apart for each organization: its identity provider can't use up another's.
fn replay_key(sp: &ServiceProvider, idp: &IdentityProvider, kind: &str, id: &str) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in [&sp.entity_id, &idp.entity_id, kind, id] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

/// What an error of the crate means. [`super::explain`] looks closer where it means more than one thing.
fn problem(error: &Error) -> SamlProblem {
    match error {
        Error::XmlParse(_) | Error::SchemaViolation { .. } => SamlProblem::UnexpectedShape,
        Error::SignatureMissing => SamlProblem::NotSigned,
        // The crate has no error of its own for this one; the tests would notice another wording.
        Error::SignatureVerification {
            reason: "no bearer SubjectConfirmation",
        }
        | Error::HolderOfKeyConfirmation { .. } => SamlProblem::NoUsableConfirmation,
        Error::SignatureVerification { .. }
        | Error::ReferenceResolution
        | Error::Base64Decode
        | Error::X509Parse => SamlProblem::WrongSignature,
        Error::DisallowedAlgorithm { alg } if alg.to_lowercase().contains("c14n") => {
            SamlProblem::UnsupportedTransform
        }
        Error::DisallowedAlgorithm { .. } => SamlProblem::WeakAlgorithm,
        Error::DisallowedTransform { .. } => SamlProblem::UnsupportedTransform,
        Error::IdpTrustRootMismatch => SamlProblem::CertificateReplaced,
        Error::NoPeerSigningCert => SamlProblem::NoCertificate,
        Error::IssuerMismatch { .. } => SamlProblem::WrongIssuer,
        Error::DestinationMismatch => SamlProblem::WrongDestination,
        Error::RecipientMismatch => SamlProblem::WrongRecipient,
        Error::AudienceMismatch => SamlProblem::WrongAudience,
        Error::NotYetValid => SamlProblem::NotYetValid,
        Error::Expired => SamlProblem::Expired,
        Error::InResponseToMismatch => SamlProblem::WrongRequest,
        Error::UnsolicitedNotAllowed => SamlProblem::Unsolicited,
        Error::StatusNotSuccess { .. } => SamlProblem::ProviderStatus,
        Error::NameIdSpQualifierMismatch { .. } => SamlProblem::NameIdOfOther,
        Error::AssertionReplay => SamlProblem::Replayed,
        _ => SamlProblem::Unchecked,
    }
}
