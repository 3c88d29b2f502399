//! Links to the page before and after, each where there is one.

use super::{Icon, IconKind};
use leptos::prelude::*;

/// Links to the page before and after, each where there is one.
#[component]
pub fn Pager(
    #[prop(optional, into)] previous: MaybeProp<String>,
    #[prop(optional, into)] next: MaybeProp<String>,
    /// What is shown, between the two.
    #[prop(optional, into)]
    note: MaybeProp<String>,
    #[prop(default = "Pages".into(), into)] label: String,
) -> impl IntoView {
    let back = move || {
        let href = previous.get()?;
        Some(view! {
            <a class="button" href=href rel="prev">
                <Icon kind=IconKind::Previous />
                "Previous"
            </a>
        })
    };
    let forth = move || {
        let href = next.get()?;
        Some(view! {
            <a class="button" href=href rel="next">
                "Next"
                <Icon kind=IconKind::Next />
            </a>
        })
    };
    move || {
        let needed = previous.get().is_some() || next.get().is_some() || note.get().is_some();
        needed.then(|| {
            view! {
                <nav class="pager" aria-label=label.clone()>
                    {back}
                    <span class="muted numeric">{move || note.get()}</span>
                    {forth}
                </nav>
            }
        })
    }
}
