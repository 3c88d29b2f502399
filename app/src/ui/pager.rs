//! Links to the page before and after, each where there is one.

use super::{Icon, IconKind, MaybeText};
use leptos::prelude::*;

/// Links to the page before and after, each where there is one.
#[component]
pub fn Pager(
    #[prop(optional, into)] previous: MaybeText,
    #[prop(optional, into)] next: MaybeText,
    /// What is shown, between the two.
    #[prop(optional, into)]
    note: MaybeText,
    #[prop(default = "Pages".into(), into)] label: String,
) -> impl IntoView {
    let needed = previous.0.is_some() || next.0.is_some() || note.0.is_some();
    let back = previous.0.map(|href| {
        view! {
            <a class="button" href=href rel="prev">
                <Icon kind=IconKind::Previous />
                "Previous"
            </a>
        }
    });
    let forth = next.0.map(|href| {
        view! {
            <a class="button" href=href rel="next">
                "Next"
                <Icon kind=IconKind::Next />
            </a>
        }
    });
    needed.then(|| {
        view! {
            <nav class="pager" aria-label=label>
                {back}
                <span class="muted numeric">{note.0}</span>
                {forth}
            </nav>
        }
    })
}
