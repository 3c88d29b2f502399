//! `/setup`: with the printed link a form, without it where to find the link, and 404 once it is over.

use super::api::{CompleteSetup, look_at_setup};
use crate::{
    account::new_password::NewPassword,
    act::{Act, ActForm},
    feedback::Feedback,
    layout::door::Door,
    loaded::load,
    mailbox::trial_note::trial_note,
    page::door_page,
    travel::use_query_map,
    ui::{Button, ButtonKind, ErrorSummary, Notice, TextField, TextKind},
    viewer::Viewer,
};
use domain::{field::Field, password::PasswordLength};
use leptos::prelude::*;

#[component]
pub fn SetupPage() -> impl IntoView {
    let query = use_query_map();
    let token = move || query.read().get("token").unwrap_or_default();
    let looked = load(token, look_at_setup);
    door_page(
        "Set up",
        looked,
        move |viewer: Viewer, length: Option<PasswordLength>| {
            match length {
        Some(length) => set_up_form(&viewer, length, query.read_untracked().get("token").unwrap_or_default()).into_any(),
        None => view! {
            <Door title="Set up Usher" lead="This installation waits for its first organization.">
                <Notice title="You need the set-up link">
                    <p>"The server printed it when it started. To get a new one, run this where the server runs:"</p>
                    <p>
                        <code>"usher setup-link"</code>
                    </p>
                </Notice>
            </Door>
        }
        .into_any(),
    }
        },
    )
}

fn set_up_form(viewer: &Viewer, length: PasswordLength, token: String) -> impl IntoView + use<> {
    let action = Act::of::<CompleteSetup>();
    let feedback = Feedback::of(action, viewer);
    let typed = [(); 4].map(|()| RwSignal::new(String::new()));
    let [email, first_name, last_name, organization] = typed;
    for (signal, name) in [
        (email, "email"),
        (first_name, "first_name"),
        (last_name, "last_name"),
        (organization, "organization"),
    ] {
        signal.set(feedback.value(name));
    }
    let trial_note = trial_note(viewer);
    let keep = |signal: RwSignal<String>| Callback::from(move |text: String| signal.set(text));
    view! {
        <Door
            title="Set up Usher"
            lead="Name your organization and make its first account. It becomes the administrator."
        >
            <ActForm act=action class="form">
                <ErrorSummary errors=feedback.errors() general=feedback.general() />
                <input type="hidden" name="token" value=token />
                <TextField
                    label="Organization"
                    name="organization"
                    autocomplete="organization"
                    value=feedback.value("organization")
                    error=feedback.fault(Field::Organization)
                    on_input=keep(organization)
                    required=true
                />
                <div class="pair">
                    <TextField
                        label="First name"
                        name="first_name"
                        autocomplete="given-name"
                        value=feedback.value("first_name")
                        error=feedback.fault(Field::FirstName)
                        on_input=keep(first_name)
                        required=true
                    />
                    <TextField
                        label="Last name"
                        name="last_name"
                        autocomplete="family-name"
                        value=feedback.value("last_name")
                        error=feedback.fault(Field::LastName)
                        on_input=keep(last_name)
                        required=true
                    />
                </div>
                <TextField
                    label="Email"
                    name="email"
                    kind=TextKind::Email
                    autocomplete="username"
                    value=feedback.value("email")
                    error=feedback.fault(Field::Email)
                    on_input=keep(email)
                    required=true
                />
                <NewPassword length error=feedback.fault(Field::Password) context=typed />
                <Button kind=ButtonKind::Primary wide=true pending=feedback.pending>
                    "Set up"
                </Button>
            </ActForm>
            {trial_note}
        </Door>
    }
}
