//! What one person holds: their groups, and their roles with why. On their page and in their own settings.

use super::chain::{Links, chains, ending, linked};
use crate::ui::{Chip, EmptyState, IconKind};
use domain::access::{Named, RoleEntry, explain::PersonAccess};
use domain::{ids::GroupId, moment::Moment};
use leptos::prelude::*;

/// The groups, each with the end of the membership.
pub fn memberships(access: &PersonAccess, links: Links) -> AnyView {
    if access.groups.is_empty() {
        return view! { <p class="muted">"In no group."</p> }.into_any();
    }
    let now = access.now;
    let row = |(group, ends): &(Named<GroupId>, Option<Moment>)| {
        let ends = ends.map(|ends| view! { <span class="muted">"ends " {ending(ends, now)}</span> });
        view! { <li>{linked(&group.name, links.group(group))} {ends}</li> }
    };
    let rows = access.groups.iter().map(row).collect_view();
    view! { <ul class="memberships">{rows}</ul> }.into_any()
}

/// The roles, each with every way by which it is held and what it allows.
pub fn held_roles(access: &PersonAccess, links: Links) -> AnyView {
    if access.roles.is_empty() && access.unknown.is_empty() {
        return view! {
            <EmptyState title="No roles" icon=IconKind::Key>
                <p>"No access policy names this account or a group that it is in."</p>
            </EmptyState>
        }
        .into_any();
    }
    let now = access.now;
    let roles = access.roles.iter().map(|(role, because)| {
        view! {
            <li class="role">
                <h3>{linked(&role.name, links.role(&role.key))}</h3>
                <p class="muted">{role.description.clone()}</p>
                {chains(&role.key, because, links, now)}
                {allowed(role)}
            </li>
        }
    });
    let unknown = access.unknown.iter().map(|(key, because)| {
        view! {
            <li class="role">
                <h3>{key.to_string()}</h3>
                <p class="muted">"This console no longer knows a role by this key: it allows nothing."</p>
                {chains(key, because, links, now)}
            </li>
        }
    });
    view! { <ul class="roles">{roles.collect_view()} {unknown.collect_view()}</ul> }.into_any()
}

/// What a role allows, folded away: keys are for those who write services.
pub fn allowed(role: &RoleEntry) -> impl IntoView + use<> {
    let many = match role.actions.len() {
        1 => "Allows 1 action".to_owned(),
        n => format!("Allows {n} actions"),
    };
    let of = role.name.clone();
    let keys = role
        .actions
        .iter()
        .map(|action| view! { <li><Chip text=action.clone() /></li> });
    view! {
        <details class="allowed">
            <summary>{many} <span class="visually-hidden">": " {of}</span></summary>
            <ul>{keys.collect_view()}</ul>
        </details>
    }
}
