//! The form behind a valid link.

use super::api::AcceptInvitation;
use crate::{
    account::new_password::NewPassword,
    feedback::Feedback,
    layout::door::Door,
    ui::{Button, ButtonKind, ErrorSummary, TextField, TextKind, Time},
    viewer::Viewer,
};
use domain::{
    field::Field,
    invitations::{InvitationKind, InvitationView},
};
use leptos::prelude::*;

pub fn accept_form(viewer: &Viewer, view: InvitationView, token: String) -> impl IntoView + use<> {
    let action = ServerAction::<AcceptInvitation>::new();
    let feedback = Feedback::of(action, viewer);
    let first_name = RwSignal::new(feedback.value("first_name"));
    let last_name = RwSignal::new(feedback.value("last_name"));
    let context = [
        RwSignal::new(view.email.clone()),
        first_name,
        last_name,
        RwSignal::new(view.organization.clone()),
    ];
    let keep = |signal: RwSignal<String>| Callback::from(move |text: String| signal.set(text));
    let button = match view.kind {
        InvitationKind::Activation => "Activate",
        InvitationKind::Invitation => "Create account",
    };
    let lead = match &view.invited_by {
        Some(name) => format!("{name} invited you."),
        None => "Set up your account.".to_owned(),
    };
    let expires = view.expires;
    let note = view! {
        "The link works until "
        <Time datetime=expires.rfc3339() text=expires.date_and_time() title=expires.date_and_time() local=true />
    }
    .into_any();
    view! {
        <Door title=format!("Join {}", view.organization) lead note organization=view.organization.clone()>
            <ActionForm action attr:class="form">
                <ErrorSummary errors=feedback.errors() general=feedback.general() />
                <input type="hidden" name="token" value=token />
                <TextField
                    label="Email"
                    name="invited_email"
                    kind=TextKind::Email
                    autocomplete="username"
                    value=view.email.clone()
                    readonly=true
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
                <NewPassword length=view.password_length error=feedback.fault(Field::Password) context />
                <Button kind=ButtonKind::Primary wide=true pending=feedback.pending>
                    {button}
                </Button>
            </ActionForm>
        </Door>
    }
}
