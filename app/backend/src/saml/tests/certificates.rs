//! Which certificates count for a response, and when.

use super::{EC, NOW, OTHER, REQUEST, RSA, idp_with, judged, sp, vectors::vectors};
use crate::saml::{begin, consume, testing::begun_as};
use domain::saml_problem::SamlProblem;

fn posted(name: &str) -> String {
    let all = vectors();
    let vector = all.iter().find(|vector| vector.name == name).unwrap();
    vector.posted()
}

#[test]
fn two_certificates_work_in_either_order() {
    for certificates in [[RSA, EC], [EC, RSA]] {
        let idp = idp_with(&certificates);
        for name in ["ok_pysaml2_assertion", "ok_ecdsa"] {
            let asserted = judged(&idp, &posted(name)).unwrap();
            assert_eq!(asserted.name_id, "alice@corp.example.test");
        }
    }
}

#[test]
fn the_certificate_of_the_signature_is_named() {
    let idp = idp_with(&[EC, RSA]);
    let by = |name| judged(&idp, &posted(name)).unwrap().certificate;
    assert_eq!(by("ok_ecdsa"), idp.certificates[0].fingerprint());
    assert_eq!(by("ok_ssp_response"), idp.certificates[1].fingerprint());
}

#[test]
fn a_certificate_that_was_removed_stops_at_once() {
    let before = idp_with(&[RSA, EC]);
    let request = begun_as(&sp(), &before, REQUEST, NOW);
    let after = idp_with(&[EC]);
    let verdict = consume(&sp(), &after, &request, &posted("ok_pysaml2_both"), NOW);
    assert_eq!(verdict.unwrap_err().problem, SamlProblem::WrongSignature);
    assert!(consume(&sp(), &after, &request, &posted("ok_ecdsa"), NOW).is_ok());
}

#[test]
fn a_certificate_that_is_added_breaks_no_sign_in_under_way() {
    let before = idp_with(&[RSA]);
    let request = begun_as(&sp(), &before, REQUEST, NOW);
    let after = idp_with(&[OTHER, RSA, EC]);
    assert!(consume(&sp(), &after, &request, &posted("ok_pysaml2_both"), NOW).is_ok());
    // Nor does it count for them.
    let verdict = consume(&sp(), &after, &request, &posted("ok_ecdsa"), NOW);
    assert_eq!(verdict.unwrap_err().problem, SamlProblem::WrongSignature);
}

#[test]
fn a_sign_in_begun_under_certificates_that_are_all_gone_has_to_begin_again() {
    let request = begun_as(&sp(), &idp_with(&[RSA]), REQUEST, NOW);
    let verdict = consume(&sp(), &idp_with(&[EC]), &request, &posted("ok_ecdsa"), NOW);
    assert_eq!(verdict.unwrap_err().problem, SamlProblem::CertificateReplaced);
}

#[test]
fn without_a_certificate_nothing_is_begun_and_nothing_accepted() {
    let none = idp_with(&[]);
    let begun = begin(&sp(), &none, "relay", false, NOW);
    assert_eq!(begun.unwrap_err().problem, SamlProblem::NoCertificate);
    let request = begun_as(&sp(), &idp_with(&[RSA]), REQUEST, NOW);
    for vector in vectors() {
        let verdict = consume(&sp(), &none, &request, &vector.posted(), NOW);
        assert!(verdict.is_err(), "{}", vector.name);
    }
    let unsigned = consume(&sp(), &none, &request, &posted("t_unsigned"), NOW);
    assert_eq!(unsigned.unwrap_err().problem, SamlProblem::NoCertificate);
}

#[test]
fn a_signed_assertion_is_required_where_the_settings_say_so() {
    let mut idp = idp_with(&[RSA]);
    idp.require_signed_assertion = true;
    let problem = |name| judged(&idp, &posted(name)).err().map(|error| error.problem);
    assert_eq!(
        problem("ok_pysaml2_response"),
        Some(SamlProblem::AssertionNotSigned)
    );
    assert_eq!(problem("t_unsigned"), Some(SamlProblem::NotSigned));
    assert_eq!(problem("ok_pysaml2_assertion"), None);
    assert_eq!(problem("ok_pysaml2_both"), None);
}
