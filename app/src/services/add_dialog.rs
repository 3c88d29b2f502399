//! The dialog behind **Add Service**.

use super::api::CreateService;
use crate::{
    act::{Act, ActForm},
    feedback::Feedback,
    routes,
    two_factor::proof::{ids, proof_field},
    ui::{Button, ButtonKind, Dialog, DialogBody, DialogFooter, ErrorSummary, TextField},
    viewer::Viewer,
};
use domain::field::Field;
use leptos::prelude::*;

pub(super) fn add_dialog(viewer: &Viewer) -> AnyView {
    let action = Act::of::<CreateService>();
    let feedback = Feedback::of(action, viewer);
    let pending = feedback.pending;
    let wanted = viewer
        .person
        .as_ref()
        .is_some_and(|person| person.proof.is_some());
    let proof = proof_field(viewer, wanted, &feedback);
    view! {
        <Dialog
            id="add-service"
            title="Add a service"
            lead="It can ask about everybody in your organization. Its secret is shown once, right after this."
            open=true
            close_href=routes::SERVICES
        >
            <ActForm act=action>
                <DialogBody>
                    <ErrorSummary errors=feedback.errors_at(ids) general=feedback.general() />
                    <TextField
                        label="Name"
                        name=Field::Name.name()
                        autocomplete="off"
                        value=feedback.value(Field::Name.name())
                        error=feedback.fault(Field::Name)
                        required=true
                        autofocus=true
                    />
                    {proof}
                </DialogBody>
                <DialogFooter>
                    <Button kind=ButtonKind::Primary pending>
                        "Add"
                    </Button>
                </DialogFooter>
            </ActForm>
        </Dialog>
    }
    .into_any()
}
