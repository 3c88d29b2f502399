//! The dialog that shows a new token, once.

use super::SECRET;
use crate::{
    routes,
    ui::{ButtonKind, ButtonLink, CopyButton, Definition, DefinitionList, Dialog, DialogBody, DialogFooter},
    viewer::Viewer,
};
use leptos::prelude::*;

pub(super) fn secret_dialog(viewer: &Viewer, address: &str) -> AnyView {
    let left = viewer.flash.as_ref().filter(|left| left.action == SECRET);
    let Some(left) = left else {
        return shown_before();
    };
    let (address, secret) = (address.to_owned(), left.value("secret"));
    let title = format!("Keep the token of {}", left.value("name"));
    view! {
        <Dialog
            id="scim-secret"
            title
            lead="It is shown only now. Nobody can look it up later."
            wide=true
            insists=true
            open=true
            close_href=routes::SCIM
        >
            <DialogBody>
                <div class="scim-credential">
                    <DefinitionList>
                        <Definition term="Base address">
                            <code>{address.clone()}</code>
                            <CopyButton text=address what="base address" />
                        </Definition>
                        <Definition term="Token">
                            <code>{secret.clone()}</code>
                            <CopyButton text=secret what="token" />
                        </Definition>
                    </DefinitionList>
                </div>
                <p>"Give both to your identity provider, and to nobody else."</p>
            </DialogBody>
            <DialogFooter cancel="I have kept it" />
        </Dialog>
    }
    .into_any()
}

/// After a reload, or for whoever finds the address.
fn shown_before() -> AnyView {
    view! {
        <Dialog
            id="scim-secret-over"
            title="A token is shown once"
            lead="If you have not kept it, delete it and add another."
            open=true
            close_href=routes::SCIM
        >
            <DialogFooter cancel="Close">
                <ButtonLink href=routes::scim_dialog("add") kind=ButtonKind::Primary>
                    "Add another…"
                </ButtonLink>
            </DialogFooter>
        </Dialog>
    }
    .into_any()
}
