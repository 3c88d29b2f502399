//! What every page says to somebody whose organization asks for two-factor authentication that they don't have.

use crate::{
    routes,
    ui::{Notice, NoticeKind, Time},
    viewer::Person,
};
use leptos::prelude::*;

pub fn demand_note(person: &Person) -> Option<AnyView> {
    let from = person.must_enrol_from?;
    let when = view! { <Time datetime=from.rfc3339() text=from.date() title=from.date_and_time() /> };
    let set_up = view! { <a href=routes::settings_dialog("two-factor")>"Set it up"</a> };
    let note = if person.must_enrol {
        view! {
            <Notice kind=NoticeKind::Bad title="Your access waits for two-factor authentication">
                <p>
                    "Your organization asks for it since " {when} ". " {set_up}
                    ", and you get all your access back at once."
                </p>
            </Notice>
        }
        .into_any()
    } else {
        view! {
            <Notice kind=NoticeKind::Wait title="Two-factor authentication will be needed">
                <p>
                    "Your organization asks for it from " {when} " on. " {set_up}
                    " now: it takes a minute."
                </p>
            </Notice>
        }
        .into_any()
    };
    Some(note)
}
