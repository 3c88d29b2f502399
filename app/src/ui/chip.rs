//! A name that the system knows.

use leptos::prelude::*;

/// A name that the system knows: a group, a role.
#[component]
pub fn Chip(#[prop(into)] text: String) -> impl IntoView {
    view! { <span class="chip">{text}</span> }
}
