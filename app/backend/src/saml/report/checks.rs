//! Each check as the response reads. None of it is proven by a signature: it says what to look for.

use super::{Given, check, not_reached};
use crate::saml::{
    Asserted, Profile, SamlError, TRANSIENT,
    explain::{bearers, said_status},
    precheck::{ASSERTION, PROTOCOL},
    profile,
    verify::{SKEW, remembered},
    xml::Element,
};
use domain::{
    email_address::EmailAddress,
    person_name::MAX_NAME,
    saml_report::{Check, SamlCheck},
};
use std::{fmt::Write, time::SystemTime};

type Verdict = Result<(Asserted, Profile), SamlError>;

const SUCCESS: &str = "urn:oasis:names:tc:SAML:2.0:status:Success";
/// In front of every name that SAML has for a format.
const FORMAT: &str = ":nameid-format:";

impl Given<'_> {
    pub(super) fn checks(&self, verdict: &Verdict) -> Vec<Check> {
        let mut checks = vec![
            check(SamlCheck::Form, true, "a SAML 2.0 Response", &self.form()),
            self.status(),
            self.issuer(),
            self.destination(),
            self.signature(verdict),
        ];
        let of_assertion = |name: SamlCheck| match self.assertion() {
            None => not_reached(name),
            Some(assertion) => match name {
                SamlCheck::Audience => self.audience(assertion),
                SamlCheck::Recipient => self.recipient(assertion),
                SamlCheck::InResponseTo => self.in_response_to(assertion),
                SamlCheck::Validity => self.validity(assertion),
                SamlCheck::Subject => subject(assertion),
                _ => self.attribute(name),
            },
        };
        checks.extend(SamlCheck::ALL.into_iter().skip(checks.len()).map(of_assertion));
        checks
    }

    fn assertion(&self) -> Option<&Element> {
        self.response.first(ASSERTION, "Assertion")
    }

    fn form(&self) -> String {
        format!("{} of {} bytes", self.response.name, self.xml.len())
    }

    fn status(&self) -> Check {
        let status = self.response.first(PROTOCOL, "Status");
        let code = status.and_then(|status| status.first(PROTOCOL, "StatusCode"));
        let passed = code.is_some_and(|code| code.attribute("Value") == Some(SUCCESS));
        check(SamlCheck::Status, passed, "Success", &said_status(self.response))
    }

    fn issuer(&self) -> Check {
        let of = |element: &Element| {
            element
                .first(ASSERTION, "Issuer")
                .map_or("none", |issuer| issuer.text.trim())
                .to_owned()
        };
        let response = of(self.response);
        let assertion = self.assertion().map_or_else(|| response.clone(), of);
        let expected = &self.idp.entity_id;
        let found = if response == assertion {
            response.clone()
        } else {
            format!("{response} in the response, {assertion} in the assertion")
        };
        check(
            SamlCheck::Issuer,
            response == *expected && assertion == *expected,
            expected,
            &found,
        )
    }

    fn destination(&self) -> Check {
        let found = self.response.attribute("Destination").unwrap_or_default();
        check(
            SamlCheck::Destination,
            found == self.sp.acs_url,
            &self.sp.acs_url,
            found,
        )
    }

    fn audience(&self, assertion: &Element) -> Check {
        let expected = &self.sp.entity_id;
        let conditions = assertion.first(ASSERTION, "Conditions");
        let restrictions: Vec<Vec<&str>> = conditions
            .into_iter()
            .flat_map(|conditions| conditions.all(ASSERTION, "AudienceRestriction"))
            .map(|restriction| {
                restriction
                    .all(ASSERTION, "Audience")
                    .map(|audience| audience.text.trim())
                    .collect()
            })
            .collect();
        let ours = |audiences: &Vec<&str>| audiences.contains(&expected.as_str());
        let passed = !restrictions.is_empty() && restrictions.iter().all(ours);
        check(
            SamlCheck::Audience,
            passed,
            expected,
            &restrictions.concat().join(", "),
        )
    }

    fn recipient(&self, assertion: &Element) -> Check {
        let expected = &self.sp.acs_url;
        let found: Vec<&str> = bearers(assertion)
            .map(|data| {
                data.and_then(|data| data.attribute("Recipient"))
                    .unwrap_or("none")
            })
            .collect();
        let said = if found.is_empty() {
            "no confirmation of the method bearer".into()
        } else {
            found.join(", ")
        };
        check(
            SamlCheck::Recipient,
            found.contains(&expected.as_str()),
            expected,
            &said,
        )
    }

    fn in_response_to(&self, assertion: &Element) -> Check {
        let expected = remembered(self.request).map(|request| request.request_id);
        let response = self.response.attribute("InResponseTo");
        let confirmed: Vec<Option<&str>> = bearers(assertion)
            .map(|data| data.and_then(|data| data.attribute("InResponseTo")))
            .collect();
        let passed = expected.is_some()
            && response == expected.as_deref()
            && (confirmed.is_empty() || confirmed.contains(&response));
        let said = |id: Option<&str>| id.unwrap_or("none").to_owned();
        let found = match confirmed.iter().find(|id| **id != response) {
            None => said(response),
            Some(other) => format!(
                "{} in the response, {} in the assertion",
                said(response),
                said(*other)
            ),
        };
        let expected = expected.unwrap_or_else(|| "a request that was begun here".into());
        check(SamlCheck::InResponseTo, passed, &expected, &found)
    }

    fn validity(&self, assertion: &Element) -> Check {
        let now = SystemTime::from(self.now);
        let read = |time: &str| saml::parse_xs_datetime(time).ok();
        let begun = |time: &str| read(time).is_some_and(|begin| begin <= now + SKEW);
        let lasts = |time: &str| read(time).is_some_and(|end| end > now - SKEW);
        let attribute = |element: Option<&'_ Element>, name: &str| {
            element
                .and_then(|element| element.attribute(name))
                .map(str::to_owned)
        };

        let conditions = assertion.first(ASSERTION, "Conditions");
        let from = attribute(conditions, "NotBefore");
        let until = attribute(conditions, "NotOnOrAfter");
        let confirmed: Vec<Option<String>> = bearers(assertion)
            .map(|data| attribute(data, "NotOnOrAfter"))
            .collect();
        let session = attribute(
            assertion.first(ASSERTION, "AuthnStatement"),
            "SessionNotOnOrAfter",
        );

        let passed = from.as_deref().is_none_or(begun)
            && until.as_deref().is_some_and(lasts)
            && (confirmed.is_empty() || confirmed.iter().flatten().any(|end| lasts(end)))
            && session.as_deref().is_none_or(lasts);
        let said = |time: &Option<String>| time.clone().unwrap_or_else(|| "none".into());
        let mut found = format!("from {} until {}", said(&from), said(&until));
        for end in &confirmed {
            if *end != until {
                let _ = write!(found, ", confirmed until {}", said(end));
            }
        }
        if let Some(end) = &session {
            let _ = write!(found, ", session until {end}");
        }
        let at = saml::format_xs_datetime(now).unwrap_or_default();
        check(
            SamlCheck::Validity,
            passed,
            &format!("{at}, give or take two minutes"),
            &found,
        )
    }

    fn attribute(&self, name: SamlCheck) -> Check {
        let place = match name {
            SamlCheck::Email => 0,
            SamlCheck::FirstName => 1,
            _ => 2,
        };
        let names = profile::NAMES[place];
        let attributes = self.attributes();
        let (passed, expected) = if name == SamlCheck::Email {
            let email = profile::email(&attributes);
            let admitted = |email: EmailAddress| self.rules.admits(email.as_str());
            let passed = email.and_then(Result::ok).is_some_and(admitted);
            (passed, self.expected_email())
        } else {
            let passed = profile::name(&attributes, &names).is_some();
            (passed, format!("{}, of at most {MAX_NAME} characters", names[0]))
        };
        check(
            name,
            passed,
            &expected,
            &profile::values(&attributes, &names).join(", "),
        )
    }

    fn expected_email(&self) -> String {
        let domains = &self.rules.domains;
        let of = if domains.is_empty() {
            String::new()
        } else {
            format!(" of {}", domains.join(" or "))
        };
        format!("email, with one address{of}")
    }

    pub(super) fn attributes(&self) -> Vec<(String, Vec<String>)> {
        let mut attributes: Vec<(String, Vec<String>)> = Vec::new();
        let statements = self
            .assertion()
            .into_iter()
            .flat_map(|assertion| assertion.all(ASSERTION, "AttributeStatement"));
        for attribute in statements.flat_map(|statement| statement.all(ASSERTION, "Attribute")) {
            let name = attribute.attribute("Name").unwrap_or_default();
            let values = attribute
                .all(ASSERTION, "AttributeValue")
                .map(|value| value.text.clone());
            match attributes.iter_mut().find(|(known, _)| known == name) {
                Some((_, all)) => all.extend(values),
                None => attributes.push((name.to_owned(), values.collect())),
            }
        }
        attributes
    }
}

fn subject(assertion: &Element) -> Check {
    let subject = assertion.first(ASSERTION, "Subject");
    let name_id = subject.and_then(|subject| subject.first(ASSERTION, "NameID"));
    let name = name_id.map_or("", |name_id| name_id.text.trim());
    let format = name_id
        .and_then(|name_id| name_id.attribute("Format"))
        .unwrap_or("unspecified");
    let short = format.rsplit_once(FORMAT).map_or(format, |(_, short)| short);
    let found = match name {
        "" => String::new(),
        name => format!("{name} ({short})"),
    };
    let passed = !name.is_empty() && format != TRANSIENT;
    check(
        SamlCheck::Subject,
        passed,
        "a NameID that stays the same, persistent or emailAddress",
        &found,
    )
}
