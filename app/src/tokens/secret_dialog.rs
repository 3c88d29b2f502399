//! The dialog that shows the secret of a new token, once.

use super::SECRET;
use crate::{
    credentials::secret_dialog::shown_before,
    routes,
    ui::{CopyButton, Dialog, DialogBody, DialogFooter},
    viewer::Viewer,
};
use leptos::prelude::*;

pub(super) fn secret_dialog(viewer: &Viewer, may_create: bool) -> AnyView {
    let left = viewer.flash.as_ref().filter(|left| left.action == SECRET);
    let Some(left) = left else {
        return shown_before(
            "token-secret-over",
            "A token is shown once",
            "If you have not kept it, delete it and create another one.",
            routes::TOKENS,
            may_create.then(|| (routes::tokens_dialog("create"), "Create another…")),
        );
    };
    let (name, secret) = (left.value("name"), left.value("secret"));
    let example = format!(
        "curl -H \"Authorization: Bearer $TOKEN\" {}/v1beta1/auth/whoami",
        left.value("address")
    );
    view! {
        <Dialog
            id="token-secret"
            title=format!("Keep the token {name}")
            lead="It is shown only now. Nobody can look it up later."
            insists=true
            open=true
            close_href=routes::TOKENS
        >
            <DialogBody>
                <div class="secret">
                    <code>{secret.clone()}</code>
                    <CopyButton text=secret what="token" />
                </div>
                <div class="secret-use">
                    <p>"To see whom it acts as, with the token in " <code>"$TOKEN"</code> ":"</p>
                    <code>{example}</code>
                </div>
            </DialogBody>
            <DialogFooter cancel="I have kept it" />
        </Dialog>
    }
    .into_any()
}
