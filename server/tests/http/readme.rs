//! What the README says is where, is there.

use std::{fs, path::Path};

/// The paths from the top that a document names in backticks.
fn paths(document: &str) -> Vec<&str> {
    let folders = [
        "app/",
        "bin/",
        "docs/",
        "end2end/",
        "frontend/",
        "public/",
        "server/",
        "style/",
    ];
    let quoted = document.split('`').skip(1).step_by(2);
    quoted
        .filter(|text| folders.iter().any(|folder| text.starts_with(folder)))
        // A pattern, which stands for many.
        .filter(|text| !text.contains('<'))
        .map(|text| text.split([' ', ':']).next().unwrap_or_default())
        .collect()
}

#[test]
fn every_path_that_a_document_names_exists() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut named = 0;
    for document in [
        "README.md",
        "docs/api.md",
        "docs/configuration.md",
        "docs/deployment.md",
        "docs/operation.md",
        "docs/performance.md",
        "docs/scim.md",
        "docs/security.md",
    ] {
        let text = fs::read_to_string(top.join(document)).unwrap();
        for path in paths(&text) {
            assert!(top.join(path).exists(), "{document} names {path}");
            named += 1;
        }
    }
    assert!(named > 60, "{named}");
}
