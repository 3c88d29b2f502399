//! `/organization/users/groups/{id}`: a group, what it gives, and its members. Search, page and dialog live in the
//! address.

use super::{
    chain::{Links, ending, linked},
    group_dialogs::group_dialog,
    groups_api::{GroupDetails, GroupQuestion, find_group},
    groups_page::counted,
};
use crate::{
    loaded::load,
    page::{console_page, not_found},
    routes,
    travel::{use_params_map, use_query_map},
    ui::{
        Badge, BadgeKind, Button, ButtonKind, ButtonLink, Card, CardBody, CardHeader, ColumnHeader,
        DataTable, Definition, DefinitionList, EmptyState, IconKind, Menu, MenuLink, PageHeader, Pager,
        Person as PersonName, SearchField, Toolbar,
    },
    viewer::{Person, Viewer},
};
use domain::{
    access::group::{GroupView, MemberRow},
    ids::{GroupId, UserId},
    moment::Moment,
    person_name::initials,
    users::{Cursor, PAGE_SIZE, UserQuery},
};
use leptos::prelude::*;
use leptos_router::params::ParamsMap;

/// Of members only what is looked for and the page.
fn query_of(map: &ParamsMap) -> UserQuery {
    let UserQuery { search, cursor, .. } = UserQuery::from_query(|key| map.get_str(key));
    UserQuery {
        search,
        cursor,
        ..UserQuery::default()
    }
}

fn question_of(map: &ParamsMap) -> Option<GroupQuestion> {
    let user = || map.get_str("user").and_then(|id| id.parse::<UserId>().ok());
    match map.get_str("dialog") {
        Some("delete") => Some(GroupQuestion::Delete),
        Some("remove") => user().map(GroupQuestion::Remove),
        _ => None,
    }
}

#[component]
pub fn GroupPage() -> impl IntoView {
    let (params, map) = (use_params_map(), use_query_map());
    let asked = move || {
        let id = params
            .read()
            .get_str("id")
            .and_then(|id| id.parse::<GroupId>().ok());
        let map = map.read();
        (id, query_of(&map), question_of(&map))
    };
    let group = load(asked, |(id, query, question)| async move {
        match id {
            Some(id) => find_group(id, query.search, query.cursor, question).await,
            None => not_found().await,
        }
    });
    console_page(
        "Group",
        group,
        move |viewer: Viewer, person: Person, group: GroupDetails| {
            let map = map.get_untracked();
            let query = query_of(&map);
            let dialog = person.changes_access.then(|| {
                map.get_str("dialog")
                    .map(|dialog| group_dialog(&viewer, &query, dialog, question_of(&map), &group))
            });
            view! {
                {group_view(&person, &query, &group.view)}
                {dialog}
            }
        },
    )
}

fn group_view(person: &Person, query: &UserQuery, view: &GroupView) -> impl IntoView + use<> {
    let group = &view.group;
    let acts = acts(person.changes_access, query, view);
    let lead = Some(group.description.clone()).filter(|text| !text.is_empty());
    let members = match group.members {
        1 => "1 member".to_owned(),
        n => format!("{} members", counted(n)),
    };
    view! {
        <PageHeader title=group.name.clone() lead>
            {acts}
        </PageHeader>
        <p class="page-facts">
            {group.built_in.then(|| view! { <Badge text="Built-in" /> })}
            <span class="muted numeric">{members}</span>
        </p>
        {what_it_gives(Links::of(person), view)}
        {member_list(person.changes_access, query, view)}
    }
}

fn acts(may_change: bool, query: &UserQuery, view: &GroupView) -> impl IntoView + use<> {
    let group = &view.group;
    let act = |label: &'static str, id: &'static str, dialog: &'static str, why: Option<String>| {
        if why.is_some() {
            return view! {
                <Button id why_disabled=why>
                    {label}
                </Button>
            }
            .into_any();
        }
        let href = routes::group_dialog(group.id, query, dialog, None);
        view! {
            <ButtonLink href id>
                {label}
            </ButtonLink>
        }
        .into_any()
    };
    if !may_change {
        let why = || Some("Only an IAM Admin can change groups.".to_owned());
        return view! {
            <Button kind=ButtonKind::Primary why_disabled=why()>
                "Add members"
            </Button>
        }
        .into_any();
    }
    let why = |words: &str| group.built_in.then(|| words.to_owned());
    view! {
        <ButtonLink href=routes::new_members(group.id) kind=ButtonKind::Primary icon=IconKind::Plus>
            "Add members"
        </ButtonLink>
        {act("Rename", "rename-group", "rename", why("Built-in groups keep their names."))}
        {act("Delete", "delete-group", "delete", why("Built-in groups can't be deleted."))}
    }
    .into_any()
}

fn what_it_gives(links: Links, view: &GroupView) -> impl IntoView + use<> {
    let roles = view
        .roles
        .iter()
        .map(|role| view! { <li>{linked(&role.name, links.role(&role.id))}</li> })
        .collect_view();
    let policies = view
        .policies
        .iter()
        .map(|policy| view! { <li>{linked(&policy.name, links.policy(policy, None))}</li> })
        .collect_view();
    let nothing = || view! { <span class="muted">"None"</span> }.into_any();
    let roles = if view.roles.is_empty() {
        nothing()
    } else {
        view! { <ul class="names">{roles}</ul> }.into_any()
    };
    let policies = if view.policies.is_empty() {
        nothing()
    } else {
        view! { <ul class="names">{policies}</ul> }.into_any()
    };
    view! {
        <Card>
            <CardHeader title="What it gives" />
            <CardBody>
                <DefinitionList>
                    <Definition term="Roles">{roles}</Definition>
                    <Definition term="Access policies">{policies}</Definition>
                </DefinitionList>
            </CardBody>
        </Card>
    }
}

fn member_list(may_change: bool, query: &UserQuery, view: &GroupView) -> impl IntoView + use<> {
    let id = view.group.id;
    let count = view.members.len();
    let more = view.next.is_some() || view.previous.is_some();
    // How many there are in all stands above.
    let shown = match (more, query.search.is_empty()) {
        (true, _) => Some(format!("{count} on this page")),
        (false, false) => Some(format!("{count} found")),
        (false, true) => None,
    };
    let to = |cursor: Cursor| {
        routes::members(
            id,
            &UserQuery {
                cursor,
                ..query.clone()
            },
        )
    };
    let (previous, next) = (view.previous.map(to), view.next.map(to));
    let search = query.search.clone();
    let list = if count > 0 {
        table(may_change, query, view).into_any()
    } else if query.search.is_empty() {
        view! {
            <EmptyState title="No members yet" icon=IconKind::Users>
                <p>"Members hold what the group gives, from their next click on."</p>
                {may_change
                    .then(|| view! { <ButtonLink href=routes::new_members(id)>"Add the first members"</ButtonLink> })}
            </EmptyState>
        }
        .into_any()
    } else {
        view! {
            <EmptyState title="Nobody matches" icon=IconKind::Search>
                <p>"Try fewer letters."</p>
                <ButtonLink href=routes::group(id)>"Clear search"</ButtonLink>
            </EmptyState>
        }
        .into_any()
    };
    view! {
        <h2 class="list-heading">"Members"</h2>
        <form action=routes::group(id) method="get" role="search">
            <Toolbar count=shown>
                <SearchField label="Search members by name or e-mail" placeholder="Name or e-mail" value=search />
                <Button>"Search"</Button>
            </Toolbar>
        </form>
        {list}
        {more.then(|| view! { <Pager previous next note=format!("Up to {PAGE_SIZE} on a page") /> })}
    }
}

fn table(may_change: bool, query: &UserQuery, view: &GroupView) -> impl IntoView + use<> {
    let (id, now) = (view.group.id, view.now);
    let rows = view
        .members
        .iter()
        .map(|member| row(may_change, id, query, member, now))
        .collect_view();
    view! {
        <DataTable caption=format!("Members of {}", view.group.name) columns="members">
            <thead>
                <tr>
                    <ColumnHeader label="Name" />
                    <ColumnHeader label="Status" />
                    <ColumnHeader label="Ends" />
                    <ColumnHeader label="Actions" hide_label=true />
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
    }
}

fn row(
    may_change: bool,
    group: GroupId,
    query: &UserQuery,
    member: &MemberRow,
    now: Moment,
) -> impl IntoView + use<> {
    let (kind, status) = if member.is_active {
        (BadgeKind::Good, "Active")
    } else {
        (BadgeKind::Idle, "Deactivated")
    };
    let ends = match member.ends {
        Some(ends) => ending(ends, now).into_any(),
        None => view! { <span class="muted">"–"</span> }.into_any(),
    };
    let menu = may_change.then(|| {
        let href = routes::group_dialog(group, query, "remove", Some(member.id));
        view! {
            <Menu label=format!("Actions for {}", member.name)>
                <MenuLink href icon=IconKind::Trash danger=true>
                    "Remove"
                </MenuLink>
            </Menu>
        }
    });
    view! {
        <tr>
            <td>
                <PersonName
                    name=member.name.clone()
                    detail=member.email.clone()
                    initials=initials(&member.name)
                    hue=member.id.hue()
                    href=routes::person(member.id)
                />
            </td>
            <td data-label="Status">
                <Badge kind text=status />
            </td>
            <td data-label="Ends">{ends}</td>
            <td data-cell="menu">{menu}</td>
        </tr>
    }
}
