//! The browser's side: takes over the pages that the server rendered.

use wasm_bindgen::{JsCast, prelude::wasm_bindgen};

#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    navigate_for_real();
    let Some(body) = leptos::prelude::document().body() else {
        return;
    };
    wasm_bindgen_futures::spawn_local(async {
        // Once the part of the program for this page is there, too.
        leptos::mount::hydrate_from_async(body, app::App).await.forget();
        app::mark_hydrated();
    });
}

/// Links and accepted forms load the next page: its theme, session and rights are the server's, never remembered ones.
fn navigate_for_real() {
    let _ = leptos::server_fn::redirect::set_redirect_hook(|to| {
        let _ = leptos::prelude::window().location().assign(to);
    });
    // The router listens on the window; what stops here is left to the browser.
    let listener = wasm_bindgen::closure::Closure::<dyn Fn(web_sys::Event)>::new(|event: web_sys::Event| {
        let target = event
            .target()
            .and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        if target.is_some_and(|element| matches!(element.closest("a[href]"), Ok(Some(_)))) {
            event.stop_propagation();
        }
    });
    let _ = leptos::prelude::document()
        .add_event_listener_with_callback("click", listener.as_ref().unchecked_ref());
    listener.forget();
}
