//! Responses of three independent identity providers, genuine and manipulated: each is judged as the manifest says.

use super::{idp, judged};
use crate::saml::SamlError;
use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Deserialize;
use std::{collections::BTreeMap, fs, path::PathBuf};

#[derive(Debug, Deserialize)]
pub(super) struct Vector {
    pub name: String,
    file: String,
    pub expect: Expect,
    /// Of the genuine identity.
    #[serde(rename = "nameid")]
    pub name_id: String,
    #[serde(default)]
    b64: Option<Wrapped>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Expect {
    Accept,
    Reject,
    /// Refused, or the genuine identity.
    Safe,
    /// Up to us: refused, or the genuine identity.
    Optional,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Wrapped {
    Wrap,
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/saml/tests/vectors")
}

pub(super) fn vectors() -> Vec<Vector> {
    let manifest = fs::read(folder().join("manifest.json")).unwrap();
    serde_json::from_slice(&manifest).unwrap()
}

impl Vector {
    pub(super) fn xml(&self) -> Vec<u8> {
        fs::read(folder().join(&self.file)).unwrap()
    }

    /// As a browser posts it.
    pub(super) fn posted(&self) -> String {
        let encoded = STANDARD.encode(self.xml());
        match self.b64 {
            None => encoded,
            Some(Wrapped::Wrap) => {
                let lines: Vec<_> = encoded
                    .as_bytes()
                    .chunks(76)
                    .map(String::from_utf8_lossy)
                    .collect();
                lines.join("\r\n")
            }
        }
    }
}

/// Whether a verdict, the `NameID` where it is to accept, is one that the manifest allows.
pub(super) fn is_allowed(vector: &Vector, accepted: Option<&str>) -> bool {
    match (vector.expect, accepted) {
        (Expect::Accept, verdict) => verdict == Some(&vector.name_id),
        (Expect::Reject, verdict) => verdict.is_none(),
        (Expect::Safe | Expect::Optional, None) => true,
        (Expect::Safe | Expect::Optional, Some(name_id)) => name_id == vector.name_id,
    }
}

#[test]
fn every_vector_is_judged_as_the_manifest_says() {
    let all = vectors();
    assert_eq!(all.len(), 150);
    for vector in all {
        let verdict = judged(&idp(), &vector.posted());
        let accepted = verdict.as_ref().ok().map(|asserted| asserted.name_id.as_str());
        assert!(is_allowed(&vector, accepted), "{}: {verdict:?}", vector.name);
        assert_ne!(accepted, Some("admin@corp.example.test"), "{}", vector.name);
    }
}

/// The reviewed reason for each refusal, so that people are told the right thing.
#[test]
fn every_refusal_has_the_reason_that_was_reviewed() {
    let reviewed: BTreeMap<String, String> = include_str!("reasons.txt")
        .lines()
        .filter_map(|line| line.split_once(' '))
        .map(|(name, reason)| (name.to_owned(), reason.to_owned()))
        .collect();
    let found: BTreeMap<String, String> = vectors()
        .into_iter()
        .filter_map(|vector| {
            let SamlError { problem, .. } = judged(&idp(), &vector.posted()).err()?;
            Some((vector.name, problem.key().to_owned()))
        })
        .collect();
    assert_eq!(found, reviewed);
}
