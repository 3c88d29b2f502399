//! What stands where a list would.

use super::{Icon, IconKind};
use leptos::prelude::*;

/// What stands where a list would: why it is empty, and one act as child.
#[component]
pub fn EmptyState(
    #[prop(into)] title: String,
    #[prop(optional)] icon: Option<IconKind>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty-state">
            {icon.map(|kind| view! { <Icon kind /> })} <h2>{title}</h2>
            {children.map(|children| children())}
        </div>
    }
}
