//! Words for all that is recorded.

use domain::audit::AuditAction;
use std::{collections::BTreeSet, fs, path::Path};

/// The keys that the exceptions of a permit record, from the sources: a list kept by hand could lack the newest.
fn keys_of_exceptions() -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let source = fs::read_to_string(&path).unwrap();
            let is_exceptions = path.ends_with("src/caller/exceptions.rs");
            let lines = source
                .lines()
                .filter(|line| is_exceptions || line.contains("Permit::operator("));
            let is_key = |text: &&str| {
                let word =
                    |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c == '_');
                text.split_once('.')
                    .is_some_and(|(slice, act)| word(slice) && word(act))
            };
            for line in lines {
                keys.extend(
                    line.split('"')
                        .skip(1)
                        .step_by(2)
                        .filter(is_key)
                        .map(str::to_owned),
                );
            }
        }
    }
    keys
}

#[test]
fn everything_that_is_recorded_has_words() {
    let keys = keys_of_exceptions();
    assert!(
        keys.contains("sessions.sign_in") && keys.contains("organization.close"),
        "{keys:?}"
    );
    for key in keys {
        assert!(
            AuditAction::from_key(&key).is_some(),
            "app/domain/src/audit/words.rs lacks {key}"
        );
    }
}
