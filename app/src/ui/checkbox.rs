//! A yes or no of a form.

use leptos::prelude::*;

/// A yes or no of a form, with what it means. One that is not ticked is not sent.
#[component]
pub fn Checkbox(
    #[prop(into)] label: String,
    #[prop(into)] name: String,
    #[prop(optional, into)] id: Option<String>,
    #[prop(optional, into)] description: Option<String>,
    /// Whether it is ticked at first.
    #[prop(optional)]
    checked: bool,
) -> impl IntoView {
    let id = id.unwrap_or_else(|| name.clone());
    view! {
        <label class="checkbox">
            <input type="checkbox" id=id name=name value="true" checked=checked />
            <span>
                {label} {description.map(|description| view! { <small>{description}</small> })}
            </span>
        </label>
    }
}
