//! `/organization/users/{id}`: one person with an account, and what they may do.

use crate::{
    access::{
        chain::Links,
        explain_api::explain_person,
        held_roles::{held_roles, memberships},
    },
    page::{console_page, not_found},
    routes,
    ui::{Badge, BadgeKind, ButtonLink, Card, CardBody, CardHeader, IconKind, PageHeader, Stack},
    viewer::{Person, Viewer},
};
use domain::{access::explain::PersonAccess, ids::UserId};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

#[component]
pub fn PersonPage() -> impl IntoView {
    let params = use_params_map();
    let id = move || {
        params
            .read()
            .get_str("id")
            .and_then(|id| id.parse::<UserId>().ok())
    };
    let access = Resource::new_blocking(id, |id| async move {
        match id {
            Some(id) => explain_person(id).await,
            None => not_found().await,
        }
    });
    console_page(
        "Person",
        access,
        |_: Viewer, person: Person, access: PersonAccess| {
            let links = Links::of(&person);
            let (groups, roles) = (memberships(&access, links), held_roles(&access, links));
            let (kind, status) = if access.is_active {
                (BadgeKind::Good, "Active")
            } else {
                (BadgeKind::Idle, "Deactivated")
            };
            let counts = if access.is_active {
                "Each with why: the access policy, its rule, and the group that it names."
            } else {
                "The account is deactivated: nothing of this counts until somebody reactivates it."
            };
            view! {
                <PageHeader title=access.name.clone() lead=access.email.clone()>
                    <ButtonLink href=routes::audit_of(access.id) icon=IconKind::Log>
                        "Audit log"
                    </ButtonLink>
                </PageHeader>
                <p class="page-facts">
                    <Badge kind text=status />
                </p>
                <Stack>
                    <Card>
                        <CardHeader title="Groups" />
                        <CardBody>{groups}</CardBody>
                    </Card>
                    <Card>
                        <CardHeader title="Roles" lead=counts />
                        <CardBody>{roles}</CardBody>
                    </Card>
                </Stack>
            }
        },
    )
}
