//! Why somebody holds a role, as one line: policy → rule → group.

use crate::{
    routes::{self, EditorPlace},
    ui::Time,
    viewer::Person,
};
use domain::{
    access::{Grant, Named, RoleKey, policy::NameQuery},
    ids::{GroupId, PolicyId},
    moment::Moment,
};
use leptos::prelude::*;

/// Where the names of roles, groups and policies lead, by what whoever looks may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Links {
    /// They see no more than their own.
    Nowhere,
    See,
    Edit,
}

impl Links {
    pub fn of(person: &Person) -> Self {
        match (person.sees_access, person.changes_access) {
            (false, _) => Self::Nowhere,
            (true, false) => Self::See,
            (true, true) => Self::Edit,
        }
    }

    /// A policy, or one of its rules, from 1.
    pub fn policy(self, policy: &Named<PolicyId>, rule: Option<i32>) -> Option<String> {
        let rule = rule.and_then(|rule| usize::try_from(rule).ok());
        let place = rule.map_or(EditorPlace::Top, EditorPlace::Rule);
        match self {
            Self::Nowhere => None,
            Self::See => Some(routes::policies(&NameQuery {
                search: policy.name.clone(),
                after: None,
            })),
            Self::Edit => Some(routes::policy_editor(Some(policy.id), None, place)),
        }
    }

    pub fn group(self, group: &Named<GroupId>) -> Option<String> {
        (self != Self::Nowhere).then(|| routes::group(group.id))
    }

    pub fn role(self, role: &RoleKey) -> Option<String> {
        (self != Self::Nowhere).then(|| routes::role(role))
    }
}

/// A name that leads somewhere, or only a name.
pub fn linked(name: &str, href: Option<String>) -> AnyView {
    let name = name.to_owned();
    match href {
        Some(href) => view! { <a href=href>{name}</a> }.into_any(),
        None => name.into_any(),
    }
}

/// When something ends, seen from `now`.
pub fn ending(ends: Moment, now: Moment) -> impl IntoView {
    view! { <Time datetime=ends.rfc3339() text=ends.relative_to(now) title=ends.date_and_time() /> }
}

/// The lines under a role: each way by which it is held.
pub fn chains(role: &RoleKey, because: &[Grant], links: Links, now: Moment) -> impl IntoView + use<> {
    let each = because.iter().map(|grant| chain(role, grant, links, now));
    view! { <ul class="chains">{each.collect_view()}</ul> }
}

fn chain(role: &RoleKey, grant: &Grant, links: Links, now: Moment) -> impl IntoView + use<> {
    // One that comes with another role is held by the grant of that one.
    let with = grant
        .role
        .built_in()
        .filter(|given| *role != RoleKey::from(*given));
    let arrow = || view! { <span class="chain-arrow" aria-hidden="true">" → "</span> };
    let policy = linked(&grant.policy.name, links.policy(&grant.policy, None));
    let number = linked(
        &format!("Rule {}", grant.rule),
        links
            .policy(&grant.policy, Some(grant.rule))
            .filter(|_| links == Links::Edit),
    );
    let end = match &grant.group {
        Some(group) => linked(&group.name, links.group(group)),
        None => "named directly".into_any(),
    };
    view! {
        <li class="chain">
            {with.map(|role| view! { <span class="muted">{format!("With {}: ", role.name())}</span> })}
            {policy} {arrow()} {number} {arrow()} {end}
            {grant.ends.map(|ends| view! { <span class="chain-end">", ends " {ending(ends, now)}</span> })}
        </li>
    }
}
