//! A choice of one from a few.

use super::field::{Field, described_by, follow};
use leptos::prelude::*;

/// One entry of a `SelectField`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SelectOption {
    value: String,
    label: String,
    group: Option<&'static str>,
}

impl SelectOption {
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            label: label.into(),
            group: None,
        }
    }

    /// The heading under which it stands, with the entries beside it that have the same.
    #[must_use]
    pub fn group(mut self, group: &'static str) -> Self {
        self.group = Some(group);
        self
    }
}

/// A choice of one from a few. With `submit_on_change` a choice sends the form where scripts run; put a button in
/// `class="without-script"` beside it for everybody else.
#[component]
pub fn SelectField(
    #[prop(into)] label: String,
    #[prop(into)] name: String,
    #[prop(optional, into)] id: Option<String>,
    #[prop(into)] options: Signal<Vec<SelectOption>>,
    #[prop(optional, into)] value: Signal<String>,
    #[prop(optional, into)] error: Signal<Option<String>>,
    #[prop(optional, into)] hint: MaybeProp<String>,
    #[prop(optional)] hide_label: bool,
    #[prop(optional)] submit_on_change: bool,
    #[prop(optional, into)] on_change: Option<Callback<(String,)>>,
) -> impl IntoView {
    let id = id.unwrap_or_else(|| name.clone());
    let described_by = described_by(&id, hint, error);
    follow(&id, value);
    let entries = move || {
        let entry = |option: SelectOption| {
            let mine = option.value.clone();
            view! {
                <option value=option.value selected=move || value.with(|value| *value == mine)>
                    {option.label}
                </option>
            }
        };
        let options = options.get();
        let group = |group: &[SelectOption]| {
            let entries = group.iter().cloned().map(entry).collect_view();
            match group.first().and_then(|option| option.group) {
                Some(label) => view! { <optgroup label=label>{entries}</optgroup> }.into_any(),
                None => entries.into_any(),
            }
        };
        options
            .chunk_by(|a, b| a.group == b.group)
            .map(group)
            .collect_view()
    };
    view! {
        <Field id=id.clone() label hint error hide_label>
            <select
                class="input"
                id=id
                name=name
                data-submits=submit_on_change.then_some("")
                aria-invalid=move || error.with(Option::is_some).then_some("true")
                aria-describedby=move || described_by.get()
                on:change=move |event| {
                    if let Some(on_change) = on_change {
                        on_change.run((event_target_value(&event),));
                    }
                }
            >
                {entries}
            </select>
        </Field>
    }
}
