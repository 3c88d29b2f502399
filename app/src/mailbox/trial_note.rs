//! The hint that mails of a trial are shown here.

use crate::{routes, viewer::Viewer};
use leptos::prelude::*;

/// A quiet line, where there is a mailbox.
pub fn trial_note(viewer: &Viewer) -> impl IntoView + use<> {
    viewer.has_mailbox.then(|| {
        view! {
            <p class="trial-note">
                "Trial mode: mails are shown at " <a href=routes::MAILBOX>{routes::MAILBOX}</a>
            </p>
        }
    })
}
