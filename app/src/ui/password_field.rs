//! A password with its label, hint and error; what is typed never comes back from the server.

use super::{
    Icon, IconKind,
    field::{Field, described_by},
    hydrated::hydrated,
};
use leptos::prelude::*;

/// A password with its label, hint and error; what is typed never comes back from the server. Once scripts work it can
/// be shown. Children stand below it: a `Meter`.
#[component]
pub fn PasswordField(
    #[prop(into)] label: String,
    #[prop(into)] name: String,
    #[prop(optional, into)] id: Option<String>,
    /// `current-password` or `new-password`, for password managers.
    #[prop(into)]
    autocomplete: String,
    #[prop(optional, into)] error: Signal<Option<String>>,
    #[prop(optional, into)] hint: MaybeProp<String>,
    #[prop(optional)] required: bool,
    #[prop(optional, into)] maxlength: Option<u32>,
    #[prop(optional)] autofocus: bool,
    #[prop(optional, into)] on_input: Option<Callback<(String,)>>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let id = id.unwrap_or_else(|| name.clone());
    let described_by = described_by(&id, hint, error);
    let (shown, set_shown) = signal(false);
    let hydrated = hydrated();
    view! {
        <Field id=id.clone() label hint error>
            <div class="password">
                <input
                    class="input"
                    type=move || if shown.get() { "text" } else { "password" }
                    id=id.clone()
                    name=name
                    autocomplete=autocomplete
                    autocapitalize="none"
                    spellcheck="false"
                    required=required
                    maxlength=maxlength
                    autofocus=autofocus
                    aria-invalid=move || error.with(Option::is_some).then_some("true")
                    aria-describedby=move || described_by.get()
                    on:input=move |event| {
                        if let Some(on_input) = on_input {
                            on_input.run((event_target_value(&event),));
                        }
                    }
                />
                <button
                    class="password-toggle"
                    type="button"
                    hidden=move || !hydrated.get()
                    aria-controls=id
                    aria-pressed=move || if shown.get() { "true" } else { "false" }
                    aria-label="Show password"
                    on:click=move |_| set_shown.update(|shown| *shown = !*shown)
                >
                    {move || {
                        let kind = if shown.get() { IconKind::EyeOff } else { IconKind::Eye };
                        view! { <Icon kind /> }
                    }}
                </button>
            </div>
            {children.map(|children| children())}
        </Field>
    }
}
