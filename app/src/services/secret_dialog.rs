//! The dialog that shows the credential of a new service, once.

use super::{SECRET, ways_to_ask::ways_to_ask};
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
    let (id, secret) = (left.value("id"), left.value("secret"));
    let title = format!("Keep the secret of {}", left.value("name"));
    let ways = ways_to_ask(address);
    view! {
        <Dialog
            id="service-secret"
            title
            lead="It is shown only now. Nobody can look it up later."
            wide=true
            insists=true
            open=true
            close_href=routes::SERVICES
        >
            <DialogBody>
                <div class="service-credential">
                    <DefinitionList>
                        <Definition term="ID">
                            <code>{id.clone()}</code>
                            <CopyButton text=id what="ID" />
                        </Definition>
                        <Definition term="Secret">
                            <code>{secret.clone()}</code>
                            <CopyButton text=secret what="secret" />
                        </Definition>
                    </DefinitionList>
                </div>
                <div class="service-use">
                    <h3>"How it asks"</h3>
                    {ways}
                </div>
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
            id="service-secret-over"
            title="A secret is shown once"
            lead="If you have not kept it, delete the service and add it again."
            open=true
            close_href=routes::SERVICES
        >
            <DialogFooter cancel="Close">
                <ButtonLink href=routes::services_dialog("add") kind=ButtonKind::Primary>
                    "Add another…"
                </ButtonLink>
            </DialogFooter>
        </Dialog>
    }
    .into_any()
}
