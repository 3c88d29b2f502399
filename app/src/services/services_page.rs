//! `/organization/services`.

use super::{
    add_dialog::add_dialog,
    api::list_services,
    delete_dialog::{delete_dialog, gone},
    secret_dialog::secret_dialog,
    ways_to_ask::ways_to_ask,
};
use crate::{
    page::console_page,
    routes,
    ui::{
        Badge, BadgeKind, Button, ButtonKind, ButtonLink, Card, CardBody, CardHeader, ColumnHeader,
        DataTable, EmptyState, IconKind, Menu, MenuLink, PageHeader, Time,
    },
    viewer::{Person, Viewer},
};
use domain::{
    moment::Moment,
    services::{ServiceLine, Services},
};
use leptos::prelude::*;
use leptos_router::{hooks::use_query_map, params::ParamsMap};

#[component]
pub fn ServicesPage() -> impl IntoView {
    let query = use_query_map();
    let services = Resource::new_blocking(|| (), |()| list_services());
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
    let rows = services
        .services
        .iter()
        .map(|service| row(service, services.now, services.may_change))
        .collect_view();
    view! {
        <DataTable caption="Services of the organization" columns="services">
            <thead>
                <tr>
                    <ColumnHeader label="Name" />
                    <ColumnHeader label="Added by" />
                    <ColumnHeader label="Added" />
                    <ColumnHeader label="Last asked" />
                    <ColumnHeader label="Actions" hide_label=true />
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
    }
    .into_any()
}

fn row(service: &ServiceLine, now: Moment, may_change: bool) -> impl IntoView + use<> {
    let menu = may_change.then(|| {
        let href = routes::delete_service(service.id);
        view! {
            <Menu label=format!("Actions for {}", service.name)>
                <MenuLink href icon=IconKind::Trash danger=true>
                    "Delete…"
                </MenuLink>
            </Menu>
        }
    });
    let warning = service.maker_is_out.then(|| {
        view! {
            <Badge kind=BadgeKind::Wait text="Deactivated" />
            <small>"They know its secret. Add another one and delete this."</small>
        }
    });
    let asked = match service.last_used {
        Some(at) => time(at, now),
        None => view! { <span class="muted">"Never asked"</span> }.into_any(),
    };
    view! {
        <tr>
            <td>
                <b class="service-name">{service.name.clone()}</b>
            </td>
            <td data-label="Added by">
                <span class="service-maker">{service.created_by.clone()} " " {warning}</span>
            </td>
            <td data-label="Added" data-cell="number">
                {time(service.created, now)}
            </td>
            <td data-label="Last asked" data-cell="number">
                {asked}
            </td>
            <td data-cell="menu">{menu}</td>
        </tr>
    }
}

fn time(at: Moment, now: Moment) -> AnyView {
    view! { <Time datetime=at.rfc3339() text=at.relative_to(now) title=at.date_and_time() /> }.into_any()
}
