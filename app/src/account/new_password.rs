//! The field for a new password. While it is typed the server is asked for the judgement it would make at the end.

use super::api::judge_password;
use crate::ui::{Meter, PasswordField};
use domain::password::PasswordLength;
use leptos::{leptos_dom::helpers::debounce, prelude::*, task::spawn_local};
use std::time::Duration;

/// Long enough not to ask for every letter, short enough to feel like an answer.
const PAUSE: Duration = Duration::from_millis(250);

#[component]
pub fn NewPassword(
    #[prop(default = "Password")] label: &'static str,
    length: PasswordLength,
    error: Signal<Option<String>>,
    /// Address, first name, last name and organization as typed so far.
    context: [RwSignal<String>; 4],
) -> impl IntoView {
    let level = RwSignal::new(0_u8);
    let sentence = RwSignal::new(String::new());
    let newest = StoredValue::new(0_u32);
    let judge = debounce(PAUSE, move |password: String| {
        let this = newest.get_value().wrapping_add(1);
        newest.set_value(this);
        if password.is_empty() {
            level.set(0);
            sentence.set(String::new());
            return;
        }
        let context = context.map(|text| text.get_untracked());
        spawn_local(async move {
            // Without an answer the form is judged when it is sent.
            let judged = judge_password(password, context).await;
            // An answer that comes late is about something that is not in the field any more.
            if newest.try_get_value() != Some(this) {
                return;
            }
            if let Ok(judgement) = judged {
                level.set(judgement.level());
                sentence.set(judgement.sentence());
            }
        });
    });
    let judge = StoredValue::new(std::sync::Mutex::new(judge));
    let on_input = Callback::from(move |password: String| {
        judge.with_value(|judge| {
            if let Ok(mut judge) = judge.lock() {
                judge(password);
            }
        });
    });
    view! {
        <PasswordField
            label=label
            name="password"
            autocomplete="new-password"
            hint=format!("{} characters or more. A sentence is best.", length.min)
            error
            required=true
            on_input
        >
            <Meter level sentence />
        </PasswordField>
    }
}
