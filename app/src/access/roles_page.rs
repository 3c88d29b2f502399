//! `/organization/iam/roles`: the catalogue of roles, by the part of the platform that they are about.

use super::{explain_api::list_roles, held_roles::allowed};
use crate::{
    page::still_page,
    routes,
    ui::{Card, CardBody, CardHeader, PageHeader, Stack},
    viewer::{Person, Viewer},
};
use domain::access::RoleEntry;
use leptos::prelude::*;

#[component]
pub fn RolesPage() -> impl IntoView {
    let find = |()| list_roles();
    still_page(
        "Roles",
        || (),
        find,
        |_: &Viewer, _: &Person, roles: &Vec<RoleEntry>| {
            let areas = by_area(roles).into_iter().map(|(area, roles)| {
                let entries = roles.into_iter().map(entry).collect_view();
                view! {
                    <Card>
                        <CardHeader title=area />
                        <CardBody>
                            <ul class="roles">{entries}</ul>
                        </CardBody>
                    </Card>
                }
            });
            let areas = areas.collect_view();
            view! {
                <PageHeader title="Roles" lead="What people can be allowed to do. Access policies give roles to users and groups." />
                <Stack>{areas}</Stack>
            }
        },
    )
}

/// The areas in the order in which the catalogue comes to them.
fn by_area(roles: &[RoleEntry]) -> Vec<(String, Vec<&RoleEntry>)> {
    let mut areas: Vec<(String, Vec<&RoleEntry>)> = Vec::new();
    for role in roles {
        match areas.iter_mut().find(|(area, _)| *area == role.area) {
            Some((_, roles)) => roles.push(role),
            None => areas.push((role.area.clone(), vec![role])),
        }
    }
    areas
}

fn entry(role: &RoleEntry) -> impl IntoView + use<> {
    view! {
        <li class="role">
            <h3>
                <a href=routes::role(&role.key)>{role.name.clone()}</a>
            </h3>
            <p>{role.description.clone()}</p>
            {assign_when(role)}
            {allowed(role)}
        </li>
    }
}

/// When to assign it, where the catalogue says so.
pub fn assign_when(role: &RoleEntry) -> impl IntoView + use<> {
    let when = role.assign_when.clone();
    (!when.is_empty()).then(|| view! { <p class="muted">"Assign it when: " {when}</p> })
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::access::Catalogue;

    #[test]
    fn each_role_stands_once_and_each_area_once() {
        let catalogue = Catalogue::default();
        let areas = by_area(catalogue.roles());
        let names: std::collections::HashSet<_> = areas.iter().map(|(area, _)| area).collect();
        assert_eq!(names.len(), areas.len());
        assert_eq!(
            areas.iter().map(|(_, roles)| roles.len()).sum::<usize>(),
            catalogue.roles().len()
        );
    }
}
