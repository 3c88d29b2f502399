//! The dialog that shows a secret, once, and the one that says so to whoever comes back.

use crate::ui::{
    ButtonKind, ButtonLink, CopyButton, Definition, DefinitionList, Dialog, DialogBody, DialogFooter,
};
use leptos::prelude::*;

/// A value to be kept, under its name.
pub struct Kept {
    pub term: &'static str,
    /// For the button that copies it.
    pub what: &'static str,
    pub value: String,
}

/// Shows all that there is to be kept, and below it what to do with that.
pub fn kept_dialog(
    id: &'static str,
    title: String,
    close_href: &'static str,
    kept: Vec<Kept>,
    below: AnyView,
) -> AnyView {
    let one = |Kept { term, what, value }: Kept| {
        view! {
            <Definition term>
                <code>{value.clone()}</code>
                <CopyButton text=value what />
            </Definition>
        }
    };
    let all = kept.into_iter().map(one).collect_view();
    view! {
        <Dialog
            id
            title
            lead="It is shown only now. Nobody can look it up later."
            wide=true
            insists=true
            open=true
            close_href
        >
            <DialogBody>
                <div class="credential">
                    <DefinitionList>{all}</DefinitionList>
                </div>
                {below}
            </DialogBody>
            <DialogFooter cancel="I have kept it" />
        </Dialog>
    }
    .into_any()
}

/// After a reload, or for whoever finds the address. `again`: where another one is made, and what that is called.
pub fn shown_before(
    id: &'static str,
    title: &'static str,
    lead: &'static str,
    close_href: &'static str,
    again: Option<(String, &'static str)>,
) -> AnyView {
    let again = again.map(|(href, label)| {
        view! {
            <ButtonLink href kind=ButtonKind::Primary>
                {label}
            </ButtonLink>
        }
    });
    view! {
        <Dialog id title lead open=true close_href>
            <DialogFooter cancel="Close">{again}</DialogFooter>
        </Dialog>
    }
    .into_any()
}
