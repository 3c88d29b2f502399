//! The product's own sign: an open door that lets light out, and its name.

use leptos::prelude::*;

/// The sign alone. The same drawing is `public/favicon.svg`.
#[component]
pub fn Mark() -> impl IntoView {
    view! {
        <svg class="mark" viewBox="0 0 32 32" width="24" height="24" aria-hidden="true">
            <rect class="mark-ground" width="32" height="32" rx="8" />
            <path class="mark-light" d="M8 26V13a8 8 0 0 1 16 0v13z" />
            <path class="mark-door" d="M8 26V13c0-4.2 3.2-7.7 7.3-8L18.5 8v21z" />
            <circle class="mark-light" cx="15" cy="17.5" r="1.5" />
        </svg>
    }
}

/// The sign and the name. `quiet` is the small one at the foot of the sidebar.
#[component]
pub fn Wordmark(
    #[prop(optional)] quiet: bool,
    /// Written after the name, such as `0.1.0`.
    #[prop(optional)]
    version: Option<&'static str>,
) -> impl IntoView {
    view! {
        <div class="wordmark" data-quiet=quiet.then_some("")>
            <Mark />
            <span>"Usher"</span>
            {version.map(|version| view! { <small class="numeric">{version}</small> })}
        </div>
    }
}
