//! Whose password a form asks for, for password managers.

use leptos::prelude::*;

/// In a form that has no field of its own for it.
pub fn hidden_username(email: &str) -> impl IntoView + use<> {
    view! {
        <input
            class="visually-hidden"
            type="email"
            name="account_email"
            autocomplete="username"
            value=email.to_owned()
            readonly
            tabindex="-1"
            aria-hidden="true"
        />
    }
}
