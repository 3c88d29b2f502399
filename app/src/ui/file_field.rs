//! A file to be sent, with its label, hint and error.

use super::field::{Field, described_by};
use leptos::prelude::*;

/// A file to be sent, with its label, hint and error. Its form must be one of files. The id is the name, unless given.
#[component]
pub fn FileField(
    #[prop(into)] label: String,
    #[prop(into)] name: String,
    #[prop(optional, into)] id: Option<String>,
    /// What the browser offers first, as in HTML.
    #[prop(optional, into)]
    accept: Option<String>,
    #[prop(optional, into)] error: Signal<Option<String>>,
    #[prop(optional, into)] hint: MaybeProp<String>,
) -> impl IntoView {
    let id = id.unwrap_or_else(|| name.clone());
    let described_by = described_by(&id, hint, error);
    view! {
        <Field id=id.clone() label hint error>
            <input
                class="input"
                type="file"
                id=id
                name=name
                accept=accept
                aria-invalid=move || error.with(Option::is_some).then_some("true")
                aria-describedby=move || described_by.get()
            />
        </Field>
    }
}
