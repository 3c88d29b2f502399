//! `/organization/iam/access-policies`. Search and place in the list live in the address.

use super::{
    delete_policy_dialog::delete_policy_dialog,
    policies_api::{Policies, list_policies},
    policy_rules::policy_rules,
};
use crate::{
    loaded::load,
    page::console_page,
    routes::{self, EditorPlace},
    travel::use_query_map,
    ui::{
        Badge, Button, ButtonKind, ButtonLink, EmptyState, Icon, IconKind, Menu, MenuLink, PageHeader, Pager,
        SearchField, Toolbar,
    },
    viewer::{Person, Viewer},
};
use domain::{
    access::policy::{NameQuery, PolicyView},
    ids::PolicyId,
    moment::Moment,
    users::PAGE_SIZE,
};
use leptos::prelude::*;
use leptos_router::params::ParamsMap;

fn query_of(map: &ParamsMap) -> NameQuery {
    NameQuery::from_query(|key| map.get_str(key))
}

#[component]
pub fn PoliciesPage() -> impl IntoView {
    let map = use_query_map();
    let asked = move || {
        let map = map.read();
        let chosen = map.get_str("policy").and_then(|id| id.parse::<PolicyId>().ok());
        (query_of(&map), chosen)
    };
    let policies = load(asked, |(query, chosen)| list_policies(query, chosen));
    console_page(
        "Access policies",
        policies,
        move |viewer: Viewer, person: Person, policies: Policies| {
            let map = map.get_untracked();
            let is_deleting = map.get_str("dialog") == Some("delete");
            policies_view(&viewer, &person, &query_of(&map), is_deleting, &policies)
        },
    )
}

fn policies_view(
    viewer: &Viewer,
    person: &Person,
    query: &NameQuery,
    is_deleting: bool,
    policies: &Policies,
) -> impl IntoView + use<> {
    let may_change = person.changes_access;
    let page = &policies.page;
    let count = page.policies.len();
    let paged = page.next.is_some() || query.after.is_some();
    let shown = match (count, paged) {
        (_, true) => format!("{count} policies on this page"),
        (1, false) => "1 policy".to_owned(),
        (n, false) => format!("{n} policies"),
    };
    let to = |after: Option<String>| {
        routes::policies(&NameQuery {
            after,
            ..query.clone()
        })
    };
    let next = page.next.clone().map(|after| to(Some(after)));
    // The list goes forward only; the first page is a press away.
    let first = query.after.is_some().then(|| to(None));
    let only_default =
        !paged && query.search.is_empty() && page.policies.iter().all(|policy| policy.built_in);
    let rows: Vec<_> = page
        .policies
        .iter()
        .map(|policy| row(query, policy, page.now, may_change))
        .collect();
    let dialog = policies
        .chosen
        .as_ref()
        .filter(|_| is_deleting && may_change)
        .map(|(policy, preview)| delete_policy_dialog(viewer, query, policy, preview));
    let search = query.search.clone();
    view! {
        <PageHeader
            title="Access policies"
            lead="What people and groups may do. A policy can only allow; what no policy allows is not possible."
        >
            {create(may_change)}
        </PageHeader>
        <form action=routes::POLICIES method="get" role="search">
            <Toolbar count=shown>
                <SearchField label="Search by name" placeholder="Name" value=search />
                <Button>"Search"</Button>
            </Toolbar>
        </form>
        {if count == 0 {
            view! {
                <EmptyState title="No policy matches" icon=IconKind::Search>
                    <p>"Try fewer letters."</p>
                    <ButtonLink href=routes::POLICIES>"Clear search"</ButtonLink>
                </EmptyState>
            }
                .into_any()
        } else {
            view! { <ul class="policies">{rows}</ul> }.into_any()
        }}
        {(only_default && may_change).then(first_policy)}
        {paged
            .then(|| {
                view! {
                    <Pager next note=format!("Up to {PAGE_SIZE} on a page") />
                    {first.map(|href| view! { <p><a href=href>"Back to the first page"</a></p> })}
                }
            })}
        {dialog}
    }
}

fn create(may_change: bool) -> AnyView {
    if may_change {
        view! {
            <ButtonLink href=routes::policy_editor(None, None, EditorPlace::Top) kind=ButtonKind::Primary icon=IconKind::Plus>
                "Create Policy"
            </ButtonLink>
        }
        .into_any()
    } else {
        view! {
            <Button kind=ButtonKind::Primary icon=IconKind::Plus why_disabled="Only an IAM Admin can create policies.".to_owned()>
                "Create Policy"
            </Button>
        }
        .into_any()
    }
}

/// What to do where there are only default policies.
fn first_policy() -> impl IntoView {
    view! {
        <EmptyState title="No policy of your own yet" icon=IconKind::Shield>
            <p>"The default policies bind the built-in groups to their roles. Write your own for everything else."</p>
            <ButtonLink href=routes::policy_editor(None, None, EditorPlace::Top)>"Create your first policy"</ButtonLink>
        </EmptyState>
    }
}

fn row(query: &NameQuery, policy: &PolicyView, now: Moment, may_change: bool) -> impl IntoView + use<> {
    let count = match policy.rules.len() {
        1 => "1 rule".to_owned(),
        n => format!("{n} rules"),
    };
    let description = policy.description.clone();
    view! {
        <li class="policy">
            <details class="policy-details">
                <summary>
                    <Icon kind=IconKind::Next />
                    <span class="policy-words">
                        <span class="policy-name">
                            <h2>{policy.name.clone()}</h2>
                            {policy.built_in.then(|| view! { <Badge text="Default" /> })}
                        </span>
                        {(!description.is_empty()).then(|| view! { <small>{description}</small> })}
                    </span>
                    <span class="policy-count numeric">{count}</span>
                </summary>
                {policy_rules(&policy.rules, Some(now))}
            </details>
            {may_change.then(|| menu(query, policy))}
        </li>
    }
}

fn menu(query: &NameQuery, policy: &PolicyView) -> impl IntoView + use<> {
    let edit = routes::policy_editor(Some(policy.id), None, EditorPlace::Top);
    let delete = (!policy.built_in).then(|| routes::policy_dialog(query, "delete", policy.id));
    view! {
        <Menu label=format!("Actions for {}", policy.name)>
            <MenuLink href=edit icon=IconKind::Edit>
                "Edit"
            </MenuLink>
            {delete
                .map(|href| {
                    view! {
                        <MenuLink href icon=IconKind::Trash danger=true>
                            "Delete"
                        </MenuLink>
                    }
                })}
        </Menu>
    }
}
