//! Another implementation judges the same vectors. Where the two disagree is reviewed here, so that a new version of either
//! shows itself; and what our own checks add to the crate is seen by leaving them out.

use super::{
    EC, NOW, REQUEST, RSA, certificate, idp, judged, sp,
    vectors::{Vector, is_allowed, vectors},
};
use crate::saml::{SamlCrate, Verifier, testing::begun_as};
use base64::{Engine, engine::general_purpose::STANDARD};
use saml_rs::{
    AcsEndpoint, AssertionSignaturePolicy, AudienceValidationPolicy, BrowserInput, ClockSkew, EntityId,
    FormField, IdpDescriptor, MetadataTrustPolicy, PendingAuthnRequest, PendingSnapshot, RelayStateParam,
    ReplayPolicy, Saml, SamlValidationContext, Sp, SpConfig, SpValidationPolicy, SsoResponse,
};

const IDP: &str = "https://idp.example.test/idp";

/// `saml-rs`, as strict as it can be without refusing what we accept.
struct SecondJudge {
    sp: Saml<Sp>,
    idp: IdpDescriptor,
    pending: PendingAuthnRequest,
}

impl SecondJudge {
    fn new() -> Self {
        let policy = SpValidationPolicy {
            assertions: AssertionSignaturePolicy::AllowUnsignedForCompatibility,
            audience: AudienceValidationPolicy::Validate,
            ..SpValidationPolicy::recommended()
        };
        let config = SpConfig::builder(EntityId::try_new(sp().entity_id).unwrap())
            .acs_endpoint(AcsEndpoint::post(sp().acs_url).unwrap())
            .validation(policy)
            .build()
            .unwrap();
        let keys: String = [RSA, EC]
            .map(|pem| {
                let der = STANDARD.encode(certificate(pem).der());
                format!(r#"<md:KeyDescriptor use="signing"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>{der}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"#)
            })
            .concat();
        let metadata = format!(
            r#"<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="{IDP}"><md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">{keys}<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.example.test/sso/redirect"/></md:IDPSSODescriptor></md:EntityDescriptor>"#
        );
        let trust = MetadataTrustPolicy::UnsignedForCompatibility;
        let snapshot = PendingSnapshot::authn_request(
            REQUEST,
            RelayStateParam::absent(),
            IDP,
            "post",
            sp().acs_url,
            "post",
        );
        Self {
            sp: Saml::sp(config).unwrap(),
            idp: IdpDescriptor::from_metadata_xml_for(EntityId::try_new(IDP).unwrap(), &metadata, trust)
                .unwrap(),
            pending: PendingAuthnRequest::from_snapshot(snapshot).unwrap(),
        }
    }

    /// The `NameID` that it accepts.
    fn judge(&self, vector: &Vector) -> Option<String> {
        let skew = ClockSkew::from_millis(-120_000, 120_000);
        let context = SamlValidationContext::new(NOW.into(), ReplayPolicy::DisabledForCompatibility);
        let form = BrowserInput::<SsoResponse>::post(vec![FormField::new("SAMLResponse", vector.posted())]);
        let session = self
            .sp
            .finish_sso(&self.idp, &self.pending, form, context.with_clock_skew(skew));
        session
            .ok()
            .map(|session| session.name_id().value().trim().to_owned())
    }
}

const REFUSED: &str = "refused";
const ALICE: &str = "alice@corp.example.test";

/// Vector, what we say, what it says. In each of them it lets in whom the identity provider meant, and we refuse.
const DISAGREEMENTS: [(&str, &str, &str); 7] = [
    // Its profile without SHA-1 is one without ECDSA.
    ("t_sha1", REFUSED, ALICE),
    // It does not look at the Issuer of a Response that is not signed.
    ("s_issuer_response_other", REFUSED, ALICE),
    // It leaves the forged assertion among the Extensions alone.
    ("xsw7_py", REFUSED, ALICE),
    ("xsw7_ssp", REFUSED, ALICE),
    ("xsw7_js", REFUSED, ALICE),
    // It knows other canonicalizations than the exclusive one without comments.
    ("i_inclusive_c14n", REFUSED, ALICE),
    ("i_exc_with_comments", REFUSED, ALICE),
];

#[test]
fn the_second_judge_disagrees_only_where_it_was_reviewed() {
    let second = SecondJudge::new();
    let say = |verdict: Option<&str>| verdict.unwrap_or(REFUSED).to_owned();
    let found: Vec<(String, String, String)> = vectors()
        .iter()
        .filter_map(|vector| {
            let ours = judged(&idp(), &vector.posted())
                .ok()
                .map(|asserted| asserted.name_id);
            let theirs = second.judge(vector);
            (ours != theirs).then(|| (vector.name.clone(), say(ours.as_deref()), say(theirs.as_deref())))
        })
        .collect();
    let reviewed: Vec<(String, String, String)> = DISAGREEMENTS
        .iter()
        .map(|(name, ours, theirs)| ((*name).into(), (*ours).into(), (*theirs).into()))
        .collect();
    assert_eq!(found, reviewed);
}

/// What the crate alone would let pass. The first was seen when it was chosen; our own check is there for it.
const LEFT_TO_US: &[&str] = &["s_version_1_1"];

#[test]
fn the_crate_alone_lets_pass_only_what_our_own_check_is_for() {
    let request = begun_as(&sp(), &idp(), REQUEST, NOW);
    let passed: Vec<String> = vectors()
        .into_iter()
        .filter(|vector| {
            let verdict = SamlCrate.judge(&sp(), &idp(), &request, &vector.xml(), NOW).ok();
            let accepted = verdict.as_ref().map(|asserted| asserted.name_id.as_str());
            assert_ne!(accepted, Some("admin@corp.example.test"), "{}", vector.name);
            !is_allowed(vector, accepted)
        })
        .map(|vector| vector.name)
        .collect();
    assert_eq!(passed, LEFT_TO_US);
}
