//! The state of a thing in one or two words.

use leptos::prelude::*;

/// What a state means for the reader; the word says it too, never the colour alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BadgeKind {
    Good,
    Wait,
    Bad,
    #[default]
    Idle,
}

impl BadgeKind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Wait => "wait",
            Self::Bad => "bad",
            Self::Idle => "idle",
        }
    }
}

/// The state of a thing in one or two words.
#[component]
pub fn Badge(#[prop(optional)] kind: BadgeKind, #[prop(into)] text: String) -> impl IntoView {
    view! {
        <span class="badge" data-kind=kind.as_str()>
            {text}
        </span>
    }
}
