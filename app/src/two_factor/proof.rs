//! The field that asks for the password where the last proof of who somebody is, is too old for what they do.

use crate::{feedback::Feedback, ui::PasswordField};
use domain::field::Field;
use leptos::prelude::*;

/// Not the name of the field: the page may have another one of it.
const ID: &str = "proof";

/// Shown from the start where it is `wanted`, and once the server asks for it. The browser does not insist on it: other
/// buttons of the form go without.
pub fn proof_field(wanted: bool, feedback: &Feedback) -> impl IntoView + use<> {
    let error = feedback.fault(Field::CurrentPassword);
    let shown = Memo::new(move |_| wanted || error.with(Option::is_some));
    move || {
        shown.get().then(|| {
            view! {
                <PasswordField
                    label="Your password"
                    name=Field::CurrentPassword.name()
                    id=ID
                    autocomplete="current-password"
                    error
                />
            }
        })
    }
}

/// The ids of the fields of forms with this one.
pub fn ids(field: Field) -> &'static str {
    match field {
        Field::CurrentPassword => ID,
        field => field.name(),
    }
}
