//! `/organization/iam/roles/{key}`: everybody who holds a role, and why.

use super::{
    chain::{Links, chains},
    explain_api::explain_role,
    held_roles::allowed,
    roles_page::assign_when,
};
use crate::{
    page::still_page,
    routes,
    travel::{use_params_map, use_query_map},
    ui::{
        ButtonLink, Card, CardBody, ColumnHeader, DataTable, EmptyState, IconKind, PageHeader, Pager,
        Person as PersonName,
    },
    viewer::{Person, Viewer},
};
use domain::{
    access::{
        RoleKey,
        explain::{Holder, RoleHolders},
    },
    ids::UserId,
    moment::Moment,
    person_name::initials,
    users::PAGE_SIZE,
};
use leptos::prelude::*;

#[component]
pub fn RolePage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let asked = move || {
        let after = query
            .read()
            .get_str("after")
            .and_then(|id| id.parse::<UserId>().ok());
        (RoleKey::new(params.read().get("key").unwrap_or_default()), after)
    };
    still_page(
        "Role",
        asked,
        |(role, after)| explain_role(role, after),
        move |_: &Viewer, person: &Person, held: &RoleHolders| {
            let is_first = query.with_untracked(|query| query.get_str("after").is_none());
            role_view(held, Links::of(person), is_first)
        },
    )
}

fn role_view(held: &RoleHolders, links: Links, is_first: bool) -> impl IntoView + use<> {
    let RoleHolders { role, holders, now } = held;
    let (key, now) = (&role.key, *now);
    let rows = holders
        .people
        .iter()
        .map(|holder| row(key, holder, links, now))
        .collect_view();
    let table = if holders.people.is_empty() {
        view! {
            <EmptyState title="Nobody holds this role" icon=IconKind::Users>
                <p>"An access policy gives it to users or groups."</p>
                <ButtonLink href=routes::POLICIES>"See access policies"</ButtonLink>
            </EmptyState>
        }
        .into_any()
    } else {
        view! {
            <DataTable caption=format!("Who holds the role {}", role.name) columns="holders">
                <thead>
                    <tr>
                        <ColumnHeader label="Name" />
                        <ColumnHeader label="Because of" />
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </DataTable>
        }
        .into_any()
    };
    let next = holders.next.map(|after| routes::role_after(key, after));
    // Pages go forward only; the first one is a press away.
    let first = (!is_first).then(|| routes::role(key));
    let (named, when, allowed) = (key.to_string(), assign_when(role), allowed(role));
    let paged = next.is_some() || first.is_some();
    view! {
        <PageHeader title=role.name.clone() lead=role.description.clone()>
            <ButtonLink href=routes::ROLES>"All roles"</ButtonLink>
        </PageHeader>
        <div class="facts">
            <Card>
                <CardBody>
                    {when}
                    <p class="muted">"Key: " <span class="mono">{named}</span></p>
                    {allowed}
                </CardBody>
            </Card>
        </div>
        <h2 class="list-heading">"Who holds it"</h2>
        {table}
        {paged.then(|| view! { <Pager next note=format!("Up to {PAGE_SIZE} on a page") /> })}
        {first.map(|href| view! { <p class="first-page"><a href=href>"Back to the first page"</a></p> })}
    }
}

fn row(role: &RoleKey, holder: &Holder, links: Links, now: Moment) -> impl IntoView + use<> {
    let Holder {
        id,
        name,
        email,
        because,
    } = holder;
    view! {
        <tr>
            <td>
                <PersonName
                    name=name.clone()
                    detail=email.clone()
                    initials=initials(name)
                    hue=id.hue()
                    href=routes::person(*id)
                />
            </td>
            <td data-label="Because of">{chains(role, because, links, now)}</td>
        </tr>
    }
}
