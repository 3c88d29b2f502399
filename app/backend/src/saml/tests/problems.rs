//! Each problem is what one thing that goes wrong is told as.

use super::{NOW, idp, judged, sp, vectors::vectors};
use crate::saml::{
    Asserted, NoProfile, Profile, SamlError, begin, consume,
    testing::{Answer, begun_as, identity_provider},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use domain::saml_problem::SamlProblem;
use std::collections::HashSet;
use time::Duration;

const REQUEST: &str = "_a-request";

fn verdict(change: impl FnOnce(&mut Answer)) -> Result<Asserted, SamlError> {
    let idp = identity_provider("https://made-idp.example.test/sso");
    let mut answer = Answer::to(&sp(), REQUEST, NOW);
    change(&mut answer);
    let request = begun_as(&sp(), &idp, REQUEST, NOW);
    consume(&sp(), &idp, &request, &answer.posted(), NOW)
}

fn problem(change: impl FnOnce(&mut Answer)) -> SamlProblem {
    verdict(change).unwrap_err().problem
}

fn posted(xml: &str) -> SamlProblem {
    judged(&idp(), &STANDARD.encode(xml)).unwrap_err().problem
}

#[test]
fn a_genuine_answer_is_accepted() {
    let asserted = verdict(|_| ()).unwrap();
    let profile = Profile::of(&asserted).unwrap();
    assert_eq!(
        asserted.format,
        "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
    );
    assert_eq!(asserted.authn_instant, NOW);
    assert_eq!(
        (
            profile.email.as_str(),
            profile.first_name.as_str(),
            profile.last_name.as_str()
        ),
        ("ada@engines.test", "Ada", "Lovelace")
    );
}

#[test]
fn what_can_t_be_read_is_told_apart() {
    for text in ["%%%", "", "PGE+", "////"] {
        assert_eq!(
            judged(&idp(), text).unwrap_err().problem,
            SamlProblem::Unreadable,
            "{text}"
        );
    }
    assert_eq!(posted("<a></b>"), SamlProblem::Unreadable);
    assert_eq!(posted("<a/>"), SamlProblem::UnexpectedShape);
    assert_eq!(posted("<!DOCTYPE a><a/>"), SamlProblem::ForbiddenXml);
    assert_eq!(
        posted(r#"<?xml version="1.0" encoding="ISO-8859-1"?><a/>"#),
        SamlProblem::Unreadable
    );
    assert_eq!(posted("<a>&#0;</a>"), SamlProblem::Unreadable);
    assert_eq!(posted("<a>&#1;</a>"), SamlProblem::Unreadable);
    assert_eq!(posted("<a>&unknown;</a>"), SamlProblem::Unreadable);
}

#[test]
fn who_it_is_for_and_from_is_told_apart() {
    let other = || "https://other.example.test/".to_owned();
    let found = [
        problem(|answer| answer.response_issuer = other()),
        problem(|answer| answer.assertion_issuer = other()),
        problem(|answer| answer.destination = None),
        problem(|answer| answer.destination = Some(" ".into())),
        problem(|answer| answer.destination = Some(other())),
        problem(|answer| answer.recipient = other()),
        problem(|answer| answer.audience = other()),
        problem(|answer| answer.in_response_to = None),
        problem(|answer| answer.in_response_to = Some("_another".into())),
        problem(|answer| answer.signed = false),
    ];
    assert_eq!(
        found,
        [
            SamlProblem::WrongIssuer,
            SamlProblem::WrongIssuer,
            SamlProblem::DestinationMissing,
            SamlProblem::DestinationMissing,
            SamlProblem::WrongDestination,
            SamlProblem::WrongRecipient,
            SamlProblem::WrongAudience,
            SamlProblem::Unsolicited,
            SamlProblem::WrongRequest,
            SamlProblem::NotSigned,
        ]
    );
}

#[test]
fn two_audience_restrictions_must_both_name_us() {
    let restriction = |audience: &str| {
        format!(
            "<saml:AudienceRestriction><saml:Audience>{audience}</saml:Audience></saml:AudienceRestriction>"
        )
    };
    let ours = restriction(&sp().entity_id);
    assert!(verdict(|answer| answer.more_conditions = ours).is_ok());
    let theirs = restriction("https://other.example.test/");
    assert_eq!(
        problem(|answer| answer.more_conditions = theirs),
        SamlProblem::WrongAudience
    );
}

#[test]
fn conditions_that_nobody_here_knows_are_refused() {
    let used_once = "<saml:OneTimeUse></saml:OneTimeUse>".to_owned();
    assert!(verdict(|answer| answer.more_conditions = used_once).is_ok());
    for unknown in ["<saml:Condition></saml:Condition>", "<OneTimeUse></OneTimeUse>"] {
        let found = problem(|answer| answer.more_conditions = unknown.into());
        assert_eq!(found, SamlProblem::UnknownCondition, "{unknown}");
    }
}

#[test]
fn the_name_must_last_and_be_ours() {
    let long = |length: usize| verdict(|answer| answer.name_id = Some("n".repeat(length)));
    assert!(long(256).is_ok());
    assert_eq!(long(257).unwrap_err().problem, SamlProblem::NameIdUnusable);
    let found = [
        problem(|answer| answer.name_id = None),
        problem(|answer| answer.name_id = Some(" \n ".into())),
        problem(|answer| answer.name_id = Some("ada\tlovelace".into())),
        problem(|answer| answer.format = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient".into()),
        problem(|answer| answer.sp_name_qualifier = Some("https://other.example.test/".into())),
    ];
    assert_eq!(
        found,
        [
            SamlProblem::NameIdMissing,
            SamlProblem::NameIdMissing,
            SamlProblem::NameIdUnusable,
            SamlProblem::NameIdTransient,
            SamlProblem::NameIdOfOther,
        ]
    );
    let spaced = verdict(|answer| answer.name_id = Some(" ada-1815\n".into()));
    assert_eq!(spaced.unwrap().name_id, "ada-1815");
}

#[test]
fn an_error_of_the_identity_provider_keeps_its_codes_and_message() {
    let said = |codes: &'static [&'static str]| {
        let error = verdict(|answer| *answer = answer.clone().refused(codes, "No\nentry")).unwrap_err();
        (error.problem, error.detail)
    };
    assert_eq!(
        said(&["Responder", "AuthnFailed"]),
        (
            SamlProblem::ProviderAuthnFailed,
            "Responder AuthnFailed: No entry".into()
        )
    );
    assert_eq!(
        said(&["Requester", "RequestDenied"]),
        (
            SamlProblem::ProviderRequestDenied,
            "Requester RequestDenied: No entry".into()
        )
    );
    assert_eq!(
        said(&["Responder", "NoPassive"]),
        (
            SamlProblem::ProviderStatus,
            "Responder NoPassive: No entry".into()
        )
    );
}

#[test]
fn what_is_missing_of_a_person_is_named() {
    let missing = |attributes: &[(&str, &[&str])]| {
        let asserted = verdict(|answer| {
            let owned = |values: &[&str]| values.iter().map(|&value| value.to_owned()).collect();
            answer.attributes = attributes
                .iter()
                .map(|(name, values)| ((*name).to_owned(), owned(values)))
                .collect();
        });
        Profile::of(&asserted.unwrap()).map_err(|fault| match fault {
            NoProfile::Missing(missing) => missing,
            NoProfile::NotAnAddress => vec!["no address"],
        })
    };
    assert_eq!(missing(&[]), Err(vec!["email", "first_name", "last_name"]));
    let names: [(&str, &[&str]); 2] = [("first_name", &["Ada"]), ("urn:oid:2.5.4.4", &["", " Lovelace "])];
    for email in [
        &["a@x.test", "b@x.test"][..],
        &["a@x.test", "a@x.test"],
        &[],
        &["", "  "],
    ] {
        assert_eq!(
            missing(&[("email", email), names[0], names[1]]),
            Err(vec!["email"]),
            "{email:?}"
        );
    }
    // The same attribute in two pieces is two values as well.
    let pieces = [
        ("email", &["a@x.test"][..]),
        ("email", &["b@x.test"]),
        names[0],
        names[1],
    ];
    assert_eq!(missing(&pieces), Err(vec!["email"]));
    assert_eq!(
        missing(&[("email", &["no address"]), names[0], names[1]]),
        Err(vec!["no address"])
    );
    // A name that no account can have is none.
    let endless = "x".repeat(101);
    let endless: (&str, &[&str]) = ("first_name", &[&endless]);
    assert_eq!(
        missing(&[("email", &["a@x.test"]), endless, names[1]]),
        Err(vec!["first_name"])
    );
    // An address is never made of the name.
    assert_eq!(missing(&names), Err(vec!["email"]));
    for email in [
        "email",
        "urn:oid:0.9.2342.19200300.100.1.3",
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
    ] {
        let profile = missing(&[(email, &["\n ada@engines.test "]), names[0], names[1]]).unwrap();
        assert_eq!(
            (profile.email.as_str(), profile.last_name.as_str()),
            ("ada@engines.test", "Lovelace")
        );
    }
}

/// Those of the vectors are in `reasons.txt`.
#[test]
fn every_problem_is_met_or_has_a_reason_not_to_be() {
    let mut met: HashSet<SamlProblem> = include_str!("reasons.txt")
        .lines()
        .filter_map(|line| SamlProblem::from_key(line.split_once(' ')?.1))
        .collect();
    met.extend(
        vectors()
            .iter()
            .filter_map(|vector| judged(&idp(), &vector.posted()).err())
            .map(|e| e.problem),
    );
    met.extend([
        // In the other tests of this file and of `certificates`, `hostile` and `begun`.
        SamlProblem::Unreadable,
        SamlProblem::TooLarge,
        SamlProblem::UnknownCondition,
        SamlProblem::AssertionNotSigned,
        SamlProblem::NoCertificate,
        SamlProblem::CertificateReplaced,
        SamlProblem::DestinationMissing,
        SamlProblem::RequestLost,
        SamlProblem::ProviderAuthnFailed,
        SamlProblem::ProviderRequestDenied,
        SamlProblem::NameIdTransient,
        SamlProblem::NameIdUnusable,
        SamlProblem::NameIdOfOther,
        SamlProblem::MissingAttributes,
        SamlProblem::NotAnAddress,
        SamlProblem::WrongSsoUrl,
        // In `reports`.
        SamlProblem::DomainNotAdmitted,
    ]);
    let unmet: Vec<SamlProblem> = SamlProblem::ALL
        .into_iter()
        .filter(|problem| !met.contains(problem))
        .collect();
    // The first is for the database to find, the second for whoever asked for a new sign-in; the last is for faults of this
    // program, and there is none that a test could ask for.
    assert_eq!(
        unmet,
        [
            SamlProblem::Replayed,
            SamlProblem::NotSignedInAnew,
            SamlProblem::Unchecked
        ]
    );
}

#[test]
fn a_request_that_was_lost_is_told_as_such() {
    let idp = identity_provider("https://made-idp.example.test/sso");
    let answer = Answer::to(&sp(), REQUEST, NOW).posted();
    let request = begun_as(&sp(), &idp, REQUEST, NOW);
    let mut renamed = idp.clone();
    renamed.entity_id = "https://renamed.example.test/".into();
    let mut moved = sp();
    moved.acs_url = "https://console.example.test/elsewhere".into();
    let begun = begin(&sp(), &idp, "relay", false, NOW + Duration::hours(1))
        .unwrap()
        .request;
    for verdict in [
        consume(&sp(), &idp, b"{}", &answer, NOW),
        consume(&sp(), &renamed, &request, &answer, NOW),
        consume(&moved, &idp, &request, &answer, NOW),
        // Begun an hour after it was answered.
        consume(&sp(), &idp, &begun, &answer, NOW),
    ] {
        assert_eq!(verdict.unwrap_err().problem, SamlProblem::RequestLost);
    }
}
