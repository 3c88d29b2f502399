//! A link that looks like a button.

use super::{ButtonKind, ButtonSize, Icon, IconKind};
use leptos::prelude::*;

/// A link that looks like a button: it goes somewhere, it changes nothing.
#[component]
pub fn ButtonLink(
    #[prop(into)] href: String,
    #[prop(optional)] kind: ButtonKind,
    #[prop(optional)] size: ButtonSize,
    #[prop(optional)] wide: bool,
    #[prop(optional)] icon: Option<IconKind>,
    /// Whether it leaves the console's own pages (an identity provider, a download).
    #[prop(optional)]
    external: bool,
    #[prop(optional, into)] id: Option<String>,
    #[prop(optional, into)] label: Option<String>,
    children: Children,
) -> impl IntoView {
    view! {
        <a
            class="button"
            href=href
            rel=external.then_some("external")
            data-kind=kind.as_str()
            data-size=size.as_str()
            data-wide=wide.then_some("")
            id=id
            aria-label=label
        >
            {icon.map(|kind| view! { <Icon kind /> })}
            <span class="button-label">{children()}</span>
        </a>
    }
}
