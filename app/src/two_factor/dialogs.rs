//! The dialogs of the settings about two-factor authentication, opened by their address (`?dialog=…`), so that each is a
//! page of its own without scripts.

use super::{
    api::{MakeRecoveryCodes, RemoveAuthenticator, StartEnrolment, TurnTwoFactorOff},
    enrolment::enrolment_dialog,
    proof::{ids, proof_field},
    recovery_codes::recovery_codes_dialog,
};
use crate::{
    feedback::Feedback,
    routes,
    ui::{Button, ButtonKind, Dialog, DialogBody, DialogFooter, ErrorSummary, PasswordField},
    viewer::Viewer,
};
use domain::{
    account::OwnSettings,
    field::Field,
    refusal::Refusal,
    two_factor::{AuthenticatorLine, Enrolment},
};
use leptos::prelude::*;
use leptos_router::params::ParamsMap;

/// Where closing one leads.
pub(super) const BACK: &str = "/account/settings#two-factor";
/// The page may have another summary.
pub(super) const ERRORS: &str = "two-factor-errors";

pub fn settings_dialog(
    viewer: &Viewer,
    own: &OwnSettings,
    enrolment: Option<Enrolment>,
    query: &ParamsMap,
) -> AnyView {
    let is_on = !own.two_factor.authenticators.is_empty();
    match query.get_str("dialog").unwrap_or_default() {
        "two-factor" if own.has_password => start(viewer, own).into_any(),
        "authenticator" => enrolment_dialog(viewer, enrolment),
        "recovery-codes" if is_on => recovery_codes_dialog(viewer),
        "two-factor-off" if own.two_factor.asked_from.is_some_and(|from| from <= own.now) => over(
            "Two-factor authentication stays on",
            Refusal::TwoFactorAskedFor.sentence(),
            "two-factor",
            "Add authenticator…",
        ),
        "two-factor-off" if is_on => turn_off(viewer, own).into_any(),
        "new-codes" if is_on => new_codes(viewer, own).into_any(),
        "remove-authenticator" => {
            let id = query.get_str("authenticator").unwrap_or_default();
            let chosen = own
                .two_factor
                .authenticators
                .iter()
                .find(|one| one.id.to_string() == id);
            chosen.map(|chosen| remove(viewer, own, chosen)).into_any()
        }
        _ => ().into_any(),
    }
}

/// The password, before anything else.
fn start(viewer: &Viewer, own: &OwnSettings) -> impl IntoView + use<> {
    let action = ServerAction::<StartEnrolment>::new();
    let feedback = Feedback::of(action, viewer);
    let (pending, email) = (feedback.pending, own.email.clone());
    let title = if own.two_factor.authenticators.is_empty() {
        "Set up two-factor authentication"
    } else {
        "Add an authenticator"
    };
    view! {
        <Dialog id="two-factor-start" title lead="First, your password. Nothing changes before a code has worked." open=true close_href=BACK>
            <ActionForm action>
                <DialogBody>
                    <ErrorSummary errors=feedback.errors_at(ids) general=feedback.general() id=ERRORS />
                    <input
                        class="visually-hidden"
                        type="email"
                        name="account_email"
                        autocomplete="username"
                        value=email
                        readonly
                        tabindex="-1"
                        aria-hidden="true"
                    />
                    <PasswordField
                        label="Your password"
                        name=Field::CurrentPassword.name()
                        id=ids(Field::CurrentPassword)
                        autocomplete="current-password"
                        error=feedback.fault(Field::CurrentPassword)
                        required=true
                        autofocus=true
                    />
                </DialogBody>
                <DialogFooter>
                    <Button kind=ButtonKind::Primary pending>
                        "Continue"
                    </Button>
                </DialogFooter>
            </ActionForm>
        </Dialog>
    }
}

fn turn_off(viewer: &Viewer, own: &OwnSettings) -> impl IntoView + use<> {
    let action = ServerAction::<TurnTwoFactorOff>::new();
    let feedback = Feedback::of(action, viewer);
    let pending = feedback.pending;
    let proof = proof_field(own.two_factor.wants_proof, &feedback);
    view! {
        <Dialog
            id="two-factor-off"
            title="Switch two-factor authentication off?"
            lead="Your password alone will sign you in. Your authenticators and recovery codes stop working, and you get a mail."
            open=true
            close_href=BACK
        >
            <ActionForm action>
                <DialogBody>
                    <ErrorSummary errors=feedback.errors_at(ids) general=feedback.general() id=ERRORS />
                    {proof}
                </DialogBody>
                <DialogFooter>
                    <Button kind=ButtonKind::Danger pending>
                        "Switch off"
                    </Button>
                </DialogFooter>
            </ActionForm>
        </Dialog>
    }
}

fn new_codes(viewer: &Viewer, own: &OwnSettings) -> impl IntoView + use<> {
    let action = ServerAction::<MakeRecoveryCodes>::new();
    let feedback = Feedback::of(action, viewer);
    let pending = feedback.pending;
    let proof = proof_field(own.two_factor.wants_proof, &feedback);
    view! {
        <Dialog
            id="new-codes"
            title="Make new recovery codes?"
            lead="The old ones stop working. The new ones are shown once."
            open=true
            close_href=BACK
        >
            <ActionForm action>
                <DialogBody>
                    <ErrorSummary errors=feedback.errors_at(ids) general=feedback.general() id=ERRORS />
                    {proof}
                </DialogBody>
                <DialogFooter>
                    <Button kind=ButtonKind::Primary pending>
                        "Make new codes"
                    </Button>
                </DialogFooter>
            </ActionForm>
        </Dialog>
    }
}

fn remove(viewer: &Viewer, own: &OwnSettings, chosen: &AuthenticatorLine) -> impl IntoView + use<> {
    let action = ServerAction::<RemoveAuthenticator>::new();
    let feedback = Feedback::of(action, viewer);
    let pending = feedback.pending;
    let proof = proof_field(own.two_factor.wants_proof, &feedback);
    let title = format!("Remove {}?", chosen.name);
    let id = chosen.id.to_string();
    view! {
        <Dialog
            id="remove-authenticator"
            title
            lead="Its codes stop working. Your other authenticators go on, and you get a mail."
            open=true
            close_href=BACK
        >
            <ActionForm action>
                <DialogBody>
                    <ErrorSummary errors=feedback.errors_at(ids) general=feedback.general() id=ERRORS />
                    <input type="hidden" name="authenticator" value=id />
                    {proof}
                </DialogBody>
                <DialogFooter>
                    <Button kind=ButtonKind::Danger pending>
                        "Remove"
                    </Button>
                </DialogFooter>
            </ActionForm>
        </Dialog>
    }
}

/// One that can't go on, with the way to begin anew.
pub(super) fn over(
    title: &'static str,
    lead: &'static str,
    begin: &'static str,
    label: &'static str,
) -> AnyView {
    view! {
        <Dialog id="two-factor-over" title lead open=true close_href=BACK>
            <DialogFooter cancel="Close">
                <crate::ui::ButtonLink href=routes::settings_dialog(begin) kind=ButtonKind::Primary>
                    {label}
                </crate::ui::ButtonLink>
            </DialogFooter>
        </Dialog>
    }
    .into_any()
}
