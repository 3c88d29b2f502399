//! The dialog that asks whether a policy is to go (`?dialog=delete&policy=…`), with what that takes from whom.

use super::{policies_api::DeletePolicy, preview::preview};
use crate::{
    error::{AppError, Result},
    feedback::Feedback,
    routes,
    ui::{Button, ButtonKind, Dialog, DialogBody, DialogFooter, ErrorSummary, Notice as Remark, NoticeKind},
    viewer::Viewer,
};
use domain::access::{
    Preview,
    policy::{NameQuery, PolicyView},
};
use leptos::prelude::*;

pub fn delete_policy_dialog(
    viewer: &Viewer,
    query: &NameQuery,
    policy: &PolicyView,
    outcome: &Result<Preview>,
) -> impl IntoView + use<> {
    let back = routes::policies(query);
    match outcome {
        Ok(what) => ask(viewer, back, policy, what).into_any(),
        Err(error) => refuse(back, policy, error).into_any(),
    }
}

fn ask(viewer: &Viewer, back: String, policy: &PolicyView, what: &Preview) -> impl IntoView + use<> {
    let action = ServerAction::<DeletePolicy>::new();
    let feedback = Feedback::of(action, viewer);
    let pending = feedback.pending;
    let (id, version) = (policy.id.to_string(), policy.version.0);
    let consequences = preview(what);
    view! {
        <Dialog
            id="delete-policy"
            title=title(policy)
            lead="What it gives stops at once. It can't be brought back."
            open=true
            close_href=back
        >
            <ActionForm action>
                <DialogBody>
                    <ErrorSummary errors=feedback.errors() general=feedback.general() />
                    <input type="hidden" name="policy" value=id />
                    <input type="hidden" name="version" value=version />
                    // The consequences stand here.
                    <input type="hidden" name="confirmed" value="true" />
                    {consequences}
                </DialogBody>
                <DialogFooter>
                    <Button kind=ButtonKind::Danger pending>
                        "Delete policy"
                    </Button>
                </DialogFooter>
            </ActionForm>
        </Dialog>
    }
}

fn refuse(back: String, policy: &PolicyView, error: &AppError) -> impl IntoView + use<> {
    let why = error.sentence();
    view! {
        <Dialog id="delete-policy" title=title(policy) open=true close_href=back>
            <DialogBody>
                <Remark kind=NoticeKind::Bad>{why}</Remark>
            </DialogBody>
            <DialogFooter cancel="Close" />
        </Dialog>
    }
}

fn title(policy: &PolicyView) -> String {
    format!("Delete {}?", policy.name)
}
