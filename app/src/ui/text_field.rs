//! A line of text with its label, hint and error.

use super::field::{Field, described_by, follow};
use leptos::prelude::*;

/// What is typed, which decides the keyboard of a phone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TextKind {
    #[default]
    Text,
    Email,
    Tel,
    Url,
    Number,
    /// A one-time code: digits, with room for spaces and paste.
    Code,
    /// A date and an hour, `2026-11-24T18:30`.
    Moment,
}

impl TextKind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Text | Self::Code => "text",
            Self::Email => "email",
            Self::Tel => "tel",
            Self::Url => "url",
            Self::Number => "number",
            Self::Moment => "datetime-local",
        }
    }
}

/// A line of text with its label, hint and error. The id is the name, unless given.
#[component]
pub fn TextField(
    #[prop(into)] label: String,
    #[prop(into)] name: String,
    #[prop(optional, into)] id: Option<String>,
    #[prop(optional)] kind: TextKind,
    #[prop(optional, into)] value: Signal<String>,
    #[prop(optional, into)] error: Signal<Option<String>>,
    #[prop(optional, into)] hint: MaybeProp<String>,
    #[prop(optional, into)] autocomplete: Option<String>,
    #[prop(optional, into)] inputmode: Option<String>,
    #[prop(optional, into)] placeholder: Option<String>,
    #[prop(optional)] required: bool,
    /// In UTF-16 code units, as HTML counts.
    #[prop(optional, into)]
    maxlength: Option<u32>,
    #[prop(optional)] autofocus: bool,
    #[prop(optional)] readonly: bool,
    #[prop(optional, into)] on_input: Option<Callback<(String,)>>,
) -> impl IntoView {
    let id = id.unwrap_or_else(|| name.clone());
    let described_by = described_by(&id, hint, error);
    let inputmode = inputmode.or_else(|| (kind == TextKind::Code).then(|| "numeric".to_owned()));
    // Addresses and codes are no sentences.
    let prose = matches!(kind, TextKind::Text | TextKind::Tel | TextKind::Number);
    follow(&id, value);
    view! {
        <Field id=id.clone() label hint error>
            <input
                class="input"
                type=kind.as_str()
                id=id
                name=name
                value=move || value.get()
                data-code=(kind == TextKind::Code).then_some("")
                autocomplete=autocomplete
                inputmode=inputmode
                placeholder=placeholder
                autocapitalize=(!prose).then_some("none")
                spellcheck=(!prose).then_some("false")
                required=required
                maxlength=maxlength
                autofocus=autofocus
                readonly=readonly
                aria-invalid=move || error.with(Option::is_some).then_some("true")
                aria-describedby=move || described_by.get()
                on:input=move |event| {
                    if let Some(on_input) = on_input {
                        on_input.run((event_target_value(&event),));
                    }
                }
            />
        </Field>
    }
}
