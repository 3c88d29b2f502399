//! The dialog that shows recovery codes, once: to be copied, downloaded or printed.

use super::{
    RECOVERY_CODES,
    dialogs::{BACK, over},
};
use crate::{
    browser,
    ui::{Button, CopyButton, Dialog, DialogBody, DialogFooter, IconKind},
    viewer::Viewer,
};
use leptos::prelude::*;

pub fn recovery_codes_dialog(viewer: &Viewer) -> AnyView {
    let left = viewer.flash.as_ref().filter(|left| left.action == RECOVERY_CODES);
    let Some(left) = left else {
        return over(
            "Recovery codes are shown once",
            "If you have not kept them, make new ones: the old ones stop working then.",
            "new-codes",
            "Make new codes…",
        );
    };
    let codes: Vec<String> = left.values.iter().map(|(_, code)| code.clone()).collect();
    let text = codes.join("\n");
    // Percent-encoded as RFC 2397 wants it: hyphens, digits and letters stand for themselves.
    let file = format!("data:text/plain;charset=utf-8,{}%0A", text.replace('\n', "%0A"));
    let items = codes
        .into_iter()
        .map(|code| view! { <li>{code}</li> })
        .collect_view();
    view! {
        <Dialog
            id="recovery-codes"
            title="Keep these recovery codes"
            lead="Each signs you in once when you don't have your device. They are shown only now."
            insists=true
            open=true
            close_href=BACK
        >
            <DialogBody>
                <ol class="recovery-codes mono">{items}</ol>
                <div class="actions">
                    <CopyButton text what="recovery codes" />
                    <a class="button" data-kind="quiet" data-size="small" href=file download="usher-recovery-codes.txt">
                        "Download"
                    </a>
                    <span class="with-script">
                        <Button
                            kind=crate::ui::ButtonKind::Quiet
                            size=crate::ui::ButtonSize::Small
                            icon=IconKind::Log
                            on_click=Callback::from(browser::print_page)
                        >
                            "Print"
                        </Button>
                    </span>
                </div>
            </DialogBody>
            <DialogFooter cancel="I have kept them" />
        </Dialog>
    }
    .into_any()
}
