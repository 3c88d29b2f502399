//! On a person's page: whether they have two-factor authentication, and the dialog by which an administrator takes it away.

use super::{
    api::ResetTwoFactor,
    proof::{ids, proof_field},
};
use crate::{
    act::{Act, ActForm},
    feedback::Feedback,
    routes,
    ui::{
        Badge, BadgeKind, Button, ButtonKind, ButtonLink, Card, CardFooter, CardHeader, Dialog, DialogBody,
        DialogFooter, ErrorSummary,
    },
    users::api::PersonDetails,
    viewer::{Person, Viewer},
};
use leptos::prelude::*;

/// The card of the page.
pub fn two_factor_of(viewer: &Person, details: &PersonDetails) -> impl IntoView + use<> {
    let (kind, text) = if details.two_factor {
        (BadgeKind::Good, "On")
    } else {
        (BadgeKind::Idle, "Off")
    };
    let can_reset = viewer.changes_users && details.two_factor && !details.is_self;
    let href = routes::reset_two_factor(details.access.id);
    view! {
        <Card>
            <CardHeader title="Two-factor authentication">
                <Badge kind text />
            </CardHeader>
            {can_reset
                .then(|| {
                    view! {
                        <CardFooter note="For somebody who has lost their device and their recovery codes.">
                            <ButtonLink href>"Reset…"</ButtonLink>
                        </CardFooter>
                    }
                })}
        </Card>
    }
}

pub fn reset_dialog(viewer: &Viewer, details: &PersonDetails) -> AnyView {
    if !details.two_factor || details.is_self {
        return ().into_any();
    }
    let action = Act::of::<ResetTwoFactor>();
    let feedback = Feedback::of(action, viewer);
    let pending = feedback.pending;
    let proof = proof_field(viewer, details.wants_proof, &feedback);
    let (id, name) = (details.access.id, details.access.name.clone());
    view! {
        <Dialog
            id="reset-two-factor"
            title=format!("Reset two-factor authentication of {name}?")
            lead="Make sure that it is they who ask you: call them, or see them."
            open=true
            close_href=routes::person(id)
        >
            <ActForm act=action>
                <DialogBody>
                    <ErrorSummary errors=feedback.errors_at(ids) general=feedback.general() />
                    <input type="hidden" name="user" value=id.to_string() />
                    <ul>
                        <li>"Their authenticators and recovery codes stop working."</li>
                        <li>"They are signed out everywhere, and sign in with their password alone."</li>
                        <li>"They get a mail, and can set it up anew in their settings."</li>
                    </ul>
                    {proof}
                </DialogBody>
                <DialogFooter>
                    <Button kind=ButtonKind::Danger pending>
                        "Reset"
                    </Button>
                </DialogFooter>
            </ActForm>
        </Dialog>
    }
    .into_any()
}
