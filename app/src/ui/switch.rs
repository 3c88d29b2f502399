//! A button that sends its form to turn something on or off.

use leptos::{ev::MouseEvent, prelude::*};

/// A button that sends its form to turn something on or off.
#[component]
pub fn Switch(
    #[prop(into)] checked: Signal<bool>,
    /// What is on or off, for a screen reader.
    #[prop(into)]
    label: String,
    #[prop(optional, into)] id: Option<String>,
    #[prop(optional, into)] name: Option<String>,
    #[prop(optional, into)] value: Option<String>,
    #[prop(optional, into)] pending: Signal<bool>,
    #[prop(optional, into)] described_by: Option<String>,
) -> impl IntoView {
    let press = move |event: MouseEvent| {
        if pending.get_untracked() {
            event.prevent_default();
        }
    };
    view! {
        <button
            class="switch"
            type="submit"
            role="switch"
            id=id
            name=name
            value=value
            aria-label=label
            aria-describedby=described_by
            aria-checked=move || if checked.get() { "true" } else { "false" }
            aria-busy=move || pending.get().then_some("true")
            on:click=press
        ></button>
    }
}
