//! *Test sign-in*: the verdict on a response, and each check of it in words. The words are read from the response; the verdict
//! is the verifier's, and where the two differ the verdict counts.

mod checks;
mod signature;

use super::{
    Asserted, IdentityProvider, Profile, SamlError, ServiceProvider, consume, precheck, profile, received,
    xml::Element,
};
use crate::one_line::one_line;
use domain::{
    saml_problem::SamlProblem,
    saml_report::{Check, Outcome, SamlCheck, SamlReport},
    sso::SsoRules,
};
use quick_xml::{Reader, Writer, events::Event};
use time::OffsetDateTime;

/// A test sign-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tested {
    pub report: SamlReport,
    /// Of [`consume`], of [`Profile::of`] after it, and of the domains that the organization admits.
    pub verdict: Result<(Asserted, Profile), SamlError>,
}

/// What a check has to go by.
struct Given<'a> {
    sp: &'a ServiceProvider,
    idp: &'a IdentityProvider,
    rules: &'a SsoRules,
    request: &'a [u8],
    now: OffsetDateTime,
    xml: &'a [u8],
    response: &'a Element,
}

/// Judges a response as [`consume`] does, and as the first sign-in of a person who is not known yet; and says how it came
/// to it.
pub fn test(
    sp: &ServiceProvider,
    (idp, rules): (&IdentityProvider, &SsoRules),
    request: &[u8],
    saml_response: &str,
    now: OffsetDateTime,
) -> Tested {
    let verdict = consume(sp, idp, request, saml_response, now).and_then(|asserted| {
        let profile = Profile::of(&asserted)?;
        if !rules.admits(profile.email.as_str()) {
            let detail = format!("{} is of no domain that is admitted", profile.email.as_str());
            return Err(SamlError::new(SamlProblem::DomainNotAdmitted, detail));
        }
        Ok((asserted, profile))
    });
    let seen = received::decoded(saml_response).and_then(|xml| Ok((precheck::looked_at(&xml)?, xml)));
    let (checks, other_attributes) = match &seen {
        Err(_) => (SamlCheck::ALL.map(not_reached).into(), Vec::new()),
        Ok((response, xml)) => {
            let given = Given {
                sp,
                idp,
                rules,
                request,
                now,
                xml,
                response,
            };
            (given.checks(&verdict), given.other_attributes())
        }
    };
    let mut report = SamlReport {
        problem: verdict.as_ref().err().map(|error| error.problem),
        detail: verdict
            .as_ref()
            .err()
            .map(|error| error.detail.clone())
            .unwrap_or_default(),
        checks,
        other_attributes,
    };
    agree(&mut report);
    Tested { report, verdict }
}

fn not_reached(name: SamlCheck) -> Check {
    Check {
        name,
        outcome: Outcome::NotReached,
        expected: String::new(),
        found: String::new(),
    }
}

/// Makes the checks say what the verdict says.
fn agree(report: &mut SamlReport) {
    match report.problem {
        None => report
            .checks
            .iter_mut()
            .for_each(|check| check.outcome = Outcome::Passed),
        Some(problem) => {
            let of_person = [SamlCheck::Email, SamlCheck::FirstName, SamlCheck::LastName];
            let failed = |check: &Check| of_person.contains(&check.name) && check.outcome == Outcome::Failed;
            // It says itself which of them.
            if problem == SamlProblem::MissingAttributes && report.checks.iter().any(failed) {
                return;
            }
            let at = SamlCheck::of(problem);
            let Some(check) = report.checks.iter_mut().find(|check| check.name == at) else {
                return;
            };
            if check.outcome != Outcome::Failed {
                check.outcome = Outcome::Failed;
                if !check.found.is_empty() {
                    check.found += "; ";
                }
                check.found += &report.detail;
            }
        }
    }
}

/// The XML of a response with each element on a line of its own, if it is XML that is looked at at all. For people: the white
/// space is another one than in the response.
pub fn readable(saml_response: &str) -> Option<String> {
    let xml = received::decoded(saml_response).ok()?;
    precheck::looked_at(&xml).ok()?;
    let mut reader = Reader::from_reader(&xml[..]);
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    let mut after_reference = false;
    loop {
        let event = reader.read_event().ok()?;
        let is_reference = matches!(event, Event::GeneralRef(_));
        match event {
            Event::Eof => break,
            // Between elements it would stand beside that of the writer.
            Event::Text(text) if !after_reference && text.iter().all(u8::is_ascii_whitespace) => {}
            event => writer.write_event(event).ok()?,
        }
        after_reference = is_reference;
    }
    String::from_utf8(writer.into_inner()).ok()
}

/// A check with what was looked for and what there is.
fn check(name: SamlCheck, passed: bool, expected: &str, found: &str) -> Check {
    Check {
        name,
        outcome: if passed { Outcome::Passed } else { Outcome::Failed },
        expected: one_line(expected),
        found: one_line(if found.is_empty() { "none" } else { found }),
    }
}

impl Given<'_> {
    /// Those attributes that nothing reads.
    fn other_attributes(&self) -> Vec<String> {
        let read = profile::NAMES.concat();
        let names = self.attributes().into_iter().map(|(name, _)| name);
        names
            .filter(|name| !read.contains(&name.as_str()))
            .map(|name| one_line(&name))
            .collect()
    }
}
