//! The page: all sections, once in each theme.

use super::{
    actions::{buttons, dialogs, icons, menus, navigation},
    data::{cards, people, table},
    fields::{choices, fields, password},
    messages::{empty, errors, notices, toasts},
};
use crate::{layout::wordmark::Wordmark, travel, ui::PageHeader};
use leptos::prelude::*;

#[component]
pub fn DesignPage() -> impl IntoView {
    travel::when_arrived("Design · Usher".to_owned(), [], |[]| {
        view! {
            <main class="design" id="content" tabindex="-1">
                {gallery("light")}
                {gallery("dark")}
            </main>
        }
        .into_any()
    })
}

/// All sections. `theme` is also the beginning of every id, since each is on the page twice.
fn gallery(theme: &'static str) -> AnyView {
    let sections = [
        ("Buttons", buttons(theme)),
        ("Menus", menus(theme)),
        ("Navigation", navigation(theme)),
        ("Fields", fields(theme)),
        ("Passwords", password(theme)),
        ("Choices", choices(theme)),
        ("Errors of a form", errors(theme)),
        ("Notices", notices()),
        ("Toasts", toasts()),
        ("Empty states", empty()),
        ("Cards", cards(theme)),
        ("People", people()),
        ("Table", table(theme)),
        ("Dialogs", dialogs(theme)),
        ("Icons", icons()),
    ];
    let sections = sections.map(|(title, parts)| {
        view! {
            <section class="design-section">
                <h2>{title}</h2>
                <div class="design-parts">{parts}</div>
            </section>
        }
    });
    view! {
        <div class="design-gallery" data-theme=theme>
            <PageHeader title=format!("Design, {theme}") lead="Every component in every state.">
                <Wordmark version=env!("CARGO_PKG_VERSION") />
            </PageHeader>
            {sections.collect_view()}
        </div>
    }
    .into_any()
}
