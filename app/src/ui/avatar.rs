//! A person as initials in a circle.

use leptos::prelude::*;

/// A person as initials in a circle. It stands beside the name, so a screen reader passes over it.
#[component]
pub fn Avatar(
    #[prop(into)] initials: String,
    /// One of four colours, 0 to 3.
    #[prop(optional)]
    hue: u8,
    #[prop(optional)] large: bool,
) -> impl IntoView {
    view! {
        <span class="avatar" data-hue=hue % 4 data-large=large.then_some("") aria-hidden="true">
            {initials}
        </span>
    }
}
