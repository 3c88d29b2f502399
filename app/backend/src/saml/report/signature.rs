//! The check of the signature, apart from all others: would it be good, were the response meant for this place and time?

use super::{Given, check, not_reached};
use crate::saml::{
    Asserted, Certificate, IdentityProvider, Profile, SamlCrate, SamlError, ServiceProvider, Verifier,
    precheck::{self, ASSERTION, SIGNATURE},
    verify::{kept, remembered},
    xml::Element,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use domain::{
    saml_problem::SamlProblem,
    saml_report::{Check, SamlCheck},
};
use time::format_description::BorrowedFormatItem;

const DAY: &[BorrowedFormatItem<'_>] = time::macros::format_description!("[year]-[month]-[day]");

impl Given<'_> {
    pub(super) fn signature(&self, verdict: &Result<(Asserted, Profile), SamlError>) -> Check {
        let expected = match &self.idp.certificates[..] {
            [] => "a signing certificate in the settings".into(),
            all => all
                .iter()
                .map(|one| one.fingerprint().to_string())
                .collect::<Vec<_>>()
                .join(" or "),
        };
        let proven = match verdict {
            Ok((asserted, _)) => {
                let all = self.idp.certificates.iter();
                Ok(all.clone().find(|one| one.fingerprint() == asserted.certificate))
            }
            Err(_) => self.signer(),
        };
        match proven {
            Ok(Some(certificate)) => {
                let found = format!("{}, {}", self.described(), described(certificate));
                check(SamlCheck::Signature, true, &expected, &found)
            }
            Err(error) if error.problem == SamlProblem::NotSigned => {
                check(SamlCheck::Signature, false, &expected, &self.described())
            }
            Err(error) => {
                let found = format!("{}: {}", self.described(), error.detail);
                check(SamlCheck::Signature, false, &expected, &found)
            }
            Ok(None) => Check {
                expected,
                found: self.described(),
                ..not_reached(SamlCheck::Signature)
            },
        }
    }

    /// The certificate that the response is signed with, whoever sent it to whom and when. None where that can't be said
    /// apart from what else is wrong.
    fn signer(&self) -> Result<Option<&Certificate>, SamlError> {
        if precheck::passed(self.xml).is_err() {
            return Ok(None);
        }
        let sp = ServiceProvider {
            entity_id: self.sp.entity_id.clone(),
            acs_url: self
                .response
                .attribute("Destination")
                .unwrap_or_default()
                .to_owned(),
        };
        let issuer = self
            .response
            .first(ASSERTION, "Issuer")
            .map_or("", |issuer| issuer.text.trim());
        let Some(answers) = self.response.attribute("InResponseTo") else {
            return Ok(None);
        };
        let Some(mut payload) = remembered(self.request) else {
            return Ok(None);
        };
        answers.clone_into(&mut payload.request_id);
        payload.issued_at = self.now.into();
        issuer.clone_into(&mut payload.idp_entity_id);
        payload.acs_endpoint.url.clone_from(&sp.acs_url);
        let request = kept(&payload)?;

        let mut refused = SamlError::new(SamlProblem::NoCertificate, "the settings have none");
        for certificate in &self.idp.certificates {
            let idp = IdentityProvider {
                entity_id: issuer.to_owned(),
                sso_url: self.idp.sso_url.clone(),
                certificates: vec![certificate.clone()],
                require_signed_assertion: self.idp.require_signed_assertion,
            };
            match SamlCrate.judge(&sp, &idp, &request, self.xml, self.now) {
                Ok(_) => return Ok(Some(certificate)),
                Err(error) if SamlCheck::of(error.problem) == SamlCheck::Signature => refused = error,
                // What is looked at only after the signature.
                Err(error) if is_of_the_assertion(error.problem) => return Ok(Some(certificate)),
                Err(_) => return Ok(None),
            }
        }
        Err(refused)
    }

    /// What is signed, how, and with which certificate by its own words.
    fn described(&self) -> String {
        let assertion = self.response.first(ASSERTION, "Assertion");
        let signature = |element: &'_ Element| element.first(SIGNATURE, "Signature").is_some();
        let what = match (signature(self.response), assertion.is_some_and(signature)) {
            (true, true) => "response and assertion signed",
            (true, false) => "response signed",
            (false, true) => "assertion signed",
            (false, false) => return "nothing signed".into(),
        };
        let mut said = what.to_owned();
        let below = self.response.and_below();
        let mut signatures = below.filter(|element| element.is(SIGNATURE, "Signature"));
        let Some(first) = signatures.next() else {
            return said;
        };
        let mut parts = first.and_below();
        if let Some(method) = parts.find(|part| part.is(SIGNATURE, "SignatureMethod")) {
            let algorithm = method.attribute("Algorithm").unwrap_or_default();
            let short = algorithm.rsplit_once('#').map_or(algorithm, |(_, short)| short);
            said = format!("{said} with {short}");
        }
        let mut parts = first.and_below();
        let named = parts
            .find(|part| part.is(SIGNATURE, "X509Certificate"))
            .and_then(|part| {
                let packed: String = part.text.split_whitespace().collect();
                Certificate::from_der(&STANDARD.decode(packed).ok()?).ok()
            });
        if let Some(named) = named
            && !self.idp.certificates.contains(&named)
        {
            said = format!(
                "{said}, names a certificate that is not in the settings: {}",
                described(&named)
            );
        }
        said
    }
}

fn described(certificate: &Certificate) -> String {
    let ends = certificate.not_after().date().format(DAY).unwrap_or_default();
    format!(
        "{} ({}, until {ends})",
        certificate.fingerprint(),
        certificate.key_kind()
    )
}

fn is_of_the_assertion(problem: SamlProblem) -> bool {
    matches!(
        SamlCheck::of(problem),
        SamlCheck::Issuer
            | SamlCheck::Audience
            | SamlCheck::Recipient
            | SamlCheck::Validity
            | SamlCheck::Subject
            | SamlCheck::InResponseTo
    )
}
