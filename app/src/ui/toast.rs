//! What was just done, in one sentence, with an Undo as child where there is one.

use super::{Icon, IconKind, NoticeKind};
use crate::browser;
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};
use std::time::Duration;

/// Long enough for one sentence.
const SHOWN: Duration = Duration::from_secs(5);
/// Long enough to change one's mind, and to come to the button by keyboard.
const SHOWN_WITH_ACT: Duration = Duration::from_secs(20);

/// What was just done, in one sentence, with an Undo as child where there is one. Where scripts run it goes after five
/// seconds, not while it is pointed at or holds the focus. Without them a link takes it away.
#[component]
pub fn Toast(
    #[prop(into)] text: Signal<String>,
    #[prop(default = NoticeKind::Good)] kind: NoticeKind,
    /// The same page without it.
    #[prop(into)]
    dismiss_href: String,
    /// Called when it has gone; else the address becomes `dismiss_href` in place.
    #[prop(optional, into)]
    on_dismiss: Option<Callback<()>>,
    /// Whether its child is something to do: it then stays longer.
    #[prop(optional)]
    has_act: bool,
    /// Whether it stays until it is dismissed, as what went wrong does.
    #[prop(optional)]
    stays: bool,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let shown = RwSignal::new(true);
    let held = RwSignal::new(false);
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let stop = move || {
        if let Some(timer) = timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    };
    let href = StoredValue::new(dismiss_href.clone());
    let dismiss = move || {
        stop();
        shown.set(false);
        match on_dismiss {
            Some(on_dismiss) => on_dismiss.run(()),
            None => href.with_value(|href| browser::replace_address(href)),
        }
    };
    Effect::new(move || {
        text.track();
        shown.set(true);
        stop();
        // What went wrong stays until it is dismissed.
        if !held.get() && !stays && kind != NoticeKind::Bad {
            let time = if has_act { SHOWN_WITH_ACT } else { SHOWN };
            timer.set_value(set_timeout_with_handle(dismiss, time).ok());
        }
    });
    on_cleanup(stop);
    view! {
        <section
            class="toast"
            aria-label="Notification"
            data-kind=kind.as_str()
            hidden=move || !shown.get()
            on:mouseenter=move |_| held.set(true)
            on:mouseleave=move |_| held.set(false)
            on:focusin=move |_| held.set(true)
            on:focusout=move |_| held.set(false)
        >
            <Icon kind=kind.icon() />
            <p role="status">{move || text.get()}</p>
            {children.map(|children| view! { <div class="toast-action">{children()}</div> })}
            <a
                class="toast-dismiss"
                href=dismiss_href
                aria-label="Dismiss"
                on:click=move |event| {
                    event.prevent_default();
                    dismiss();
                }
            >
                <Icon kind=IconKind::Close />
            </a>
        </section>
    }
}
