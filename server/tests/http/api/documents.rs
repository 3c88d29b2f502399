//! Each example of `docs/api.md` is run as it stands there, by curl, and what it answers has the shape that stands below it.

use super::{service_of, token_of};
use crate::{stage::colleague, visitor::TestConsole};
use serde_json::Value;
use sqlx::PgPool;
use std::{collections::BTreeSet, fs, path::Path, process::Stdio};
use tokio::process::Command;

/// Commands with the answers below them.
fn examples(document: &str) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    let mut rest = document;
    while let Some((_, after)) = rest.split_once("```sh\n") {
        let (command, after) = after.split_once("```").unwrap();
        let (between, after) = after.split_once("```json\n").unwrap();
        assert_eq!(between.trim(), "", "an answer stands below its command");
        let (answer, after) = after.split_once("```").unwrap();
        found.push((command.to_owned(), serde_json::from_str(answer).unwrap()));
        rest = after;
    }
    found
}

/// The paths of a value with the kind of what stands there; elements of a list have one path.
fn shape(value: &Value, at: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                shape(member, &format!("{at}.{key}"), found);
            }
        }
        Value::Array(elements) => {
            found.insert(format!("{at}[]"));
            for element in elements {
                shape(element, &format!("{at}[]"), found);
            }
        }
        Value::String(_) => _ = found.insert(format!("{at}: text")),
        Value::Number(_) => _ = found.insert(format!("{at}: number")),
        // What is said of yes and no is meant.
        Value::Bool(_) | Value::Null => _ = found.insert(format!("{at}: {value}")),
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn every_example_of_the_document_works(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let ben = colleague(&console, &ada, "ben@example.test", &["write", "metrics"]).await;
    let forever = token_of(&console, &ben).await;
    let caller = crate::stage::caller(&console, &ben).await;
    let made = console
        .backend
        .create_token(&caller, "Deploy", "one_month", "")
        .await;
    let token = made.unwrap().expose().to_owned();
    let adas = token_of(&console, &ada).await;
    let (id, secret) = service_of(&console, &ada).await;
    let caller = crate::stage::caller(&console, &ada).await;
    let group = console
        .backend
        .create_group(&caller, "On call", "")
        .await
        .unwrap();
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let document = fs::read_to_string(top.join("docs/api.md")).unwrap();
    let examples = examples(&document);
    assert!(examples.len() >= 5, "{}", examples.len());
    for (command, expected) in &examples {
        let asked = Command::new("bash")
            .args(["-euc", command])
            .envs([
                ("USHER", &console.url),
                ("TOKEN", &token),
                ("SERVICE_ID", &id),
                ("SERVICE_SECRET", &secret),
                ("ADMIN_TOKEN", &adas),
                ("GROUP", &group.to_string()),
            ])
            .stdin(Stdio::null())
            .output()
            .await
            .expect("bash and curl");
        let told = String::from_utf8_lossy(&asked.stdout);
        assert!(
            asked.status.success(),
            "{command}{told}{}",
            String::from_utf8_lossy(&asked.stderr)
        );
        let told: Value = serde_json::from_str(&told).unwrap_or_else(|_| panic!("{command}{told}"));
        let (mut said, mut is) = (BTreeSet::new(), BTreeSet::new());
        shape(expected, "", &mut said);
        shape(&told, "", &mut is);
        assert_eq!(said, is, "{command}{told:#}");
    }
    // What the document says of a token without an end.
    let endless = console.introspect(&super::bearer(&secret), &forever).await.json();
    assert_eq!(
        (&endless["active"], endless.get("exp")),
        (&Value::Bool(true), None)
    );
}

#[test]
fn every_code_and_every_reason_that_is_answered_stands_in_the_document() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let document = fs::read_to_string(top.join("docs/api.md")).unwrap();
    let source = |name: &str| fs::read_to_string(top.join("server/src/api").join(name)).unwrap();
    // Words of small letters and underscores that stand alone in quotes.
    let words = |source: &str| -> BTreeSet<String> {
        let quoted = source.split('"').skip(1).step_by(2);
        let is_word =
            |text: &&str| text.len() > 4 && text.chars().all(|c| c.is_ascii_lowercase() || c == '_');
        quoted.filter(is_word).map(str::to_owned).collect()
    };
    let errors = source("error.rs");
    let decisions = source("decisions.rs");
    let reasons = decisions.split("let (reason, message, roles)").nth(1).unwrap();
    let mut said = words(errors.split("#[cfg(test)]").next().unwrap());
    said.extend(words(reasons.split("};\n        Self {").next().unwrap()));
    assert!(said.len() >= 14, "{said:?}");
    for word in said {
        assert!(
            document.contains(&format!("`{word}`")),
            "docs/api.md lacks {word}"
        );
    }
}
