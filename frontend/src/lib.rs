//! The browser's side: takes over the pages that the server rendered.

use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    navigate_for_real();
    wasm_bindgen_futures::spawn_local(app::take_over());
}

/// Accepted forms load the next page: its theme, session and rights are the server's, never remembered ones.
fn navigate_for_real() {
    let _ = leptos::server_fn::redirect::set_redirect_hook(|to| {
        let _ = leptos::prelude::window().location().assign(to);
    });
}
