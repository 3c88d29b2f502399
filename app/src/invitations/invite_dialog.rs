//! The dialog behind **Invite User**.

use super::api::{Invite, ResendTo};
use crate::{
    act::{Act, ActForm},
    browser,
    failure::tell_failures_of,
    feedback::Feedback,
    routes,
    two_factor::proof::{self, proof_field},
    ui::{
        Button, ButtonKind, ButtonLink, CheckboxList, CheckboxOption, Dialog, DialogBody, DialogFooter,
        ErrorSummary, TextField, TextKind,
    },
    users::api::ReactivateByEmail,
    viewer::Viewer,
};
use domain::{field::Field, refusal::Refusal, users::GroupOption};
use leptos::prelude::*;

/// The id of the dialog, for the button that opens it.
pub const INVITE: &str = "invite";

/// The groups as options of a list.
pub fn group_options(groups: &[GroupOption]) -> Vec<CheckboxOption> {
    let option = |g: &GroupOption| {
        CheckboxOption::new(g.id.to_string(), g.name.clone()).description(g.description.clone())
    };
    groups.iter().map(option).collect()
}

pub fn invite_dialog(viewer: &Viewer, groups: &[GroupOption]) -> impl IntoView + use<> {
    let action = Act::of::<Invite>();
    let feedback = Feedback::of(action, viewer);
    let (failed, pending) = (feedback.failed(), feedback.pending);
    let options = group_options(groups);
    let proof = proof_field(viewer, false, &feedback);
    let typed = RwSignal::new(feedback.value("email"));
    let (resend, reactivate) = (Act::of::<ResendTo>(), Act::of::<ReactivateByEmail>());
    tell_failures_of(resend);
    tell_failures_of(reactivate);
    // As it is sent: what is typed before the scripts run is heard by no listener.
    let on_send = Callback::new(move |()| typed.set(browser::value("email")));
    let refusal = feedback.refusal(Field::Email);
    let offer = move || match refusal.get() {
        Some(Refusal::AlreadyInvited) => Some(("resend-to", "Resend")),
        Some(Refusal::MemberIsDeactivated) => Some(("reactivate-by-email", "Reactivate")),
        _ => None,
    };
    view! {
        <Dialog
            id=INVITE
            title="Invite a user"
            lead="They get a mail with a link that works once."
            open=failed
        >
            <ActForm act=action on_send>
                <DialogBody>
                    <ErrorSummary errors=feedback.errors_at(proof::ids) general=feedback.general() />
                    <TextField
                        label="Email"
                        name="email"
                        kind=TextKind::Email
                        autocomplete="off"
                        value=feedback.value("email")
                        error=feedback.fault(Field::Email)
                        autofocus=true
                        required=true
                    />
                    {move || offer().map(|(form, label)| view! { <div><Button form>{label}</Button></div> })}
                    <CheckboxList
                        legend="Groups"
                        name="groups[]"
                        id="groups"
                        noun="groups"
                        options
                        chosen=feedback.values("groups[]")
                        error=feedback.fault(Field::Groups)
                        hint="Without a group they can sign in and nothing else. You can change this until they accept."
                    />
                    {proof}
                </DialogBody>
                <DialogFooter>
                    <ButtonLink href=routes::INVITE_MANY>"Invite many…"</ButtonLink>
                    <Button kind=ButtonKind::Primary pending>
                        "Invite"
                    </Button>
                </DialogFooter>
            </ActForm>
        </Dialog>
        <ActForm act=resend id="resend-to">
            <input type="hidden" name="email" prop:value=typed value=typed.get_untracked() />
        </ActForm>
        <ActForm act=reactivate id="reactivate-by-email">
            <input type="hidden" name="email" prop:value=typed value=typed.get_untracked() />
        </ActForm>
    }
}
