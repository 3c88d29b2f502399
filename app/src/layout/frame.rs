//! The frame of every page behind the sign-in: who you are at the top left, where you can go, and the content.
//! On a phone the same parts make a bar at the top.

use super::wordmark::Wordmark;
use crate::ui::{Avatar, Icon, IconKind};
use domain::person_name::initials;
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

/// Who is signed in, as the sidebar says it.
#[derive(Clone, Debug)]
pub struct Signed {
    pub name: String,
    pub email: String,
    pub organization: String,
    pub hue: u8,
}

/// The part of the frame that stays as it is. `path` is the address shown, `menu` what the one under the person's name holds,
/// `version` that of the program, such as `0.1.0`.
pub fn sidebar<M: IntoView + 'static>(
    signed: &Signed,
    nav: &[NavItem],
    path: &str,
    menu: M,
    version: &'static str,
) -> impl IntoView + use<M> {
    let Signed {
        name,
        email,
        organization,
        hue,
    } = signed.clone();
    let person = view! {
        <details class="menu user-menu" name="menu" data-menu="">
            <summary>
                <Avatar initials=initials(&name) hue />
                <span class="user-menu-names">
                    <span class="visually-hidden">"Account menu of "</span>
                    <b>{name}</b>
                    <small>{organization.clone()}</small>
                </span>
                <Icon kind=IconKind::Down />
            </summary>
            <div class="menu-panel">
                <p class="user-menu-email">{email}</p>
                {menu}
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
    view! {
        <header class="sidebar">
            {person} <b class="sidebar-organization" aria-hidden="true">
                {organization}
            </b> {places} <div class="sidebar-footer">
                <Wordmark quiet=true version />
            </div>
        </header>
    }
}

/// The frame around a page.
#[component]
pub fn Frame(sidebar: AnyView, children: Children) -> impl IntoView {
    view! {
        <a class="skip-link" href="#content">
            "Skip to content"
        </a>
        <div class="frame">
            {sidebar} <main id="content" class="content" tabindex="-1">
                {children()}
            </main>
        </div>
    }
}

/// The links, with a heading wherever the section changes.
fn nav_links(nav: &[NavItem], path: &str) -> impl IntoView + use<> {
    let mut section = None;
    let link = |item: &NavItem| {
        let heading = (item.section != section).then_some(item.section).flatten();
        section = item.section;
        view! {
            {heading.map(|heading| view! { <p class="nav-section">{heading}</p> })}
            <a class="nav-link" href=item.href.clone() aria-current=item.holds(path).then_some("page")>
                <Icon kind=item.icon />
                {item.label}
            </a>
        }
    };
    nav.iter().map(link).collect_view()
}
