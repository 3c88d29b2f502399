//! A button that opens a dialog of the same page, without scripts too where the browser knows `command`.

use super::{
    ButtonKind, ButtonSize, Icon, IconKind,
    reason::{Reason, reason_id},
};
use leptos::prelude::*;

/// A button that opens a dialog of the same page, without scripts too where the browser knows `command`.
#[component]
pub fn DialogButton(
    /// The id of the dialog.
    #[prop(into)]
    dialog: String,
    #[prop(optional)] kind: ButtonKind,
    #[prop(optional)] size: ButtonSize,
    #[prop(optional)] wide: bool,
    #[prop(optional)] icon: Option<IconKind>,
    #[prop(optional, into)] why_disabled: Signal<Option<String>>,
    #[prop(optional, into)] id: Option<String>,
    #[prop(optional, into)] label: Option<String>,
    children: Children,
) -> impl IntoView {
    let reason_id = reason_id(
        id.clone().or_else(|| Some(format!("{dialog}-opener"))),
        why_disabled,
    );
    let disabled = move || why_disabled.with(Option::is_some);
    view! {
        <button
            class="button"
            type="button"
            command="show-modal"
            commandfor=move || (!disabled()).then(|| dialog.clone())
            aria-haspopup="dialog"
            data-kind=kind.as_str()
            data-size=size.as_str()
            data-wide=wide.then_some("")
            id=id
            aria-label=label
            aria-disabled=move || disabled().then_some("true")
            aria-describedby=move || reason_id.get()
        >
            {icon.map(|kind| view! { <Icon kind /> })}
            <span class="button-label">{children()}</span>
        </button>
        <Reason id=reason_id why=why_disabled />
    }
}
