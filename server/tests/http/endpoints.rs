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
        lines.insert(format!("GET  {address:<37} {verdict}"));
    }
    for (path, method) in server_fn::axum::server_fn_paths() {
        let verdict = if PUBLIC_ACTIONS.contains(&path) {
            "everybody"
        } else {
            "signed in"
        };
        lines.insert(format!("{:<5}{path:<37} {verdict}", method.as_str()));
    }
    for (method, path, who) in server::api::ROUTES {
        lines.insert(format!("{method:<5}{path:<37} {who}"));
    }
    lines.into_iter().map(|line| line + "\n").collect()
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
