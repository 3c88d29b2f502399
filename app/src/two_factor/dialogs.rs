//! The dialogs of the settings about two-factor authentication, opened by their address (`?dialog=…`), so that each is a
//! page of its own without scripts.

use super::{
    api::{MakeRecoveryCodes, RemoveAuthenticator, StartEnrolment, TurnTwoFactorOff},
    enrolment::enrolment_dialog,
    proof::{ids, proof_field},
    recovery_codes::recovery_codes_dialog,
};
use crate::{
    account::{
        confirm_dialog::{Confirm, ERRORS, confirm_dialog},
        hidden_username::hidden_username,
    },
    act::{Act, ActForm},
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
        "two-factor-off" if is_on => turn_off(viewer),
        "new-codes" if is_on => new_codes(viewer),
        "remove-authenticator" => {
            let id = query.get_str("authenticator").unwrap_or_default();
            let chosen = own
                .two_factor
                .authenticators
                .iter()
                .find(|one| one.id.to_string() == id);
            chosen.map(|chosen| remove(viewer, chosen)).into_any()
        }
        _ => ().into_any(),
    }
}

/// The password, before anything else; whoever has none has signed in a moment ago.
fn start(viewer: &Viewer, own: &OwnSettings) -> impl IntoView + use<> {
    let action = Act::of::<StartEnrolment>();
    let feedback = Feedback::of(action, viewer);
    let (pending, email) = (feedback.pending, own.email.clone());
    let title = if own.two_factor.authenticators.is_empty() {
        "Set up two-factor authentication"
    } else {
        "Add an authenticator"
    };
    let by_password = own.methods.has_password && !own.methods.sso_required;
    let lead = if by_password {
        "First, your password. Nothing changes before a code has worked."
    } else {
        "Nothing changes before a code has worked."
    };
    let proof = if by_password {
        view! {
            {hidden_username(&email)}
            <PasswordField
                label="Your password"
                name=Field::CurrentPassword.name()
                id=ids(Field::CurrentPassword)
                autocomplete="current-password"
                error=feedback.fault(Field::CurrentPassword)
                required=true
                autofocus=true
            />
        }
        .into_any()
    } else {
        let wanted = viewer
            .person
            .as_ref()
            .is_some_and(|person| person.proof.is_some());
        proof_field(viewer, wanted, &feedback).into_any()
    };
    view! {
        <Dialog id="two-factor-start" title lead open=true close_href=BACK>
            <ActForm act=action>
                <DialogBody>
                    <ErrorSummary errors=feedback.errors_at(ids) general=feedback.general() id=ERRORS />
                    {proof}
                </DialogBody>
                <DialogFooter>
                    <Button kind=ButtonKind::Primary pending>
                        "Continue"
                    </Button>
                </DialogFooter>
            </ActForm>
        </Dialog>
    }
}

fn turn_off(viewer: &Viewer) -> AnyView {
    let action = Act::of::<TurnTwoFactorOff>();
    let confirm = Confirm {
        id: "two-factor-off",
        title: "Switch two-factor authentication off?".to_owned(),
        lead: "Signing in will ask for no code. Your authenticators and recovery codes stop working, and you get a mail."
            .to_owned(),
        about: None,
        kind: ButtonKind::Danger,
        label: "Switch off".to_owned(),
        back: BACK,
    };
    confirm_dialog(viewer, &Feedback::of(action, viewer), confirm, move |asked| {
        view! { <ActForm act=action>{asked}</ActForm> }.into_any()
    })
}

fn new_codes(viewer: &Viewer) -> AnyView {
    let action = Act::of::<MakeRecoveryCodes>();
    let confirm = Confirm {
        id: "new-codes",
        title: "Make new recovery codes?".to_owned(),
        lead: "The old ones stop working. The new ones are shown once.".to_owned(),
        about: None,
        kind: ButtonKind::Primary,
        label: "Make new codes".to_owned(),
        back: BACK,
    };
    confirm_dialog(viewer, &Feedback::of(action, viewer), confirm, move |asked| {
        view! { <ActForm act=action>{asked}</ActForm> }.into_any()
    })
}

fn remove(viewer: &Viewer, chosen: &AuthenticatorLine) -> AnyView {
    let action = Act::of::<RemoveAuthenticator>();
    let confirm = Confirm {
        id: "remove-authenticator",
        title: format!("Remove {}?", chosen.name),
        lead: "Its codes stop working. Your other authenticators go on, and you get a mail.".to_owned(),
        about: Some(("authenticator", chosen.id.to_string())),
        kind: ButtonKind::Danger,
        label: "Remove".to_owned(),
        back: BACK,
    };
    confirm_dialog(viewer, &Feedback::of(action, viewer), confirm, move |asked| {
        view! { <ActForm act=action>{asked}</ActForm> }.into_any()
    })
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
