//! The dialog before an act that takes something from somebody: what would change and the yes to it, or why it can't be.

use super::preview::preview;
use crate::{
    error::{AppError, Result},
    feedback::Feedback,
    ui::{
        Button, ButtonKind, Dialog, DialogBody, DialogFooter, ErrorSummary, Notice, NoticeKind, PostForm,
        Sending,
    },
    viewer::Viewer,
};
use domain::access::Preview;
use leptos::prelude::*;

/// What the dialog says and sends.
pub struct Question {
    pub id: &'static str,
    pub title: String,
    pub lead: &'static str,
    /// What is to be known beside the changes.
    pub also: AnyView,
    /// The word of the button.
    pub yes: &'static str,
    /// The server function that does it.
    pub action: &'static str,
    /// What is sent beside `seen`.
    pub fields: Vec<(&'static str, String)>,
    /// Where Cancel leads.
    pub back: String,
}

pub fn ask(viewer: &Viewer, question: Question, changes: &Result<Preview>) -> impl IntoView + use<> {
    let Question {
        id,
        title,
        lead,
        also,
        yes,
        action,
        fields,
        back,
    } = question;
    let sending = Sending::new();
    let feedback = Feedback::left(action, viewer, sending.pending());
    let pending = sending.pending();
    let possible = changes.is_ok();
    let seen = changes.as_ref().map(Preview::fingerprint).unwrap_or_default();
    let changes = what_changes(changes);
    let fields = fields
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value /> })
        .collect_view();
    view! {
        <Dialog id title lead open=true close_href=back>
            <PostForm action sending>
                <DialogBody>
                    <ErrorSummary errors=feedback.errors() general=feedback.general() />
                    {fields}
                    // What changes stands here.
                    <input type="hidden" name="seen" value=seen />
                    {also}
                    {changes}
                </DialogBody>
                <DialogFooter>
                    {possible
                        .then(|| {
                            view! {
                                <Button kind=ButtonKind::Danger pending>
                                    {yes}
                                </Button>
                            }
                        })}
                </DialogFooter>
            </PostForm>
        </Dialog>
    }
}

/// What an act would change, or why it can't be done.
pub fn what_changes(changes: &Result<Preview>) -> AnyView {
    match changes {
        Ok(changes) => preview(changes).into_any(),
        Err(error) => {
            let sentence = match error {
                AppError::Invalid(faults) => faults
                    .0
                    .iter()
                    .map(|(field, fault)| fault.sentence(*field))
                    .collect::<Vec<_>>()
                    .join(" "),
                error => error.sentence(),
            };
            view! { <Notice kind=NoticeKind::Bad>{sentence}</Notice> }.into_any()
        }
    }
}
