//! The ground of the pages that people see before they are in: signing in, setting up, accepting an invitation.

use super::wordmark::Wordmark;
use crate::ui::MaybeText;
use leptos::prelude::*;

/// One card with the wordmark and a heading. `wide` gives forms with fields beside each other their room.
#[component]
pub fn Door(
    #[prop(into)] title: String,
    #[prop(optional, into)] lead: MaybeText,
    /// What follows the lead and is more than a sentence.
    #[prop(optional)]
    note: Option<AnyView>,
    /// Whose door it is, where that is known.
    #[prop(optional, into)]
    organization: MaybeText,
    #[prop(optional)] wide: bool,
    children: Children,
) -> impl IntoView {
    view! {
        <main class="door" id="content" tabindex="-1">
            <div class="door-card" data-wide=wide.then_some("")>
                <div class="door-sign">
                    <Wordmark />
                    {organization.0.map(|name| view! { <span class="door-organization">{name}</span> })}
                </div>
                <header class="door-header">
                    <h1 id="page-title" tabindex="-1">{title}</h1>
                    {lead.0.map(|lead| view! { <p class="muted">{lead}</p> })}
                    {note.map(|note| view! { <p class="muted">{note}</p> })}
                </header>
                {children()}
            </div>
        </main>
    }
    .into_any()
}
