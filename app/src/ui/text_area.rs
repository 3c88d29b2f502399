//! Lines of text with their label, hint and error.

use super::field::{Field, described_by};
use leptos::prelude::*;

/// Lines of text with their label, hint and error. The id is the name, unless given.
#[component]
pub fn TextArea(
    #[prop(into)] label: String,
    #[prop(into)] name: String,
    #[prop(optional, into)] id: Option<String>,
    /// What is in it at first.
    #[prop(optional, into)]
    value: String,
    #[prop(optional, into)] error: Signal<Option<String>>,
    #[prop(optional, into)] hint: MaybeProp<String>,
    #[prop(optional, into)] placeholder: Option<String>,
    #[prop(default = 6)] rows: u32,
    /// Whether each character counts, as in a certificate.
    #[prop(optional)]
    mono: bool,
) -> impl IntoView {
    let id = id.unwrap_or_else(|| name.clone());
    let described_by = described_by(&id, hint, error);
    view! {
        <Field id=id.clone() label hint error>
            <textarea
                class="input"
                class:mono=mono
                id=id
                name=name
                rows=rows
                placeholder=placeholder
                autocomplete="off"
                autocapitalize=mono.then_some("none")
                spellcheck=mono.then_some("false")
                aria-invalid=move || error.with(Option::is_some).then_some("true")
                aria-describedby=move || described_by.get()
                inner_html=escaped(&value)
            ></textarea>
        </Field>
    }
}

/// Leptos writes the text of this element as it is, so that what ends the element would be taken for HTML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_leaves_its_element() {
        assert_eq!(
            escaped("</textarea><script>&lt;"),
            "&lt;/textarea>&lt;script>&amp;lt;"
        );
    }
}
