//! Three dots that open a list of acts.

use super::{Icon, IconKind};
use leptos::prelude::*;

/// Three dots that open a list of acts. The browser keeps one open at a time (`name`); the page closes it on Esc, on a
/// press elsewhere and on a choice, where scripts run.
#[component]
pub fn Menu(
    /// Whose menu it is, for a screen reader: `Actions for Ada Lovelace`.
    #[prop(into)]
    label: String,
    children: Children,
) -> impl IntoView {
    view! {
        <details class="menu" name="menu" data-menu="">
            <summary class="menu-button" aria-label=label>
                <Icon kind=IconKind::Dots />
            </summary>
            <div class="menu-panel">{children()}</div>
        </details>
    }
}
