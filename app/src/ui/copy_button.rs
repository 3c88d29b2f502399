//! Puts a text into the clipboard.

use super::{Icon, IconKind, hydrated::hydrated};
use crate::browser;
use leptos::prelude::*;
use std::time::Duration;

/// Puts a text into the clipboard. It needs scripts; without them it isn't there, and the text beside it can be
/// selected.
#[component]
pub fn CopyButton(
    #[prop(into)] text: Signal<String>,
    #[prop(default = "Copy".into(), into)] label: String,
    /// What is copied, for a screen reader: `organization ID`.
    #[prop(optional, into)]
    what: Option<String>,
) -> impl IntoView {
    let hydrated = hydrated();
    let (copied, set_copied) = signal(false);
    let name = what.map(|what| format!("{label} {what}"));
    let press = move |_| {
        browser::copy_to_clipboard(&text.get_untracked());
        set_copied.set(true);
        set_timeout(
            move || {
                set_copied.try_set(false);
            },
            Duration::from_secs(2),
        );
    };
    view! {
        <span class="copy-button with-script" data-ready=move || hydrated.get().then_some("")>
            <button class="button" type="button" data-kind="quiet" data-size="small" aria-label=name on:click=press>
                {move || {
                    let kind = if copied.get() { IconKind::Ok } else { IconKind::Copy };
                    view! { <Icon kind /> }
                }} <span class="button-label">{label}</span>
            </button>
            <span class="copy-button-said" role="status">
                {move || copied.get().then_some("Copied")}
            </span>
        </span>
    }
}
