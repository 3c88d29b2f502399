//! The dialog behind **Create Token**.

use super::api::CreateToken;
use crate::{
    act::{Act, ActForm},
    feedback::Feedback,
    routes,
    two_factor::proof::{ids, proof_field},
    ui::{
        Button, ButtonKind, Dialog, DialogBody, DialogFooter, ErrorSummary, SelectField, SelectOption,
        TextField,
    },
    viewer::Viewer,
};
use domain::{field::Field, tokens::TokenLifetime};
use leptos::prelude::*;

pub(super) fn create_dialog(viewer: &Viewer) -> AnyView {
    let action = Act::of::<CreateToken>();
    let feedback = Feedback::of(action, viewer);
    let pending = feedback.pending;
    let wanted = viewer
        .person
        .as_ref()
        .is_some_and(|person| person.proof.is_some());
    let proof = proof_field(viewer, wanted, &feedback);
    let lifetimes = TokenLifetime::ALL
        .map(|lifetime| SelectOption::new(lifetime.key(), lifetime.label()))
        .to_vec();
    let chosen = Some(feedback.value(Field::Expires.name())).filter(|typed| !typed.is_empty());
    let chosen = chosen.unwrap_or_else(|| TokenLifetime::default().key().to_owned());
    view! {
        <Dialog
            id="create-token"
            title="Create a token"
            lead="It acts as you. Its secret is shown once, right after this."
            open=true
            close_href=routes::TOKENS
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
                        hint="What uses it, as you will know it again."
                        required=true
                        autofocus=true
                    />
                    <SelectField
                        label="Expiration"
                        name=Field::Expires.name()
                        options=lifetimes
                        value=chosen
                        error=feedback.fault(Field::Expires)
                        hint="One that never expires works until somebody deletes it, for whoever has found it, too."
                    />
                    <TextField
                        label="Comment"
                        name=Field::Comment.name()
                        autocomplete="off"
                        value=feedback.value(Field::Comment.name())
                        error=feedback.fault(Field::Comment)
                        hint="Optional. What it is for, or where it is kept."
                    />
                    {proof}
                </DialogBody>
                <DialogFooter>
                    <Button kind=ButtonKind::Primary pending>
                        "Create"
                    </Button>
                </DialogFooter>
            </ActForm>
        </Dialog>
    }
    .into_any()
}
