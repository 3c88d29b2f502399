//! The card of the settings that changes one's own password, or gets somebody without one a link to choose it.

use super::{
    api::{ChangePassword, MailPasswordLink},
    hidden_username::hidden_username,
    new_password::NewPassword,
};
use crate::{
    act::{Act, ActForm},
    failure::tell_failures_of,
    feedback::Feedback,
    ui::{Button, ButtonKind, Card, CardBody, CardFooter, CardHeader, ErrorSummary, PasswordField},
    viewer::Viewer,
};
use domain::{account::OwnSettings, field::Field};
use leptos::prelude::*;

pub fn password_card(viewer: &Viewer, own: &OwnSettings) -> AnyView {
    if own.has_password {
        change_form(viewer, own).into_any()
    } else {
        first_password().into_any()
    }
}

fn change_form(viewer: &Viewer, own: &OwnSettings) -> impl IntoView + use<> {
    let action = Act::of::<ChangePassword>();
    let feedback = Feedback::of(action, viewer);
    let context = [
        own.email.clone(),
        own.first_name.clone(),
        own.last_name.clone(),
        own.organization.clone(),
    ]
    .map(RwSignal::new);
    let (email, length, pending) = (own.email.clone(), own.password_length, feedback.pending);
    view! {
        <Card id="passwords">
            <CardHeader title="Passwords" />
            <ActForm act=action>
                <CardBody>
                    <div class="form">
                        <ErrorSummary errors=feedback.errors() general=feedback.general() />
                        {hidden_username(&email)}
                        <PasswordField
                            label="Current password"
                            name="current_password"
                            autocomplete="current-password"
                            error=feedback.fault(Field::CurrentPassword)
                            required=true
                        />
                        <NewPassword label="New password" length error=feedback.fault(Field::Password) context />
                    </div>
                </CardBody>
                <CardFooter note="Signs you out everywhere else. We mail you a confirmation.">
                    <Button kind=ButtonKind::Primary pending>
                        "Save"
                    </Button>
                </CardFooter>
            </ActForm>
        </Card>
    }
}

fn first_password() -> impl IntoView {
    let action = Act::of::<MailPasswordLink>();
    tell_failures_of(action);
    view! {
        <Card id="passwords">
            <CardHeader title="Passwords" lead="You have none. A link that we mail to your address lets you choose one.">
                <ActForm act=action>
                    <Button pending=action.pending()>"Mail me a link"</Button>
                </ActForm>
            </CardHeader>
        </Card>
    }
}
