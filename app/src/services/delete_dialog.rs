//! The dialog that takes the credential of a service away.

use super::api::DeleteService;
use crate::{
    act::{Act, ActForm},
    feedback::Feedback,
    routes,
    ui::{Button, ButtonKind, Dialog, DialogBody, DialogFooter, ErrorSummary, Time},
    viewer::Viewer,
};
use domain::{moment::Moment, services::ServiceLine};
use leptos::prelude::*;

pub(super) fn delete_dialog(viewer: &Viewer, service: &ServiceLine, now: Moment) -> AnyView {
    let action = Act::of::<DeleteService>();
    let feedback = Feedback::of(action, viewer);
    let pending = feedback.pending;
    let id = service.id.to_string();
    let asked = match service.last_used {
        Some(at) => view! {
            "It last asked "
            <Time datetime=at.rfc3339() text=at.relative_to(now) title=at.date_and_time() />
            "."
        }
        .into_any(),
        None => "It has never asked.".into_any(),
    };
    view! {
        <Dialog
            id="delete-service"
            title=format!("Delete {}?", service.name)
            lead="It can't be brought back."
            open=true
            close_href=routes::SERVICES
        >
            <ActForm act=action>
                <DialogBody>
                    <ErrorSummary errors=feedback.errors() general=feedback.general() />
                    <input type="hidden" name="service" value=id />
                    <ul>
                        <li>"Its questions are refused at once: whom it lets in by our answers, it lets in no more."</li>
                        <li>{asked}</li>
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
            id="service-gone"
            title="This service is gone"
            lead="It was deleted: its questions are refused."
            open=true
            close_href=routes::SERVICES
        >
            <DialogFooter cancel="Close" />
        </Dialog>
    }
    .into_any()
}
