//! Why a button beside it can't be used now, to be read by everybody and not only in a tooltip.

use leptos::prelude::*;

/// The id of the sentence that says why a button is disabled: after the button's own id or else after the sentence.
pub(super) fn reason_id(id: Option<String>, why: Signal<Option<String>>) -> Signal<Option<String>> {
    Signal::derive(move || {
        let why = why.get()?;
        let slug = || {
            why.chars()
                .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
                .collect::<String>()
        };
        Some(format!("{}-why", id.clone().unwrap_or_else(slug)))
    })
}

/// Why a button beside it can't be used now, to be read by everybody and not only in a tooltip.
#[component]
pub(super) fn Reason(id: Signal<Option<String>>, why: Signal<Option<String>>) -> impl IntoView {
    move || {
        why.get().map(|why| {
            view! {
                <span class="reason" id=id.get()>
                    {why}
                </span>
            }
        })
    }
}
