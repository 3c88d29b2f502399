//! The row above a list.

use super::MaybeText;
use leptos::prelude::*;

/// The row above a list: search and filters as children, and how many are shown, which a screen reader hears when it
/// changes.
#[component]
pub fn Toolbar(#[prop(optional, into)] count: MaybeText, children: Children) -> impl IntoView {
    view! {
        <div class="toolbar">
            {children()} <p class="toolbar-count numeric" role="status">
                {count.0}
            </p>
        </div>
    }
}
