//! A button that sends its form, or, given `on_click`, one that does only that.

use super::{
    Icon, IconKind,
    reason::{Reason, reason_id},
};
use leptos::{ev::MouseEvent, prelude::*};

/// How much a button asks for: at most one `Primary` in sight, `Danger` for what can't be undone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonKind {
    Primary,
    #[default]
    Plain,
    Danger,
    Quiet,
}

impl ButtonKind {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::Plain => "plain",
            Self::Danger => "danger",
            Self::Quiet => "quiet",
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonSize {
    Small,
    #[default]
    Medium,
    Large,
}

impl ButtonSize {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Small => "small",
            Self::Medium => "medium",
            Self::Large => "large",
        }
    }
}

/// A button that sends its form, or, given `on_click`, one that does only that. While `pending` it shows that it works,
/// keeps its width, and a second press does nothing. With `why_disabled` it can be reached and read, but not used.
#[component]
pub fn Button(
    #[prop(optional)] kind: ButtonKind,
    #[prop(optional)] size: ButtonSize,
    #[prop(optional)] wide: bool,
    #[prop(optional)] icon: Option<IconKind>,
    #[prop(optional, into)] pending: Signal<bool>,
    /// The reason why this person can't use it now. Give an `id` too where two buttons may have the same reason.
    #[prop(optional, into)]
    why_disabled: Signal<Option<String>>,
    #[prop(optional, into)] id: Option<String>,
    #[prop(optional, into)] name: Option<String>,
    #[prop(optional, into)] value: Option<String>,
    /// The id of the form that it sends, when it stands outside of it.
    #[prop(optional, into)]
    form: Option<String>,
    /// Where it posts a form whose other buttons ask by `GET`.
    #[prop(optional, into)]
    post_to: Option<String>,
    /// The name for a screen reader, when the words in it are too few.
    #[prop(optional, into)]
    label: Option<String>,
    #[prop(optional, into)] on_click: Option<Callback<()>>,
    children: Children,
) -> impl IntoView {
    let disabled = move || why_disabled.with(Option::is_some);
    let reason_id = reason_id(id.clone(), why_disabled);
    let press = move |event: MouseEvent| {
        if pending.get_untracked() || why_disabled.with_untracked(Option::is_some) {
            event.prevent_default();
        } else if let Some(on_click) = on_click {
            on_click.run(());
        }
    };
    view! {
        <button
            class="button"
            // A disabled one is no submit button, so that it does nothing without scripts either.
            type=move || if on_click.is_some() || disabled() { "button" } else { "submit" }
            data-kind=kind.as_str()
            data-size=size.as_str()
            data-wide=wide.then_some("")
            id=id
            name=name
            value=value
            form=form
            formmethod=post_to.is_some().then_some("post")
            formaction=post_to
            aria-label=label
            aria-busy=move || pending.get().then_some("true")
            aria-disabled=move || (pending.get() || disabled()).then_some("true")
            aria-describedby=move || reason_id.get()
            on:click=press
        >
            {icon.map(|kind| view! { <Icon kind /> })}
            <span class="button-label">{children()}</span>
        </button>
        <Reason id=reason_id why=why_disabled />
    }
}
