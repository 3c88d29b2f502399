//! A native dialog, closed by Esc or Cancel, with `DialogBody` and `DialogFooter` in it (in a form, if it
//! asks for something).

use crate::browser;
use leptos::{
    context::Provider,
    ev::{Event, MouseEvent},
    prelude::*,
};

/// What the parts of a dialog need to know of it.
#[derive(Clone)]
struct Surroundings {
    id: String,
    close_href: Option<String>,
}

/// A native dialog, closed by Esc or Cancel, with `DialogBody` and `DialogFooter` in it (in a form, if it asks for
/// something). Without scripts an `open` one stands over the page in the same look; with them it is a modal one.
#[component]
pub fn Dialog(
    #[prop(into)] id: String,
    #[prop(into)] title: Signal<String>,
    #[prop(optional, into)] lead: MaybeProp<String>,
    /// Whether it is open from the start, because a form in it failed or the address asks for it; a later change opens
    /// or closes it.
    #[prop(optional, into)]
    open: Signal<bool>,
    /// Where Cancel and Esc lead, for a dialog that an address opened.
    #[prop(optional, into)]
    close_href: MaybeProp<String>,
    #[prop(optional)] wide: bool,
    /// Whether Esc leaves it open: what it shows is shown once.
    #[prop(optional)]
    insists: bool,
    children: Children,
) -> impl IntoView {
    let title_id = format!("{id}-title");
    let close_href = close_href.get_untracked();
    let follows_address = close_href.is_some();
    let surroundings = Surroundings {
        id: id.clone(),
        close_href,
    };
    let cancel_id = cancel_id(&id);
    let followed = id.clone();
    Effect::new(move |before: Option<bool>| {
        let now = open.get();
        if now {
            browser::show_dialog(&followed);
        } else if before == Some(true) {
            browser::close_dialog(&followed);
        }
        now
    });
    view! {
        <dialog
            class="dialog"
            id=id
            closedby=if insists { "none" } else { "closerequest" }
            open=open.get_untracked()
            data-wide=wide.then_some("")
            data-insists=insists.then_some("")
            aria-labelledby=title_id
            on:cancel=move |event: Event| {
                if insists {
                    event.prevent_default();
                }
            }
            on:close=move |_| {
                if follows_address {
                    browser::click(&cancel_id);
                }
            }
        >
            <header class="dialog-header">
                <h2 id=title_id.clone()>{move || title.get()}</h2>
                {move || lead.get().map(|lead| view! { <p class="muted">{lead}</p> })}
            </header>
            <Provider value=surroundings>{children()}</Provider>
        </dialog>
    }
}

fn cancel_id(dialog: &str) -> String {
    format!("{dialog}-cancel")
}

/// What a dialog says and asks; it scrolls when there is more than fits.
#[component]
pub fn DialogBody(children: Children) -> impl IntoView {
    view! { <div class="dialog-body">{children()}</div> }
}

/// Cancel, and the buttons given as children.
#[component]
pub fn DialogFooter(
    #[prop(default = "Cancel".into(), into)] cancel: String,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let Surroundings { id, close_href } = expect_context();
    let (cancel_id, dialog) = (cancel_id(&id), id.clone());
    let cancel = if let Some(href) = close_href {
        // Closing first gives the focus back to the opener; the dialog then presses this link again, closed.
        let close = move |event: MouseEvent| {
            if browser::is_dialog_open(&id) {
                event.prevent_default();
                browser::close_dialog(&id);
            }
        };
        view! {
            <a class="button" href=href id=cancel_id on:click=close>
                {cancel}
            </a>
        }
        .into_any()
    } else {
        view! {
            <button class="button" type="button" id=cancel_id command="close" commandfor=dialog>
                {cancel}
            </button>
        }
        .into_any()
    };
    view! { <footer class="dialog-footer">{cancel} {children.map(|children| children())}</footer> }
}
