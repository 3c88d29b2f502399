//! The request that is sent, and the metadata that says where the answer goes.

use super::{EC, NOW, RSA, idp_with, sp};
use crate::saml::{
    Begun, begin, consume, metadata,
    testing::{Answer, Asked, identity_provider},
};
use domain::saml_problem::SamlProblem;
use std::collections::HashSet;
use time::Duration;

fn begun(force_authn: bool) -> Begun {
    begin(&sp(), &idp_with(&[RSA, EC]), "a relay & state", force_authn, NOW).unwrap()
}

#[test]
fn the_request_asks_for_an_answer_at_the_consumer() {
    let begun = begun(false);
    assert!(
        begun
            .url
            .starts_with("https://idp.example.test/sso/redirect?SAMLRequest="),
        "{}",
        begun.url
    );
    let asked = Asked::by(&begun.url);
    assert_eq!((asked.issuer, asked.acs_url), (sp().entity_id, sp().acs_url));
    assert_eq!(
        (asked.relay_state.as_str(), asked.force_authn),
        ("a relay & state", false)
    );
    assert!(!begun.url.contains("Signature="), "{}", begun.url);
}

#[test]
fn a_fresh_sign_in_is_asked_for_where_it_is_wanted() {
    assert!(Asked::by(&begun(true).url).force_authn);
}

#[test]
fn parameters_of_the_address_stay() {
    let mut idp = idp_with(&[RSA]);
    idp.sso_url = "https://idp.example.test/sso?tenant=a%26b".into();
    let begun = begin(&sp(), &idp, "relay", false, NOW).unwrap();
    assert!(
        begun
            .url
            .starts_with("https://idp.example.test/sso?tenant=a%26b&SAMLRequest="),
        "{}",
        begun.url
    );
}

#[test]
fn no_request_id_is_drawn_twice_or_short() {
    let ids: HashSet<String> = (0..100)
        .map(|_| Asked::by(&begun(false).url).request_id)
        .collect();
    assert_eq!(ids.len(), 100);
    // 128 bits in hexadecimal after the underscore that an XML ID begins with.
    assert!(
        ids.iter().all(|id| id.len() == 33 && id.starts_with('_')),
        "{ids:?}"
    );
}

#[test]
fn an_address_that_is_none_is_named() {
    let mut idp = idp_with(&[RSA]);
    idp.sso_url = "idp.example.test/sso".into();
    let problem = begin(&sp(), &idp, "relay", false, NOW).unwrap_err().problem;
    assert_eq!(problem, SamlProblem::WrongSsoUrl);
}

#[test]
fn what_was_begun_is_answered_once_and_by_nothing_else() {
    let idp = identity_provider("https://made-idp.example.test/sso");
    let [one, other] = [(); 2].map(|()| begin(&sp(), &idp, "relay", false, NOW).unwrap());
    let answer = Answer::to(&sp(), &Asked::by(&one.url).request_id, NOW);
    let judged = |request: &[u8]| consume(&sp(), &idp, request, &answer.posted(), NOW);

    let asserted = judged(&one.request).unwrap();
    assert_eq!(asserted.name_id, "ada-1815");
    assert_eq!(
        judged(&other.request).unwrap_err().problem,
        SamlProblem::WrongRequest
    );

    // The assertion and the request, each to be remembered as long as it could be used.
    let keys = asserted.replay_keys;
    assert_eq!(keys, judged(&one.request).unwrap().replay_keys);
    let ends: Vec<_> = keys.iter().map(|(_, ends)| *ends - NOW).collect();
    assert_eq!(ends, [Duration::minutes(7), Duration::days(1)]);
    assert_ne!(keys[0].0, keys[1].0);
}

#[test]
fn a_request_ends_after_a_day_whoever_kept_it() {
    let idp = identity_provider("https://made-idp.example.test/sso");
    let begun = begin(&sp(), &idp, "relay", false, NOW).unwrap();
    let id = Asked::by(&begun.url).request_id;
    let problem = |after: Duration| {
        let answer = Answer::to(&sp(), &id, NOW + after);
        let verdict = consume(&sp(), &idp, &begun.request, &answer.posted(), NOW + after);
        verdict.err().map(|error| error.problem)
    };
    assert_eq!(problem(Duration::days(1)), None);
    assert_eq!(
        problem(Duration::days(1) + Duration::SECOND),
        Some(SamlProblem::RequestLost)
    );
}

#[test]
fn an_organization_can_t_use_up_the_replay_keys_of_another() {
    let idp = identity_provider("https://made-idp.example.test/sso");
    let keys = |organization: &str| {
        let mut sp = sp();
        sp.entity_id = format!("https://console.example.test/{organization}");
        let request = crate::saml::testing::begun_as(&sp, &idp, "_same", NOW);
        let answer = Answer::to(&sp, "_same", NOW);
        consume(&sp, &idp, &request, &answer.posted(), NOW)
            .unwrap()
            .replay_keys
    };
    let (one, other) = (keys("a"), keys("b"));
    assert!(
        one.iter()
            .all(|(key, _)| other.iter().all(|(theirs, _)| key != theirs))
    );
}

#[test]
fn the_metadata_names_the_consumer_and_has_no_key() {
    let xml = metadata(&sp()).unwrap();
    for part in [
        r#"entityID="https://console.example.test/saml/org-a/metadata""#,
        r#"Location="https://console.example.test/saml/org-a/acs""#,
        r#"Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST""#,
    ] {
        assert!(xml.contains(part), "{xml}");
    }
    assert!(
        !xml.contains("KeyDescriptor") && !xml.contains("Redirect"),
        "{xml}"
    );
}
