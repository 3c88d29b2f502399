//! A line with a word in it, between two ways to do the same.

use leptos::prelude::*;

/// A line with a word in it, between two ways to do the same.
#[component]
pub fn Divider(#[prop(into)] text: String) -> impl IntoView {
    view! { <div class="divider">{text}</div> }
}
