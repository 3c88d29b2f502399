//! Nothing is reachable that nobody has judged: every page and every server function stands in a reviewed file with
//! who may use it. A new one fails here until its line is written.

use app::routes::{FILES, PUBLIC_ACTIONS, is_public_page};
use std::collections::BTreeSet;

/// Writes out who gets past the gate; the use case behind it asks for a permit (app/domain/src/access/matrix.txt).
fn endpoints() -> String {
    let mut lines = BTreeSet::new();
    let pages = leptos_axum::generate_route_list(app::App);
    let pages = pages.iter().map(leptos_axum::AxumRouteListing::path);
    for address in pages.chain(FILES.map(|(file, _)| file)) {
        let verdict = if is_public_page(address) {
            "everybody"
        } else {
            "signed in"
        };
        lines.insert(format!("GET    {address:<37} {verdict}"));
    }
    for (path, method) in server_fn::axum::server_fn_paths() {
        let verdict = if PUBLIC_ACTIONS.contains(&path) {
            "everybody"
        } else {
            "signed in"
        };
        lines.insert(format!("{:<7}{path:<37} {verdict}", method.as_str()));
    }
    lines.insert(format!("GET    {:<37} everybody", server::api::DESCRIPTION));
    for (method, path, who) in questions() {
        lines.insert(format!("{method:<7}{path:<37} {who}"));
    }
    lines.into_iter().map(|line| line + "\n").collect()
}

/// What programs can ask: method, path, and by what they are authorized.
pub(crate) fn questions() -> Vec<(String, String, String)> {
    let document = serde_json::to_value(server::api::document()).unwrap();
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let ways = operation["security"].as_array().unwrap();
            let ways = ways.iter().flat_map(|way| way.as_object().unwrap().keys());
            let ways: Vec<_> = ways.map(String::as_str).collect();
            found.push((method.to_uppercase(), path.clone(), ways.join(" or ")));
        }
    }
    found
}

#[test]
fn every_page_and_server_function_is_reviewed() {
    let reviewed = include_str!("endpoints.txt");
    assert!(
        endpoints() == reviewed,
        "server/tests/http/endpoints.txt should read:\n{}",
        endpoints()
    );
}

#[test]
fn nothing_that_changes_is_asked_for_by_get() {
    assert!(server_fn::axum::server_fn_paths().all(|(_, method)| method == http::Method::POST));
}
