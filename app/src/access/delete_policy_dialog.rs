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
    let title = format!("Delete {}?", policy.name);
    let body = match outcome {
        Ok(what) => ask(viewer, policy, what).into_any(),
        Err(error) => refuse(error).into_any(),
    };
    view! {
        <Dialog
            id="delete-policy"
            title
            lead="What it gives stops at once. It can't be brought back."
            open=true
            close_href=back
        >
            {body}
        </Dialog>
    }
}

fn ask(viewer: &Viewer, policy: &PolicyView, what: &Preview) -> impl IntoView + use<> {
    let action = ServerAction::<DeletePolicy>::new();
    let feedback = Feedback::of(action, viewer);
    let pending = feedback.pending;
    let (id, version) = (policy.id.to_string(), policy.version.0);
    let consequences = preview(what);
    view! {
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
    }
}

fn refuse(error: &AppError) -> impl IntoView + use<> {
    let why = error.sentence();
    view! {
        <DialogBody>
            <Remark kind=NoticeKind::Bad>{why}</Remark>
        </DialogBody>
        <DialogFooter cancel="Close" />
    }
}
