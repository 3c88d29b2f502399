//! The dialog that shows the secret of an authenticator, as a QR code and as text, and asks for a code that proves that the
//! device has it.

use super::{
    api::ConfirmEnrolment,
    dialogs::{BACK, over},
};
use crate::{
    account::confirm_dialog::ERRORS,
    act::{Act, ActForm},
    browser,
    feedback::Feedback,
    ui::{
        Button, ButtonKind, CopyButton, Dialog, DialogBody, DialogFooter, ErrorSummary, TextField, TextKind,
    },
    viewer::Viewer,
};
use domain::{
    field::Field,
    two_factor::{Enrolment, QrCode},
};
use leptos::prelude::*;

/// What an authenticator is called as long as nobody says otherwise.
const NAME: &str = "Authenticator app";
/// Not the name of the field: other forms of the page may have it.
const NAME_ID: &str = "authenticator-name";

fn ids(field: Field) -> &'static str {
    match field {
        Field::Name => NAME_ID,
        field => field.name(),
    }
}

pub fn enrolment_dialog(viewer: &Viewer, enrolment: Option<Enrolment>) -> AnyView {
    let Some(enrolment) = enrolment else {
        return over(
            "This was not finished in time",
            "Or it was begun anew in another window. Nothing was changed.",
            "two-factor",
            "Begin again",
        );
    };
    let action = Act::of::<ConfirmEnrolment>();
    let feedback = Feedback::of(action, viewer);
    let pending = feedback.pending;
    let typed = Some(feedback.value(Field::Name.name())).filter(|name| !name.is_empty());
    let button = if enrolment.is_first { "Switch on" } else { "Add" };
    let secret = enrolment.secret.clone();
    let (qr, uri) = (qr_code(enrolment.qr), enrolment.uri);
    view! {
        <Dialog
            id="authenticator"
            title="Scan this code"
            lead="With an authenticator app on another device. Then type the six digits that it shows."
            open=true
            close_href=BACK
        >
            <ActForm act=action>
                <DialogBody>
                    <ErrorSummary errors=feedback.errors_at(ids) general=feedback.general() id=ERRORS />
                    {qr}
                    <div class="two-factor-secret">
                        <span class="muted">"Or type this key into the app:"</span>
                        <code class="mono">{secret.clone()}</code>
                        <CopyButton text=secret.replace(' ', "") what="key" />
                        <a href=uri rel="external">
                            "Open in an app on this device"
                        </a>
                    </div>
                    <TextField
                        label="Name of this authenticator"
                        name=Field::Name.name()
                        id=NAME_ID
                        value=typed.unwrap_or_else(|| NAME.to_owned())
                        error=feedback.fault(Field::Name)
                        autocomplete="off"
                        required=true
                        maxlength=50_u32
                    />
                    <CodeField error=feedback.fault(Field::Code) autofocus=true />
                </DialogBody>
                <DialogFooter>
                    <Button kind=ButtonKind::Primary pending>
                        {button}
                    </Button>
                </DialogFooter>
            </ActForm>
        </Dialog>
    }
    .into_any()
}

/// The field for the code of an authenticator: sent with its sixth digit.
#[component]
pub fn CodeField(error: Signal<Option<String>>, #[prop(optional)] autofocus: bool) -> impl IntoView {
    let id = Field::Code.name();
    let send = Callback::from(move |typed: String| {
        let digits: Vec<char> = typed
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '-')
            .collect();
        if digits.len() == 6 && digits.iter().all(char::is_ascii_digit) {
            browser::submit_form_of(id);
        }
    });
    view! {
        <TextField
            label="Code"
            name=id
            kind=TextKind::Code
            autocomplete="one-time-code"
            placeholder="123 456"
            error
            required=true
            autofocus
            on_input=send
        />
    }
}

/// With a quiet zone of four squares (ISO/IEC 18004 section 9.1).
fn qr_code(code: QrCode) -> impl IntoView {
    const QUIET: usize = 4;
    let side = code.width + 2 * QUIET;
    let view_box = format!("-{QUIET} -{QUIET} {side} {side}");
    view! {
        <svg class="qr-code" viewBox=view_box role="img" aria-label="QR code of the key below" shape-rendering="crispEdges">
            <path d=code.path />
        </svg>
    }
}
