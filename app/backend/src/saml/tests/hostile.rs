//! Inputs that are meant to hurt: each is answered at once, on a stack much smaller than a thread has.

use super::{idp, judged};
use base64::{Engine, engine::general_purpose::STANDARD};
use domain::saml_problem::SamlProblem;
use std::{
    ops::Range,
    thread,
    time::{Duration, Instant},
};

/// The slowest that a refusal may be: without optimization, on a machine that is busy with other tests.
const AT_ONCE: Duration = Duration::from_secs(5);

fn told(posted: String) -> SamlProblem {
    let small = thread::Builder::new().stack_size(512 * 1024);
    let judging = small.spawn(move || {
        let begun = Instant::now();
        let problem = judged(&idp(), &posted).unwrap_err().problem;
        (problem, begun.elapsed())
    });
    let (problem, took) = judging.unwrap().join().unwrap();
    assert!(took < AT_ONCE, "{problem:?} after {took:?}");
    problem
}

fn told_of(xml: &str) -> SamlProblem {
    told(STANDARD.encode(xml))
}

fn numbered(numbers: Range<u32>, one: fn(u32) -> String) -> String {
    numbers.map(one).collect::<Vec<_>>().concat()
}

/// A Response with something in it.
fn response(head: &str, content: &str) -> String {
    format!(
        r#"<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_r" Version="2.0" IssueInstant="2026-11-24T02:30:00Z" Destination="https://console.example.test/saml/org-a/acs"{head}>{content}</samlp:Response>"#
    )
}

#[test]
fn a_body_of_ten_megabytes_is_refused() {
    assert_eq!(told("A".repeat(10_000_000)), SamlProblem::TooLarge);
    assert_eq!(told(" ".repeat(10_000_000)), SamlProblem::TooLarge);
    assert_eq!(
        told_of(&response("", &" ".repeat(256 * 1024))),
        SamlProblem::TooLarge
    );
}

#[test]
fn nesting_of_any_depth_is_refused() {
    // As much as fits, and what the size refuses before.
    for depth in [65, 1_000, 30_000, 200_000] {
        let problem = told_of(&response("", &("<a>".repeat(depth) + &"</a>".repeat(depth))));
        let expected = if depth == 200_000 {
            SamlProblem::TooLarge
        } else {
            SamlProblem::ForbiddenXml
        };
        assert_eq!(problem, expected, "{depth}");
        let unclosed = told_of(&response("", &"<a>".repeat(depth.min(80_000))));
        assert_eq!(unclosed, SamlProblem::ForbiddenXml, "{depth}");
    }
}

#[test]
fn attributes_without_number_are_refused() {
    let attributes = numbered(0..20_000, |n| format!(r#" a{n}="""#));
    assert_eq!(told_of(&response(&attributes, "")), SamlProblem::ForbiddenXml);
    let same = r#" a="""#.repeat(40_000);
    assert_eq!(told_of(&response(&same, "")), SamlProblem::ForbiddenXml);
    let more = numbered(0..100_000, |n| format!(r#" a{n}="""#));
    assert_eq!(told_of(&response(&more, "")), SamlProblem::TooLarge);
}

#[test]
fn namespaces_without_number_are_refused() {
    let declared = numbered(0..15_000, |n| format!(r#" xmlns:n{n}="u""#));
    assert_eq!(told_of(&response(&declared, "")), SamlProblem::ForbiddenXml);
    // Few on each element, many in all.
    let each = numbered(0..30, |n| format!(r#" xmlns:n{n}="u""#));
    let nested = format!("<a{each}>").repeat(50) + &"</a>".repeat(50);
    assert_eq!(told_of(&response("", &nested)), SamlProblem::ForbiddenXml);
}

#[test]
fn elements_without_number_are_refused() {
    assert_eq!(
        told_of(&response("", &"<a/>".repeat(60_000))),
        SamlProblem::ForbiddenXml
    );
}

#[test]
fn the_most_that_passes_the_check_is_answered_as_quickly() {
    let each = numbered(0..50, |n| format!(r#" xmlns:n{n}="u""#));
    let shapes = [
        response(&each, &"<a/>".repeat(19_000)),
        response(&each, &"<n49:a/>".repeat(19_000)),
        response("", &"<a>".repeat(63))
            .replace("</samlp:Response>", &("</a>".repeat(63) + "</samlp:Response>")),
        response("", &format!("<a>{}</a>", "x&amp;".repeat(40_000))),
        response("", &format!("<a>{}</a>", "<!-- -->".repeat(30_000))),
        response("", &format!("<a>{}</a>", "<![CDATA[x]]>".repeat(18_000))),
    ];
    for xml in shapes {
        assert_eq!(told_of(&xml), SamlProblem::UnexpectedShape, "{}", &xml[..300]);
    }
}

/// Signatures that each certificate is tried on cost the most; there can be two at the most.
#[test]
fn signatures_without_number_are_refused() {
    let signature =
        r#"<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo/></ds:Signature>"#;
    assert_eq!(
        told_of(&response("", &signature.repeat(2_000))),
        SamlProblem::UnexpectedShape
    );
}
