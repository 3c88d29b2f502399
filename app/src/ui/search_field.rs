//! A search in a list.

use super::{Icon, IconKind, field::follow};
use leptos::prelude::*;

/// A search in a list. Its form uses `GET`, so that the search lives in the address; the key `/` leads to it.
#[component]
pub fn SearchField(
    #[prop(into)] label: String,
    #[prop(default = "q".into(), into)] name: String,
    #[prop(optional, into)] id: Option<String>,
    #[prop(optional, into)] value: Signal<String>,
    #[prop(optional, into)] placeholder: Option<String>,
    /// Whether `/` leads here.
    #[prop(default = true)]
    shortcut: bool,
    #[prop(optional, into)] on_input: Option<Callback<(String,)>>,
) -> impl IntoView {
    let id = id.unwrap_or_else(|| name.clone());
    follow(&id, value);
    view! {
        <div class="search">
            <label class="visually-hidden" for=id.clone()>
                {label}
            </label>
            <Icon kind=IconKind::Search />
            <input
                class="input"
                type="search"
                id=id
                name=name
                value=move || value.get()
                placeholder=placeholder
                autocomplete="off"
                spellcheck="false"
                aria-keyshortcuts=shortcut.then_some("/")
                on:input=move |event| {
                    if let Some(on_input) = on_input {
                        on_input.run((event_target_value(&event),));
                    }
                }
            />
            {shortcut.then(|| view! { <kbd class="with-script" aria-hidden="true">"/"</kbd> })}
        </div>
    }
}
