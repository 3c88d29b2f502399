//! A form that the browser itself sends.

use crate::browser;
use leptos::{ev::SubmitEvent, prelude::*};

/// Whether a form is under way, and by which button.
#[derive(Clone, Copy)]
pub struct Sending(RwSignal<Option<String>>);

impl Sending {
    #[expect(
        clippy::new_without_default,
        reason = "one belongs to the form that it is made for"
    )]
    pub fn new() -> Self {
        let sending = RwSignal::new(None);
        // A page that Back shows again can be sent again.
        Effect::new(move || browser::on_shown_again(move || sending.set(None)));
        Self(sending)
    }

    pub fn pending(self) -> Signal<bool> {
        Signal::derive(move || self.0.with(Option::is_some))
    }

    /// By the button with this value.
    pub fn by(self, value: impl Into<String>) -> Signal<bool> {
        let value = value.into();
        Signal::derive(move || self.0.with(|sent| sent.as_ref() == Some(&value)))
    }

    fn submit(self, event: &SubmitEvent) {
        if self.0.with_untracked(Option::is_some) {
            event.prevent_default();
        } else {
            self.0.set(Some(browser::pressed(event)));
        }
    }
}

/// A form that is sent once and whose answer is a page, with scripts as without them: for acts of which a refusal shows
/// more than a sentence.
#[component]
pub fn PostForm(
    #[prop(into)] action: String,
    sending: Sending,
    #[prop(optional, into)] class: Option<String>,
    /// Whether files are sent with it.
    #[prop(optional)]
    files: bool,
    children: Children,
) -> impl IntoView {
    view! {
        <form
            class=class
            method="post"
            action=action
            enctype=files.then_some("multipart/form-data")
            on:submit=move |event| sending.submit(&event)
        >
            {children()}
        </form>
    }
}
