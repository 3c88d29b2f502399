//! Links between the views of a page.

use leptos::prelude::*;

/// One of the views of a page, at its own address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tab {
    href: String,
    label: String,
    count: Option<String>,
    current: bool,
}

impl Tab {
    pub fn new(href: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            href: href.into(),
            label: label.into(),
            count: None,
            current: false,
        }
    }

    #[must_use]
    pub fn count(mut self, count: impl Into<String>) -> Self {
        self.count = Some(count.into());
        self
    }

    #[must_use]
    pub fn current(mut self, current: bool) -> Self {
        self.current = current;
        self
    }
}

/// Links between the views of a page.
#[component]
pub fn Tabs(#[prop(into)] label: String, #[prop(into)] tabs: Vec<Tab>) -> impl IntoView {
    let link = |tab: Tab| {
        view! {
            <a href=tab.href aria-current=tab.current.then_some("page")>
                {tab.label}
                {tab.count.map(|count| view! { " " <span class="numeric">{count}</span> })}
            </a>
        }
    };
    view! {
        <nav class="tabs" aria-label=label>
            {tabs.into_iter().map(link).collect_view()}
        </nav>
    }
}
