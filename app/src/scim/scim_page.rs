//! `/organization/iam/scim`.

use super::{
    add_dialog::add_dialog,
    api::view_scim,
    delete_dialog::{delete_dialog, gone},
    secret_dialog::secret_dialog,
    switches_card::switches_card,
    tokens_table::tokens_table,
};
use crate::{
    loaded::load,
    page::console_page,
    routes,
    sso::sso_tabs::{SsoTab, sso_tabs},
    travel::use_query_map,
    ui::{
        Button, ButtonKind, Card, CardBody, CardHeader, CopyButton, Definition, DefinitionList, IconKind,
        PageHeader, Stack,
    },
    viewer::{Person, Viewer},
};
use domain::scim::ScimView;
use leptos::prelude::*;
use leptos_router::params::ParamsMap;

#[component]
pub fn ScimPage() -> impl IntoView {
    let query = use_query_map();
    // An act leads back to this page: its notice tells that there is something else to see.
    let asked = move || query.read().get("notice");
    let scim = load(asked, |_| view_scim());
    console_page(
        "Provisioning",
        scim,
        move |viewer: Viewer, _: Person, scim: ScimView| {
            let dialog = dialog(&viewer, &scim, &query.get_untracked());
            view! {
                <PageHeader
                    title="Provisioning"
                    lead="Your identity provider says by SCIM who has joined, who has left, and who is in which group."
                >
                    {add_button(scim.may_change)}
                </PageHeader>
                {sso_tabs(SsoTab::Provisioning)}
                <Stack>{switches_card(&scim)} {tokens_table(&scim)} {guide(&scim.address)}</Stack>
                {dialog}
            }
        },
    )
}

fn dialog(viewer: &Viewer, scim: &ScimView, query: &ParamsMap) -> AnyView {
    if !scim.may_change {
        return ().into_any();
    }
    match query.get_str("dialog").unwrap_or_default() {
        "add" => add_dialog(viewer),
        "secret" => secret_dialog(viewer, &scim.address),
        "delete" => {
            let id = query.get_str("id").unwrap_or_default();
            match scim.tokens.iter().find(|token| token.id.to_string() == id) {
                Some(token) => delete_dialog(viewer, token, scim.now),
                None => gone(),
            }
        }
        _ => ().into_any(),
    }
}

/// A form that asks for the dialog, which is there by its address alone.
fn add_button(may_change: bool) -> impl IntoView {
    let why = (!may_change).then(|| "Only an IAM Admin can add and delete tokens.".to_owned());
    view! {
        <form method="get" action=routes::SCIM>
            <input type="hidden" name="dialog" value="add" />
            <Button kind=ButtonKind::Primary icon=IconKind::Plus why_disabled=why>
                "Add Token"
            </Button>
        </form>
    }
}

fn guide(address: &str) -> impl IntoView + use<> {
    let address = address.to_owned();
    view! {
        <Card>
            <CardHeader title="At your identity provider" lead="It speaks SCIM 2.0, with a token as its credential." />
            <CardBody>
                <DefinitionList>
                    <Definition term="Base address">
                        <code class="sso-value">{address.clone()}</code>
                        <CopyButton text=address what="base address" />
                    </Definition>
                    <Definition term="Okta">
                        "In the application, Provisioning, Configure API Integration: the base address, and the token as HTTP Header. Unique identifier is userName; enable Create, Update and Deactivate."
                    </Definition>
                    <Definition term="Entra ID">
                        "In the enterprise application, Provisioning, Automatic: the base address as Tenant URL, and the token as Secret Token. Map userName to the address at which people get mail."
                    </Definition>
                    <Definition term="Who leaves">
                        "is deactivated here with their next request: sessions and tokens stop. The last active IAM Admin stays."
                    </Definition>
                </DefinitionList>
            </CardBody>
        </Card>
    }
}
