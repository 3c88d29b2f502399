//! An entry of a menu that leads somewhere.

use super::{Icon, IconKind, MaybeText};
use leptos::prelude::*;

/// An entry of a menu that leads somewhere.
#[component]
pub fn MenuLink(
    #[prop(into)] href: String,
    #[prop(optional)] icon: Option<IconKind>,
    #[prop(optional)] danger: bool,
    #[prop(optional)] external: bool,
    children: Children,
) -> impl IntoView {
    view! {
        <a
            class="menu-item"
            href=href
            rel=external.then_some("external")
            data-danger=danger.then_some("")
        >
            {icon.map(|kind| view! { <Icon kind /> })}
            <span>{children()}</span>
        </a>
    }
}

/// An entry that sends its form; `why_disabled` is its second line then, and it sends nothing.
#[component]
pub fn MenuSubmit(
    #[prop(optional)] icon: Option<IconKind>,
    #[prop(optional)] danger: bool,
    #[prop(optional, into)] name: Option<String>,
    #[prop(optional, into)] value: Option<String>,
    #[prop(optional, into)] form: Option<String>,
    #[prop(optional, into)] why_disabled: MaybeText,
    children: Children,
) -> impl IntoView {
    let is_disabled = why_disabled.0.is_some();
    view! {
        <button
            class="menu-item"
            type=if is_disabled { "button" } else { "submit" }
            name=name
            value=value
            form=form
            data-danger=danger.then_some("")
            aria-disabled=is_disabled.then_some("true")
        >
            {icon.map(|kind| view! { <Icon kind /> })}
            <span>{children()} {why_disabled.0.map(|why| view! { <small>{why}</small> })}</span>
        </button>
    }
}

/// A part of a menu set off by a line, with a heading or not.
#[component]
pub fn MenuSection(#[prop(optional, into)] label: Option<String>, children: Children) -> impl IntoView {
    view! {
        <div class="menu-section">
            {label.map(|label| view! { <p class="menu-section-label">{label}</p> })} {children()}
        </div>
    }
}
