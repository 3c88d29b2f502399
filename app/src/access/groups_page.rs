//! `/organization/users/groups`, the tab **Groups**. Search and page live in the address.

use super::groups_api::{CreateGroup, list_groups};
use crate::{
    act::{Act, ActForm},
    feedback::Feedback,
    loaded::load,
    page::console_page,
    routes,
    still::{Unsent, still},
    travel::use_query_map,
    ui::{
        Badge, Button, ButtonKind, ButtonLink, ColumnHeader, DataTable, Dialog, DialogBody, DialogButton,
        DialogFooter, EmptyState, ErrorSummary, IconKind, PageHeader, Pager, SearchField, TextField, Toolbar,
    },
    users::people_tabs::{PeopleTab, people_tabs},
    viewer::{Person, Viewer},
};
use domain::{
    access::{
        group::{COUNTED_MEMBERS, GroupPage, GroupRow},
        policy::NameQuery,
    },
    field::Field,
    users::PAGE_SIZE,
};
use leptos::prelude::*;
use leptos_router::params::ParamsMap;

/// The id of the dialog behind **Create Group**.
const CREATE: &str = "create-group";

fn query_of(map: &ParamsMap) -> NameQuery {
    NameQuery::from_query(|key| map.get_str(key))
}

#[component]
pub fn GroupsPage() -> impl IntoView {
    let map = use_query_map();
    let groups = load(
        move || query_of(&map.read()),
        |query| async move { list_groups(query).await.map(Unsent::new) },
    );
    console_page(
        "Groups",
        groups,
        move |viewer: Viewer, person: Person, page: Unsent<GroupPage>| {
            let list = still(|| {
                let query = query_of(&map.get_untracked());
                page.get().map(|page| groups_view(&person, &query, page))
            });
            view! { {list} {person.changes_access.then(|| create_dialog(&viewer))} }
        },
    )
}

fn groups_view(person: &Person, query: &NameQuery, page: &GroupPage) -> impl IntoView + use<> {
    let may_change = person.changes_access;
    let count = page.groups.len();
    let paged = page.next.is_some() || query.after.is_some();
    let shown = match (count, paged) {
        (_, true) => format!("{count} groups on this page"),
        (1, false) => "1 group".to_owned(),
        (n, false) => format!("{n} groups"),
    };
    let only_built_in = !paged && query.search.is_empty() && page.groups.iter().all(|group| group.built_in);
    let to = |after: Option<String>| {
        routes::groups(&NameQuery {
            after,
            ..query.clone()
        })
    };
    let next = page.next.clone().map(|after| to(Some(after)));
    let search = query.search.clone();
    // Pages go forward only; the first one is a press away.
    let first = query.after.is_some().then(|| to(None));
    view! {
        <PageHeader title="Groups" lead="People who get the same roles. Access policies say which.">
            <DialogButton
                dialog=CREATE
                kind=ButtonKind::Primary
                icon=IconKind::Plus
                why_disabled=(!may_change).then(|| "Only an IAM Admin can create groups.".to_owned())
            >
                "Create Group"
            </DialogButton>
        </PageHeader>
        {people_tabs(person, PeopleTab::Groups)}
        <form action=routes::GROUPS method="get" role="search">
            <Toolbar count=shown>
                <SearchField label="Search by name" placeholder="Name" value=search />
                <Button>"Search"</Button>
            </Toolbar>
        </form>
        {if count == 0 {
            view! {
                <EmptyState title="No group matches" icon=IconKind::Search>
                    <p>"Try fewer letters."</p>
                    <ButtonLink href=routes::GROUPS>"Clear search"</ButtonLink>
                </EmptyState>
            }
                .into_any()
        } else {
            table(&page.groups).into_any()
        }}
        {(only_built_in && may_change).then(first_group)}
        {paged.then(|| view! { <Pager next note=format!("Up to {PAGE_SIZE} on a page") /> })}
        {first.map(|href| view! { <p class="first-page"><a href=href>"Back to the first page"</a></p> })}
    }
}

fn table(groups: &[GroupRow]) -> impl IntoView + use<> {
    let rows = groups.iter().map(|group| {
        let description = if group.description.is_empty() {
            view! { <span class="muted">"–"</span> }.into_any()
        } else {
            group.description.clone().into_any()
        };
        view! {
            <tr>
                <td>
                    <span class="group-name">
                        <b>
                            <a href=routes::group(group.id)>{group.name.clone()}</a>
                        </b>
                        {group.built_in.then(|| view! { <Badge text="Built-in" /> })}
                    </span>
                </td>
                <td data-label="Description">{description}</td>
                <td data-label="Members" data-cell="number">
                    {counted(group.members)}
                </td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <DataTable caption="Groups of the organization" columns="groups">
            <thead>
                <tr>
                    <ColumnHeader label="Name" />
                    <ColumnHeader label="Description" />
                    <ColumnHeader label="Members" />
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
    }
}

/// How many members, as far as they were counted.
pub fn counted(members: usize) -> String {
    let (shown, more) = if members > COUNTED_MEMBERS {
        (COUNTED_MEMBERS, "+")
    } else {
        (members, "")
    };
    match (shown / 1000, shown % 1000) {
        (0, n) => n.to_string(),
        (thousands, rest) => format!("{thousands},{rest:03}{more}"),
    }
}

/// What to do where nobody has made a group yet.
fn first_group() -> impl IntoView {
    view! {
        <EmptyState title="No groups of your own yet" icon=IconKind::Users>
            <p>"Make one for a team: a policy then gives all of it the same roles at once."</p>
            <DialogButton dialog=CREATE id="create-first">
                "Create a group"
            </DialogButton>
        </EmptyState>
    }
}

fn create_dialog(viewer: &Viewer) -> impl IntoView + use<> {
    let action = Act::of::<CreateGroup>();
    let feedback = Feedback::of(action, viewer);
    let (failed, pending) = (feedback.failed(), feedback.pending);
    let words = words(&feedback, ("", ""));
    view! {
        <Dialog id=CREATE title="Create a group" lead="It gives its members nothing until an access policy names it." open=failed>
            <ActForm act=action>
                <DialogBody>
                    <ErrorSummary errors=feedback.errors() general=feedback.general() />
                    {words}
                </DialogBody>
                <DialogFooter>
                    <Button kind=ButtonKind::Primary pending>
                        "Create"
                    </Button>
                </DialogFooter>
            </ActForm>
        </Dialog>
    }
}

/// The two fields of a group, with what was typed or else what it has now.
pub fn words(feedback: &Feedback, (name, description): (&str, &str)) -> impl IntoView + use<> {
    let value = |field: Field, now: &str| {
        let typed = feedback.values(field.name()).into_iter().next();
        typed.unwrap_or_else(|| now.to_owned())
    };
    view! {
        <TextField
            label="Name"
            name="name"
            autocomplete="off"
            value=value(Field::Name, name)
            error=feedback.fault(Field::Name)
            autofocus=true
            required=true
        />
        <TextField
            label="Description"
            name="description"
            autocomplete="off"
            value=value(Field::Description, description)
            error=feedback.fault(Field::Description)
            hint="Optional. Who is in it, or what for."
        />
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_counted_as_far_as_they_were() {
        let said = [
            (0, "0"),
            (999, "999"),
            (1_050, "1,050"),
            (10_000, "10,000"),
            (10_001, "10,000+"),
        ];
        for (members, text) in said {
            assert_eq!(counted(members), text);
        }
    }
}
