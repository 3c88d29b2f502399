//! The dialog that takes a token away.

use super::api::DeleteScimToken;
use crate::{
    act::{Act, ActForm},
    feedback::Feedback,
    routes,
    ui::{Button, ButtonKind, Dialog, DialogBody, DialogFooter, ErrorSummary, Time},
    viewer::Viewer,
};
use domain::{moment::Moment, scim::ScimTokenLine};
use leptos::prelude::*;

pub(super) fn delete_dialog(viewer: &Viewer, token: &ScimTokenLine, now: Moment) -> AnyView {
    let action = Act::of::<DeleteScimToken>();
    let feedback = Feedback::of(action, viewer);
    let pending = feedback.pending;
    let id = token.id.to_string();
    let used = match token.last_used {
        Some(at) => view! {
            "It was last used "
            <Time datetime=at.rfc3339() text=at.relative_to(now) title=at.date_and_time() />
            "."
        }
        .into_any(),
        None => "It was never used.".into_any(),
    };
    view! {
        <Dialog
            id="delete-scim-token"
            title=format!("Delete {}?", token.name)
            lead="It can't be brought back."
            open=true
            close_href=routes::SCIM
        >
            <ActForm act=action>
                <DialogBody>
                    <ErrorSummary errors=feedback.errors() general=feedback.general() />
                    <input type="hidden" name="id" value=id />
                    <ul>
                        <li>
                            "Its identity provider is refused at once: whoever leaves there is not deactivated here any more."
                        </li>
                        <li>"The people and groups that it added stay as they are."</li>
                        <li>{used}</li>
                    </ul>
                </DialogBody>
                <DialogFooter>
                    <Button kind=ButtonKind::Danger pending>
                        "Delete"
                    </Button>
                </DialogFooter>
            </ActForm>
        </Dialog>
    }
    .into_any()
}

/// For whoever comes too late, or back to a dialog of before.
pub(super) fn gone() -> AnyView {
    view! {
        <Dialog
            id="scim-token-gone"
            title="This token is gone"
            lead="It was deleted: whoever uses it is refused."
            open=true
            close_href=routes::SCIM
        >
            <DialogFooter cancel="Close" />
        </Dialog>
    }
    .into_any()
}
