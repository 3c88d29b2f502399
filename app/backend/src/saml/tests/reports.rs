//! Reports of test sign-ins: they never contradict the verdict, and they say what somebody needs to know.

use super::{EC, NOW, OTHER, REQUEST, RSA, idp, idp_with, judged, sp, vectors::vectors};
use crate::saml::{
    Tested, readable, test,
    testing::{Answer, begun_as, identity_provider},
};
use domain::{
    saml_problem::SamlProblem,
    saml_report::{Outcome, SamlCheck, SamlReport},
    sso::SsoRules,
};

fn tested(posted: &str) -> Tested {
    let request = begun_as(&sp(), &idp(), REQUEST, NOW);
    test(&sp(), (&idp(), &rules("")), &request, posted, NOW)
}

fn rules(domain: &str) -> SsoRules {
    SsoRules {
        creates_accounts: false,
        domains: Some(domain.to_owned())
            .filter(|domain| !domain.is_empty())
            .into_iter()
            .collect(),
        ..SsoRules::offered_to("")
    }
}

fn report(change: impl FnOnce(&mut Answer)) -> SamlReport {
    report_of("", change)
}

/// Where only addresses of a domain come to be known.
fn report_of(domain: &str, change: impl FnOnce(&mut Answer)) -> SamlReport {
    let idp = identity_provider("https://made-idp.example.test/sso");
    let mut answer = Answer::to(&sp(), REQUEST, NOW);
    change(&mut answer);
    let request = begun_as(&sp(), &idp, REQUEST, NOW);
    test(&sp(), (&idp, &rules(domain)), &request, &answer.posted(), NOW).report
}

fn failed(report: &SamlReport) -> Vec<SamlCheck> {
    let failed = report
        .checks
        .iter()
        .filter(|check| check.outcome == Outcome::Failed);
    failed.map(|check| check.name).collect()
}

#[test]
fn no_report_contradicts_its_verdict() {
    for vector in vectors() {
        let Tested { report, verdict } = tested(&vector.posted());
        let names: Vec<_> = report.checks.iter().map(|check| check.name).collect();
        assert_eq!(names, SamlCheck::ALL, "{}", vector.name);
        match judged(&idp(), &vector.posted()) {
            Ok(asserted) => match verdict {
                Ok((told, _)) => assert_eq!(told, asserted),
                // Some vectors have no attributes.
                Err(error) => assert_eq!(error.problem, SamlProblem::MissingAttributes, "{}", vector.name),
            },
            Err(error) => assert_eq!(verdict, Err(error), "{}", vector.name),
        }
        // What is read agrees by itself with what the verifier accepted.
        let of_attributes = [SamlCheck::Email, SamlCheck::FirstName, SamlCheck::LastName];
        if matches!(report.problem, None | Some(SamlProblem::MissingAttributes)) {
            let failed = failed(&report);
            assert!(
                failed.iter().all(|check| of_attributes.contains(check)),
                "{}: {report:?}",
                vector.name
            );
        }
        assert_eq!(
            report.passed(),
            failed(&report).is_empty(),
            "{}: {report:?}",
            vector.name
        );
        if let Some(problem) = report.problem {
            let failed = failed(&report);
            let is_told = match problem {
                SamlProblem::MissingAttributes => of_attributes.iter().any(|check| failed.contains(check)),
                _ => failed.contains(&SamlCheck::of(problem)),
            };
            assert!(is_told, "{}: {report:?}", vector.name);
        }
    }
}

/// The checks that are read must find by themselves what the verifier finds: nothing fails that it accepts.
#[test]
fn what_is_read_of_a_response_that_passes_passes() {
    let report = report(|_| ());
    assert!(report.passed(), "{report:?}");
    for check in &report.checks {
        assert_eq!(check.outcome, Outcome::Passed, "{check:?}");
        assert!(!check.found.is_empty() && check.found != "none", "{check:?}");
    }
}

#[test]
fn one_thing_that_is_wrong_fails_one_check() {
    let other = || "https://other.example.test/".to_owned();
    let alone: [(SamlReport, SamlCheck); 9] = [
        (report(|answer| answer.audience = other()), SamlCheck::Audience),
        (report(|answer| answer.recipient = other()), SamlCheck::Recipient),
        (
            report(|answer| answer.destination = Some(other())),
            SamlCheck::Destination,
        ),
        (report(|answer| answer.destination = None), SamlCheck::Destination),
        (
            report(|answer| answer.response_issuer = other()),
            SamlCheck::Issuer,
        ),
        (
            report(|answer| answer.in_response_to = Some("_another".into())),
            SamlCheck::InResponseTo,
        ),
        (
            report(|answer| answer.not_on_or_after = NOW - time::Duration::HOUR),
            SamlCheck::Validity,
        ),
        (report(|answer| answer.signed = false), SamlCheck::Signature),
        (
            report(|answer| answer.attributes[0].1.push("b@x.test".into())),
            SamlCheck::Email,
        ),
    ];
    for (report, check) in alone {
        assert_eq!(failed(&report), [check], "{report:?}");
    }
}

#[test]
fn a_signature_is_judged_apart_from_what_else_is_wrong() {
    for report in [
        report(|answer| answer.audience = "https://other.example.test/".into()),
        report(|answer| answer.destination = Some("https://other.example.test/".into())),
        report(|answer| answer.response_issuer = "https://other.example.test/".into()),
    ] {
        let signature = report.check(SamlCheck::Signature).unwrap();
        assert_eq!(signature.outcome, Outcome::Passed, "{report:?}");
        assert!(
            signature.found.contains("EC P-256, until 2070-01-01"),
            "{signature:?}"
        );
    }
}

#[test]
fn a_certificate_that_was_not_entered_is_named() {
    let vector = vectors()
        .into_iter()
        .find(|vector| vector.name == "ok_pysaml2_assertion")
        .unwrap();
    let idp = idp_with(&[EC, OTHER]);
    let request = begun_as(&sp(), &idp, REQUEST, NOW);
    let report = test(&sp(), (&idp, &rules("")), &request, &vector.posted(), NOW).report;
    // Nor has it the attributes.
    assert_eq!(
        failed(&report)[..2],
        [SamlCheck::Signature, SamlCheck::Email],
        "{report:?}"
    );
    let theirs = super::certificate(RSA).fingerprint().to_string();
    let found = &report.check(SamlCheck::Signature).unwrap().found;
    assert!(
        found.contains("not in the settings") && found.contains(&theirs),
        "{found}"
    );
}

#[test]
fn an_error_of_the_identity_provider_is_shown_and_nothing_more_is_reached() {
    let report = report(|answer| {
        *answer = answer
            .clone()
            .refused(&["Responder", "AuthnFailed"], "Wrong password");
    });
    assert_eq!(failed(&report), [SamlCheck::Status], "{report:?}");
    assert_eq!(
        report.check(SamlCheck::Status).unwrap().found,
        "Responder AuthnFailed: Wrong password"
    );
    assert_eq!(
        report.check(SamlCheck::Subject).unwrap().outcome,
        Outcome::NotReached
    );
}

#[test]
fn what_can_t_be_read_is_said_to_be_so() {
    for posted in ["%%%", "PGE+", "PCFET0NUWVBFIGE+PGEvPg=="] {
        let report = tested(posted).report;
        assert_eq!(failed(&report), [SamlCheck::Form], "{report:?}");
        assert!(!report.checks[0].found.is_empty(), "{report:?}");
        assert_eq!(readable(posted), None);
    }
}

#[test]
fn attributes_that_nothing_reads_are_listed() {
    let report = report(|answer| {
        answer
            .attributes
            .push(("role\n".into(), vec!["IAM Admin".into()]));
    });
    assert!(report.passed(), "{report:?}");
    assert_eq!(report.other_attributes, ["role "]);
}

#[test]
fn every_vector_that_is_looked_at_is_shown_with_all_its_text() {
    let text = |xml: &str| xml.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    for vector in vectors() {
        if let Some(shown) = readable(&vector.posted()) {
            assert_eq!(
                text(&shown),
                text(&String::from_utf8(vector.xml()).unwrap()),
                "{}",
                vector.name
            );
        }
    }
}

#[test]
fn a_response_is_shown_line_by_line() {
    let posted = Answer::to(&sp(), REQUEST, NOW).posted();
    let shown = readable(&posted).unwrap();
    let lines: Vec<_> = shown.lines().collect();
    assert!(lines[0].starts_with("<samlp:Response "), "{shown}");
    assert!(
        lines.contains(&"        <saml:AttributeValue>ada@engines.test</saml:AttributeValue>"),
        "{shown}"
    );
    assert!(!shown.contains("\n\n"), "{shown}");
    assert_eq!(lines.last(), Some(&"</samlp:Response>"));
}
