//! How good something typed is, 0 to 4, with the reason in words.

use leptos::prelude::*;

/// How good something typed is, 0 to 4, with the reason in words. It needs scripts, so without them it isn't there;
/// its room is kept from the start.
#[component]
pub fn Meter(#[prop(into)] level: Signal<u8>, #[prop(into)] sentence: Signal<String>) -> impl IntoView {
    view! {
        <div class="meter with-script" data-level=move || level.get().min(4)>
            <span class="meter-bar" aria-hidden="true">
                <i></i>
                <i></i>
                <i></i>
                <i></i>
            </span>
            <p class="meter-sentence" role="status">
                {move || sentence.get()}
            </p>
        </div>
    }
}
