//! Names and what they are.

use leptos::prelude::*;

/// Names and what they are: `Definition`s under each other.
#[component]
pub fn DefinitionList(children: Children) -> impl IntoView {
    view! { <dl class="definition-list">{children()}</dl> }
}

/// One name and its value.
#[component]
pub fn Definition(#[prop(into)] term: String, children: Children) -> impl IntoView {
    view! {
        <div class="definition">
            <dt>{term}</dt>
            <dd>{children()}</dd>
        </div>
    }
}
