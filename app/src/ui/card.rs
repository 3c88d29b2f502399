//! Things that belong together.

use super::MaybeText;
use leptos::prelude::*;

/// Things that belong together: `CardHeader`, `CardBody`, `CardFooter`, in a form or not.
#[component]
pub fn Card(#[prop(optional, into)] id: Option<String>, children: Children) -> impl IntoView {
    view! {
        <section class="card" id=id>
            {children()}
        </section>
    }
}

/// The heading of a card, with one control at its right as children.
#[component]
pub fn CardHeader(
    #[prop(into)] title: String,
    #[prop(optional, into)] lead: MaybeText,
    /// For `aria-labelledby` or a link to the card.
    #[prop(optional, into)]
    id: Option<String>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <header class="card-header">
            <div>
                <h2 id=id>{title}</h2>
                {lead.0.map(|lead| view! { <p class="muted">{lead}</p> })}
            </div>
            {children.map(|children| view! { <div class="card-header-control">{children()}</div> })}
        </header>
    }
}

#[component]
pub fn CardBody(children: Children) -> impl IntoView {
    view! { <div class="card-body">{children()}</div> }
}

/// The acts of a card, with a note of what they do at the left.
#[component]
pub fn CardFooter(
    #[prop(optional, into)] note: MaybeText,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <footer class="card-footer">
            {note.0.map(|note| view! { <p class="muted">{note}</p> })}
            {children.map(|children| children())}
        </footer>
    }
}

/// Cards under each other, in a column that is good to read.
#[component]
pub fn Stack(children: Children) -> impl IntoView {
    view! { <div class="stack">{children()}</div> }
}
