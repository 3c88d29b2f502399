//! The description of what programs can ask.

use crate::{endpoints::questions, visitor::TestConsole};
use serde_json::Value;
use server::api::DESCRIPTION;
use sqlx::PgPool;
use std::collections::BTreeSet;

/// All that is referred to.
fn references<'a>(value: &'a Value, found: &mut BTreeSet<&'a str>) {
    match value {
        Value::Object(members) => {
            found.extend(members.get("$ref").and_then(Value::as_str));
            members.values().for_each(|member| references(member, found));
        }
        Value::Array(elements) => elements.iter().for_each(|element| references(element, found)),
        _ => {}
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn everybody_can_read_the_description_which_names_this_console(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let document = console.stranger().open(DESCRIPTION).await.json();
    assert_eq!(document["servers"][0]["url"], console.origin);
    assert!(document["openapi"].as_str().unwrap().starts_with("3."));
    assert_eq!(
        document["paths"].as_object().unwrap().len(),
        questions()
            .iter()
            .map(|(_, path, _)| path)
            .collect::<BTreeSet<_>>()
            .len()
    );
    let mut named = BTreeSet::new();
    references(&document, &mut named);
    assert!(named.len() > 5, "{named:?}");
    for reference in named {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}

#[test]
fn every_question_says_how_it_is_authorized_what_it_answers_and_how_it_fails() {
    let document = serde_json::to_value(server::api::document()).unwrap();
    let mut ids = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let at = format!("{method} {path}");
            assert!(ids.insert(operation["operationId"].as_str().unwrap()), "{at}");
            assert!(!operation["summary"].as_str().unwrap().is_empty(), "{at}");
            let responses = operation["responses"].as_object().unwrap();
            assert!(
                ["200", "201", "204"]
                    .iter()
                    .any(|done| responses.contains_key(*done)),
                "{at}"
            );
            for error in ["401", "503"] {
                let schema = &responses[error]["content"]["application/json"]["schema"]["$ref"];
                assert_eq!(schema, "#/components/schemas/ApiError", "{at}");
            }
            for scheme in operation["security"].as_array().unwrap() {
                for name in scheme.as_object().unwrap().keys() {
                    assert!(
                        document["components"]["securitySchemes"][name].is_object(),
                        "{at}"
                    );
                }
            }
        }
    }
}
