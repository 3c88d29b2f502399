//! The product's own sign: an open door that lets light out, and its name.

use leptos::prelude::*;

/// The sign alone. The same drawing is `public/favicon.svg`.
#[component]
pub fn Mark() -> impl IntoView {
    view! {
        <svg class="mark" viewBox="0 0 32 32" width="24" height="24" aria-hidden="true">
            <rect class="mark-ground" width="32" height="32" rx="8" />
            <path class="mark-light" d="M9.5 25V14a6.5 6.5 0 0 1 13 0v11z" />
            <path class="mark-door" d="M9.5 25V14c0-2.7 1.6-5 3.9-6l4.1 4.2v16.3z" />
            <circle class="mark-light" cx="15" cy="19" r="1.2" />
        </svg>
    }
}

/// The sign and the name. `quiet` is the small one at the foot of the sidebar.
#[component]
pub fn Wordmark(
    #[prop(optional)] quiet: bool,
    /// Written after the name, such as `0.1.0`.
    #[prop(optional, into)]
    version: Option<String>,
) -> impl IntoView {
    view! {
        <div class="wordmark" data-quiet=quiet.then_some("")>
            <Mark />
            <span>"Usher"</span>
            {version.map(|version| view! { <small class="numeric">{version}</small> })}
        </div>
    }
}
