//! Rows of the same kind.

use super::{Icon, IconKind, MaybeText};
use leptos::prelude::*;

/// Rows of the same kind. On a phone each row is a card: cells name themselves by `data-label`; the first is the card's
/// heading and `data-cell="menu"` stands in its corner.
#[component]
pub fn DataTable(
    /// What the table lists, for a screen reader.
    #[prop(into)]
    caption: String,
    /// By this name the style of the page knows how wide each column is, whatever stands in it: a table that arrives row
    /// by row, on a slow line, does not move.
    columns: &'static str,
    children: Children,
) -> impl IntoView {
    view! {
        <div class="data-table">
            <table data-columns=columns>
                <caption class="visually-hidden">{caption}</caption>
                {children()}
            </table>
        </div>
    }
}

/// The order that a column gives the rows now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sorted {
    Ascending,
    Descending,
}

/// The name of a column; with `href` a link that sorts by it.
#[component]
pub fn ColumnHeader(
    #[prop(into)] label: String,
    #[prop(optional, into)] href: MaybeText,
    #[prop(optional_no_strip)] sorted: Option<Sorted>,
    /// For the column of the row menus, whose name only a screen reader needs.
    #[prop(optional)]
    hide_label: bool,
) -> impl IntoView {
    let (order, arrow) = match sorted {
        Some(Sorted::Ascending) => (Some("ascending"), Some(IconKind::Ascending)),
        Some(Sorted::Descending) => (Some("descending"), Some(IconKind::Descending)),
        None => (None, None),
    };
    let name = match href.0 {
        Some(href) => {
            let arrow = arrow.map(|kind| view! { <Icon kind /> });
            view! { <a href=href>{label} {arrow}</a> }.into_any()
        }
        None if hide_label => view! { <span class="visually-hidden">{label}</span> }.into_any(),
        None => label.into_any(),
    };
    view! {
        <th scope="col" aria-sort=order>
            {name}
        </th>
    }
}
