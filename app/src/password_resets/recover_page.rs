//! `/recover?token=…`: a new password for somebody who can't sign in any more. A link that does not work has one page,
//! whatever the reason.

use super::api::{ResetPassword, look_at_password_reset};
use crate::{
    account::new_password::NewPassword,
    act::{Act, ActForm},
    feedback::Feedback,
    layout::door::Door,
    page::link_page,
    routes,
    ui::{Button, ButtonKind, ButtonLink, ErrorSummary, TextField, TextKind, Time},
    viewer::Viewer,
};
use domain::{field::Field, password_resets::PasswordResetView, refusal::Refusal};
use leptos::prelude::*;

#[component]
pub fn RecoverPage() -> impl IntoView {
    link_page(
        "New password",
        look_at_password_reset,
        new_password_form,
        dead_link,
    )
}

fn new_password_form(viewer: &Viewer, view: PasswordResetView, token: String) -> AnyView {
    let action = Act::of::<ResetPassword>();
    let feedback = Feedback::of(action, viewer);
    let (lead, button) = if view.signs_in {
        (
            "You are signed in then, and signed out everywhere else.",
            "Save and sign in",
        )
    } else {
        ("You are signed out everywhere then, and sign in with it.", "Save")
    };
    let expires = view.expires;
    let note = view! {
        "The link works once, until "
        <Time datetime=expires.rfc3339() text=expires.date_and_time() title=expires.date_and_time() local=true />
    }
    .into_any();
    let context = [
        view.email.clone(),
        view.first_name,
        view.last_name,
        view.organization.clone(),
    ]
    .map(RwSignal::new);
    view! {
        <Door title="Choose a new password" lead note organization=view.organization>
            <ActForm act=action class="form">
                <ErrorSummary errors=feedback.errors() general=feedback.general() />
                <input type="hidden" name="token" value=token />
                <TextField
                    label="Email"
                    name="account_email"
                    kind=TextKind::Email
                    autocomplete="username"
                    value=view.email
                    readonly=true
                />
                <NewPassword length=view.password_length error=feedback.fault(Field::Password) context />
                <Button kind=ButtonKind::Primary wide=true pending=feedback.pending>
                    {button}
                </Button>
            </ActForm>
        </Door>
    }
    .into_any()
}

fn dead_link() -> AnyView {
    view! {
        <Door
            title=Refusal::LinkDead.sentence()
            lead="It was used, it has expired, or a newer one was made. Use the newest mail, or ask for another one."
        >
            <ButtonLink href=routes::FORGOT_PASSWORD kind=ButtonKind::Primary wide=true>
                "Ask for another link"
            </ButtonLink>
            <ButtonLink href=routes::SIGN_IN wide=true>
                "Sign in"
            </ButtonLink>
        </Door>
    }
    .into_any()
}
