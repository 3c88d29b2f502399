//! The label, hint and error around one control, whose id is `id`.

use crate::browser;
use leptos::prelude::*;

/// The label, hint and error around one control, whose id is `id`.
#[component]
pub(super) fn Field(
    id: String,
    label: String,
    hint: MaybeProp<String>,
    error: Signal<Option<String>>,
    #[prop(optional)] hide_label: bool,
    children: Children,
) -> impl IntoView {
    let label_class = if hide_label {
        "visually-hidden"
    } else {
        "field-label"
    };
    view! {
        <div class="field" data-invalid=move || error.with(Option::is_some).then_some("")>
            <label class=label_class for=id.clone()>
                {label}
            </label>
            {children()}
            <FieldNotes id hint error />
        </div>
    }
}

/// The error and the hint under a control.
#[component]
pub(super) fn FieldNotes(
    id: String,
    hint: MaybeProp<String>,
    error: Signal<Option<String>>,
) -> impl IntoView {
    let hint_id = format!("{id}-hint");
    let error_id = id + "-error";
    view! {
        {move || {
            let id = error_id.clone();
            error.get().map(|error| view! { <p class="field-error" id=id>{error}</p> })
        }}
        {move || {
            let id = hint_id.clone();
            hint.get().map(|hint| view! { <p class="field-hint" id=id>{hint}</p> })
        }}
    }
}

/// The ids of the notes that a control has now, for its `aria-describedby`.
pub(super) fn described_by(
    id: &str,
    hint: MaybeProp<String>,
    error: Signal<Option<String>>,
) -> Signal<Option<String>> {
    let id = id.to_owned();
    Signal::derive(move || {
        let error = error.with(Option::is_some).then(|| format!("{id}-error"));
        let hint = hint.get().map(|_| format!("{id}-hint"));
        let ids: Vec<_> = error.into_iter().chain(hint).collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    })
}

/// Shows a value that changes later (Back, a cleared filter), even after something else was typed. The first one is
/// in the page already, and what was typed before hydration stays.
pub(super) fn follow(id: &str, value: Signal<String>) {
    let id = id.to_owned();
    Effect::new(move |before: Option<String>| {
        let now = value.get();
        if before.is_some_and(|before| before != now) {
            browser::set_value(&id, &now);
        }
        now
    });
}
