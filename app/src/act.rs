//! A form and the server function that it is sent to. One type for all of them, where `ServerAction` and `ActionForm` would
//! be built once for each: what a form sends is what the browser would send without scripts, and the answer is either a
//! failure or the way to another page.

use crate::{browser, error::Result};
use leptos::{ev::SubmitEvent, prelude::*, server_fn::ServerFn};

#[derive(Clone, Copy, Debug)]
pub struct Act {
    path: &'static str,
    under_way: RwSignal<u32>,
    answer: RwSignal<Option<Result<()>>>,
}

impl Act {
    /// To be sent to this server function.
    pub fn of<S: ServerFn>() -> Self {
        Self::to(S::PATH)
    }

    /// For the forms of a part that the browser has no code for, which say themselves where they are sent.
    pub(crate) fn still() -> Self {
        Self::to("")
    }

    fn to(path: &'static str) -> Self {
        Self {
            path,
            under_way: RwSignal::new(0),
            answer: RwSignal::new(None),
        }
    }

    pub fn path(self) -> &'static str {
        self.path
    }

    pub fn pending(self) -> Signal<bool> {
        Signal::derive(move || self.under_way.get() > 0)
    }

    /// The last answer in this page; what a form without scripts was answered stands in the flash.
    pub fn answer(self) -> Option<Result<()>> {
        self.answer.get()
    }

    fn send(self, event: &SubmitEvent) {
        if event.default_prevented() {
            return;
        }
        self.send_to(event, self.path.to_owned(), || {});
    }

    /// Sends a form of a part that the browser has no code for, to where it is written that it goes. A button
    /// that is at work sends nothing again; the others of the part are their own affair.
    pub(crate) fn send_still(self, event: &SubmitEvent) {
        let Some(action) = browser::action_of(event) else {
            return;
        };
        match browser::show_busy(event) {
            Some(done) => self.send_to(event, action, done),
            None => event.prevent_default(),
        }
    }

    fn send_to(self, event: &SubmitEvent, path: String, then: impl FnOnce() + 'static) {
        event.prevent_default();
        self.under_way.update(|count| *count += 1);
        browser::send_form(event, path, move |answer| {
            then();
            // The form may be gone meanwhile.
            self.under_way.try_update(|count| *count -= 1);
            self.answer.try_set(Some(answer));
        });
    }
}

/// The form of an act.
#[component]
pub fn ActForm(
    act: Act,
    #[prop(optional)] class: Option<&'static str>,
    #[prop(optional)] id: Option<&'static str>,
    /// What is done when it is sent, before the answer is there.
    #[prop(optional)]
    on_send: Option<Callback<()>>,
    children: Children,
) -> impl IntoView {
    let send = move |event: SubmitEvent| {
        if let Some(on_send) = on_send {
            on_send.run(());
        }
        act.send(&event);
    };
    view! {
        <form action=act.path method="post" class=class id=id on:submit=send>
            {children()}
        </form>
    }
}
