//! Something to know before going on, in its place on the page; it stays.

use super::{Icon, IconKind};
use leptos::prelude::*;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NoticeKind {
    #[default]
    Info,
    Good,
    Wait,
    Bad,
}

impl NoticeKind {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Good => "good",
            Self::Wait => "wait",
            Self::Bad => "bad",
        }
    }

    pub(super) fn icon(self) -> IconKind {
        match self {
            Self::Info => IconKind::Info,
            Self::Good => IconKind::Ok,
            Self::Wait | Self::Bad => IconKind::Warning,
        }
    }
}

/// Something to know before going on, in its place on the page; it stays.
#[component]
pub fn Notice(
    #[prop(optional)] kind: NoticeKind,
    #[prop(optional, into)] title: Option<String>,
    children: Children,
) -> impl IntoView {
    view! {
        <div class="notice" data-kind=kind.as_str()>
            <Icon kind=kind.icon() />
            <div>{title.map(|title| view! { <b>{title}</b> })} <div>{children()}</div></div>
        </div>
    }
}
