//! Who somebody is, in a table or list.

use super::{Avatar, MaybeText};
use leptos::prelude::*;

/// Who somebody is, in a table or list: initials, name, and a small line such as the address.
#[component]
pub fn Person(
    #[prop(into)] name: String,
    #[prop(optional, into)] detail: MaybeText,
    #[prop(into)] initials: String,
    #[prop(optional)] hue: u8,
    /// Their page; the name becomes a link.
    #[prop(optional, into)]
    href: MaybeText,
) -> impl IntoView {
    let name = match href.0 {
        Some(href) => view! { <a href=href>{name}</a> }.into_any(),
        None => name.into_any(),
    };
    view! {
        <span class="person">
            <Avatar initials hue />
            <span class="person-text">
                <b>{name}</b>
                {detail.0.map(|detail| view! { <small>{detail}</small> })}
            </span>
        </span>
    }
}
