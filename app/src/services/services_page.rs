//! `/organization/services`.

use super::{
    add_dialog::add_dialog,
    api::list_services,
    delete_dialog::{delete_dialog, gone},
    secret_dialog::secret_dialog,
    ways_to_ask::ways_to_ask,
};
use crate::{
    credentials::table::{Credential, CredentialWords, credential_table},
    loaded::load,
    page::console_page,
    routes,
    travel::use_query_map,
    ui::{Button, ButtonKind, ButtonLink, Card, CardBody, CardHeader, EmptyState, IconKind, PageHeader},
    viewer::{Person, Viewer},
};
use domain::services::{ServiceLine, Services};
use leptos::prelude::*;
use leptos_router::params::ParamsMap;

#[component]
pub fn ServicesPage() -> impl IntoView {
    let query = use_query_map();
    let services = load(|| (), |()| list_services());
    console_page(
        "Services",
        services,
        move |viewer: Viewer, _: Person, services: Services| {
            let dialog = dialog(&viewer, &services, &query.get_untracked());
            view! {
                <PageHeader
                    title="Services"
                    lead="Services outside that ask whom a token acts as and what a person may do. They can do nothing else."
                >
                    {add_button(services.may_change)}
                </PageHeader>
                {if services.services.is_empty() {
                    nothing_yet(services.may_change)
                } else {
                    table(&services)
                }}
                <div class="services-guide">
                    <Card>
                        <CardHeader title="How they ask" lead="With their secret, by HTTP." />
                        <CardBody>{ways_to_ask(&services.address)}</CardBody>
                    </Card>
                </div>
                {dialog}
            }
        },
    )
}

fn dialog(viewer: &Viewer, services: &Services, query: &ParamsMap) -> AnyView {
    if !services.may_change {
        return ().into_any();
    }
    match query.get_str("dialog").unwrap_or_default() {
        "add" => add_dialog(viewer),
        "secret" => secret_dialog(viewer, &services.address),
        "delete" => {
            let id = query.get_str("service").unwrap_or_default();
            let mut all = services.services.iter();
            match all.find(|service| service.id.to_string() == id) {
                Some(service) => delete_dialog(viewer, service, services.now),
                None => gone(),
            }
        }
        _ => ().into_any(),
    }
}

/// A form that asks for the dialog, which is there by its address alone.
fn add_button(may_change: bool) -> impl IntoView {
    let why = (!may_change).then(|| "Only an IAM Admin can add and delete services.".to_owned());
    view! {
        <form method="get" action=routes::SERVICES>
            <input type="hidden" name="dialog" value="add" />
            <Button kind=ButtonKind::Primary icon=IconKind::Plus why_disabled=why>
                "Add Service"
            </Button>
        </form>
    }
}

fn nothing_yet(may_change: bool) -> AnyView {
    let add = may_change
        .then(|| view! { <ButtonLink href=routes::services_dialog("add")>"Add a service"</ButtonLink> });
    view! {
        <EmptyState title="No services yet" icon=IconKind::Server>
            <p>"Add one for whatever lets people in by their tokens: each gets a secret of its own, by which it asks."</p>
            {add}
        </EmptyState>
    }
    .into_any()
}

fn table(services: &Services) -> AnyView {
    let may_change = services.may_change;
    let credential = |service: &ServiceLine| Credential {
        name: service.name.clone(),
        created: service.created,
        created_by: service.created_by.clone(),
        maker_is_out: service.maker_is_out,
        last_used: service.last_used,
        delete: may_change.then(|| routes::delete_service(service.id)),
    };
    let words = CredentialWords {
        caption: "Services of the organization",
        used: "Last asked",
        never: "Never asked",
        warning: "They know its secret. Add another one and delete this.",
    };
    credential_table(
        services.services.iter().map(credential).collect(),
        words,
        services.now,
    )
}
