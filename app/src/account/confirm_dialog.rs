//! A dialog of the settings that says what an act does and asks for a yes, with a proof of who somebody is where the last
//! one is too old.

use crate::{
    feedback::Feedback,
    two_factor::proof::{ids, proof_field},
    ui::{Button, ButtonKind, Dialog, DialogBody, DialogFooter, ErrorSummary},
    viewer::Viewer,
};
use leptos::prelude::*;

/// The page may have another summary.
pub const ERRORS: &str = "dialog-errors";

pub struct Confirm {
    pub id: &'static str,
    pub title: String,
    pub lead: String,
    /// Name and value of what the act is about.
    pub about: Option<(&'static str, String)>,
    pub kind: ButtonKind,
    pub label: String,
    /// Where closing it leads.
    pub back: &'static str,
}

/// `form` puts what is asked into the form of the act.
pub fn confirm_dialog(
    viewer: &Viewer,
    feedback: &Feedback,
    confirm: Confirm,
    form: impl FnOnce(AnyView) -> AnyView + Send + 'static,
) -> AnyView {
    let Confirm {
        id,
        title,
        lead,
        about,
        kind,
        label,
        back,
    } = confirm;
    let wants_proof = viewer
        .person
        .as_ref()
        .is_some_and(|person| person.proof.is_some());
    let proof = proof_field(viewer, wants_proof, feedback);
    let (errors, general, pending) = (feedback.errors_at(ids), feedback.general(), feedback.pending);
    // Within the dialog, whose parts know it by where they are made.
    let asked = move || {
        view! {
            <DialogBody>
                <ErrorSummary errors general id=ERRORS />
                {about.map(|(name, value)| view! { <input type="hidden" name=name value=value /> })}
                {proof}
            </DialogBody>
            <DialogFooter>
                <Button kind pending>
                    {label}
                </Button>
            </DialogFooter>
        }
        .into_any()
    };
    view! {
        <Dialog id title lead open=true close_href=back>
            {form(asked())}
        </Dialog>
    }
    .into_any()
}
