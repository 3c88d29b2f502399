//! The heading of a page, one line of what it is for, and its acts at the right as children.

use super::MaybeText;
use leptos::prelude::*;

/// The heading of a page, one line of what it is for, and its acts at the right as children. The heading can take the
/// focus: after navigation a screen reader starts there.
#[component]
pub fn PageHeader(
    #[prop(into)] title: String,
    #[prop(optional, into)] lead: MaybeText,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <header class="page-header">
            <div>
                <h1 id="page-title" tabindex="-1">
                    {title}
                </h1>
                {lead.0.map(|lead| view! { <p class="muted">{lead}</p> })}
            </div>
            {children.map(|children| view! { <div class="page-header-actions">{children()}</div> })}
        </header>
    }
}
