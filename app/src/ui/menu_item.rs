//! An entry of a menu that leads somewhere.

use super::{Icon, IconKind};
use leptos::{ev::MouseEvent, prelude::*};

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

/// An entry that sends its form.
#[component]
pub fn MenuSubmit(
    #[prop(optional)] icon: Option<IconKind>,
    #[prop(optional)] danger: bool,
    #[prop(optional, into)] name: Option<String>,
    #[prop(optional, into)] value: Option<String>,
    #[prop(optional, into)] form: Option<String>,
    #[prop(optional, into)] pending: Signal<bool>,
    #[prop(optional, into)] why_disabled: Signal<Option<String>>,
    children: Children,
) -> impl IntoView {
    let disabled = move || why_disabled.with(Option::is_some);
    let press = move |event: MouseEvent| {
        if pending.get_untracked() || why_disabled.with_untracked(Option::is_some) {
            event.prevent_default();
        }
    };
    view! {
        <button
            class="menu-item"
            type=move || if disabled() { "button" } else { "submit" }
            name=name
            value=value
            form=form
            data-danger=danger.then_some("")
            aria-busy=move || pending.get().then_some("true")
            aria-disabled=move || (pending.get() || disabled()).then_some("true")
            on:click=press
        >
            {icon.map(|kind| view! { <Icon kind /> })}
            <span>{children()} <Why why=why_disabled /></span>
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

/// Why an entry can't be used now, as its second line.
#[component]
fn Why(why: Signal<Option<String>>) -> impl IntoView {
    move || why.get().map(|why| view! { <small>{why}</small> })
}
