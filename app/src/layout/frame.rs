//! The frame of every page behind the sign-in: who you are at the top left, where you can go, and the content.
//! On a phone the same parts make a bar at the top.

use super::wordmark::Wordmark;
use crate::{
    browser,
    ui::{Avatar, Icon, IconKind},
};
use leptos::prelude::*;

/// One place in the navigation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NavItem {
    href: String,
    label: &'static str,
    icon: IconKind,
    section: Option<&'static str>,
    /// Another place that is shown under it.
    also: Option<&'static str>,
}

impl NavItem {
    pub fn new(href: impl Into<String>, label: &'static str, icon: IconKind) -> Self {
        Self {
            href: href.into(),
            label,
            icon,
            section: None,
            also: None,
        }
    }

    #[must_use]
    pub fn also(mut self, href: &'static str) -> Self {
        self.also = Some(href);
        self
    }

    /// The heading under which it stands; written where it differs from the item before.
    #[must_use]
    pub fn section(mut self, section: &'static str) -> Self {
        self.section = Some(section);
        self
    }

    /// Whether a path is this place or one below it.
    fn holds(&self, path: &str) -> bool {
        if self.also == Some(path) {
            return true;
        }
        match path.strip_prefix(self.href.as_str()) {
            Some("") => true,
            Some(rest) => self.href != "/" && rest.starts_with('/'),
            None => false,
        }
    }
}

/// The frame around a page. `path` is the address shown, `user_menu` what the menu under the person's name holds.
#[component]
pub fn Frame(
    #[prop(into)] name: Signal<String>,
    #[prop(into)] organization: Signal<String>,
    #[prop(into)] initials: Signal<String>,
    #[prop(optional)] hue: u8,
    #[prop(optional, into)] email: MaybeProp<String>,
    #[prop(into)] nav: Signal<Vec<NavItem>>,
    #[prop(into)] path: Signal<String>,
    #[prop(into)] user_menu: ViewFnOnce,
    #[prop(optional, into)] version: MaybeProp<String>,
    children: Children,
) -> impl IntoView {
    Effect::new(browser::watch_menus);
    let person = view! {
        <details class="menu user-menu" name="menu" data-menu="">
            <summary>
                <Avatar initials hue />
                <span class="user-menu-names">
                    <span class="visually-hidden">"Account menu of "</span>
                    <b>{move || name.get()}</b>
                    <small>{move || organization.get()}</small>
                </span>
                <Icon kind=IconKind::Down />
            </summary>
            <div class="menu-panel">
                {move || email.get().map(|email| view! { <p class="user-menu-email">{email}</p> })}
                {user_menu.run()}
            </div>
        </details>
    };
    let places = view! {
        <nav class="sidebar-nav" aria-label="Console">
            {nav_links(nav, path)}
        </nav>
        <details class="phone-nav" name="menu" data-menu="">
            <summary aria-label="Navigation">
                <Icon kind=IconKind::Bars />
            </summary>
            <nav class="phone-nav-panel" aria-label="Console">
                {nav_links(nav, path)}
            </nav>
        </details>
    };
    // `into_any`, so that the type of a whole page stays within what the compiler can follow.
    view! {
        <a class="skip-link" href="#content" rel="external">
            "Skip to content"
        </a>
        <div class="frame">
            <header class="sidebar">
                {person.into_any()}
                <b class="sidebar-organization" aria-hidden="true">
                    {move || organization.get()}
                </b>
                {places.into_any()}
                <div class="sidebar-footer">
                    <Wordmark quiet=true version />
                </div>
            </header>
            <main id="content" class="content" tabindex="-1">
                {children()}
            </main>
        </div>
    }
    .into_any()
}

/// The links, with a heading wherever the section changes.
fn nav_links(nav: Signal<Vec<NavItem>>, path: Signal<String>) -> impl IntoView {
    move || {
        let mut section = None;
        let links = nav.get().into_iter().map(|item| {
            let heading = (item.section != section).then_some(item.section).flatten();
            section = item.section;
            let (href, icon, label) = (item.href.clone(), item.icon, item.label);
            let current = move || path.with(|path| item.holds(path)).then_some("page");
            view! {
                {heading.map(|heading| view! { <p class="nav-section">{heading}</p> })}
                <a class="nav-link" href=href aria-current=current>
                    <Icon kind=icon />
                    {label}
                </a>
            }
        });
        links.collect_view()
    }
}
