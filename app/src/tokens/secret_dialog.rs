//! The dialog that shows the secret of a new token, once.

use super::SECRET;
use crate::{
    routes,
    ui::{ButtonKind, ButtonLink, CopyButton, Dialog, DialogBody, DialogFooter},
    viewer::Viewer,
};
use leptos::prelude::*;

pub(super) fn secret_dialog(viewer: &Viewer, may_create: bool) -> AnyView {
    let left = viewer.flash.as_ref().filter(|left| left.action == SECRET);
    let Some(left) = left else {
        return shown_before(may_create);
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

/// After a reload, or for whoever finds the address.
fn shown_before(may_create: bool) -> AnyView {
    let create = may_create.then(|| {
        view! {
            <ButtonLink href=routes::tokens_dialog("create") kind=ButtonKind::Primary>
                "Create another…"
            </ButtonLink>
        }
    });
    view! {
        <Dialog
            id="token-secret-over"
            title="A token is shown once"
            lead="If you have not kept it, delete it and create another one."
            open=true
            close_href=routes::TOKENS
        >
            <DialogFooter cancel="Close">{create}</DialogFooter>
        </Dialog>
    }
    .into_any()
}
