//! How far something is that takes longer than a moment.

use leptos::prelude::*;

/// How far something is that takes longer than a moment, as a bar and in words.
#[component]
pub fn Progress(
    #[prop(into)] label: String,
    #[prop(into)] value: Signal<u32>,
    #[prop(into)] most: Signal<u32>,
    /// The same in words.
    #[prop(into)]
    text: Signal<String>,
) -> impl IntoView {
    view! {
        <div class="progress">
            <progress
                aria-label=label
                aria-valuetext=move || text.get()
                value=move || value.get().to_string()
                max=move || most.get().max(1).to_string()
            ></progress>
            <p class="progress-text" aria-hidden="true">
                {move || text.get()}
            </p>
        </div>
    }
}
