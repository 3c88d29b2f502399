//! `/forgot-password`: asks for a link by mail. What it says afterwards is the same whoever has the address.

use super::api::AskPasswordReset;
use crate::{
    act::{Act, ActForm},
    error::Result,
    feedback::Feedback,
    layout::door::Door,
    loaded::load,
    notice::Notice,
    page::door_page,
    routes,
    travel::use_query_map,
    ui::{Button, ButtonKind, ButtonLink, ErrorSummary, TextField, TextKind},
    viewer::Viewer,
};
use domain::field::Field;
use leptos::prelude::*;

#[component]
pub fn ForgotPage() -> impl IntoView {
    let query = use_query_map();
    let nothing = load(|| (), async |()| Result::Ok(()));
    door_page("Forgot password", nothing, move |viewer: Viewer, ()| {
        let notice = query
            .read_untracked()
            .get_str("notice")
            .and_then(Notice::from_key);
        if notice == Some(Notice::PasswordLinkMailed) {
            asked().into_any()
        } else {
            form(&viewer).into_any()
        }
    })
}

fn form(viewer: &Viewer) -> impl IntoView + use<> {
    let action = Act::of::<AskPasswordReset>();
    let feedback = Feedback::of(action, viewer);
    view! {
        <Door title="Forgot your password?" lead="We mail you a link to choose a new one.">
            <ActForm act=action class="form">
                <ErrorSummary errors=feedback.errors() general=feedback.general() />
                <TextField
                    label="Email"
                    name="email"
                    kind=TextKind::Email
                    autocomplete="username"
                    value=feedback.value("email")
                    error=feedback.fault(Field::Email)
                    required=true
                />
                <Button kind=ButtonKind::Primary wide=true pending=feedback.pending>
                    "Mail me a link"
                </Button>
                <ButtonLink href=routes::SIGN_IN wide=true>
                    "Back to sign-in"
                </ButtonLink>
            </ActForm>
        </Door>
    }
}

fn asked() -> impl IntoView {
    view! {
        <Door
            title="Look into your mailbox"
            lead="If that address belongs to an active account, a link for a new password is on its way. It works once, and not for long."
        >
            <p class="muted">
                "Nothing there after some minutes? Look among unwanted mail, or ask an administrator of your organization whether your account is active."
            </p>
            <ButtonLink href=routes::SIGN_IN wide=true>
                "Back to sign-in"
            </ButtonLink>
        </Door>
    }
}
