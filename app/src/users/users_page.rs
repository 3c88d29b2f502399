//! `/organization/users`. Search, filter, sort and page live in the address.

use super::{
    api::{ShownUsers, list_users},
    people_tabs::{PeopleTab, people_tabs},
    user_dialog::user_dialog,
    users_table::users_table,
};
use crate::{
    invitations::invite_dialog::{INVITE, invite_dialog},
    loaded::load,
    mailbox::trial_note::trial_note,
    page::console_page,
    routes,
    still::still,
    travel::use_query_map,
    ui::{
        Button, ButtonKind, ButtonLink, DialogButton, EmptyState, IconKind, PageHeader, Pager, SearchField,
        SelectField, SelectOption, Toolbar,
    },
    viewer::{Person, Viewer},
};
use domain::{
    ids::UserId,
    users::{Cursor, PAGE_SIZE, ShownStatus, UserPage, UserQuery},
};
use leptos::prelude::*;
use leptos_router::params::ParamsMap;

fn query_of(map: &ParamsMap) -> UserQuery {
    UserQuery::from_query(|key| map.get_str(key))
}

#[component]
pub fn UsersPage() -> impl IntoView {
    let map = use_query_map();
    let asked = move || {
        let map = map.read();
        (
            query_of(&map),
            map.get_str("user").and_then(|id| id.parse::<UserId>().ok()),
        )
    };
    let users = load(asked, |(query, chosen)| async move {
        list_users(query, chosen).await.map(ShownUsers::from)
    });
    console_page(
        "Users",
        users,
        move |viewer: Viewer, person: Person, users: ShownUsers| {
            let map = map.get_untracked();
            let query = query_of(&map);
            let dialog = map.get_str("dialog").unwrap_or_default().to_owned();
            users_view(&viewer, &person, &query, &dialog, &users)
        },
    )
}

fn users_view(
    viewer: &Viewer,
    person: &Person,
    query: &UserQuery,
    dialog: &str,
    users: &ShownUsers,
) -> impl IntoView + use<> {
    let may_invite = person.changes_users;
    let chosen = users
        .chosen
        .as_ref()
        .filter(|_| may_invite)
        .map(|chosen| user_dialog(viewer, query, dialog, chosen, users));
    let list = still(|| {
        users
            .page
            .get()
            .map(|page| list_view(viewer, person, query, page))
    });
    view! {
        {list}
        {may_invite.then(|| invite_dialog(viewer, &users.groups))}
        {chosen}
    }
}

fn list_view(viewer: &Viewer, person: &Person, query: &UserQuery, page: &UserPage) -> impl IntoView + use<> {
    let may_invite = person.changes_users;
    let lead = format!("Everybody who can sign in to {}.", person.organization);
    let count = page.rows.len();
    let more = page.next.is_some() || page.previous.is_some();
    let shown = match (count, more) {
        (_, true) => format!("{count} people on this page"),
        (1, false) => "1 person".to_owned(),
        (n, false) => format!("{n} people"),
    };
    let to = |cursor: Cursor| {
        routes::users(&UserQuery {
            cursor,
            ..query.clone()
        })
    };
    let (previous, next) = (page.previous.map(to), page.next.map(to));
    let is_alone = count == 1 && !more && !query.is_filtered();
    let file = routes::users_file(query);
    view! {
        <PageHeader title="Users" lead>
            <ButtonLink href=file icon=IconKind::Download external=true label="Download CSV">
                "CSV"
            </ButtonLink>
            <DialogButton
                dialog=INVITE
                kind=ButtonKind::Primary
                icon=IconKind::Plus
                why_disabled=(!may_invite).then(|| "Only an IAM Admin can invite.".to_owned())
            >
                "Invite User"
            </DialogButton>
        </PageHeader>
        {people_tabs(person, PeopleTab::Users)}
        {filters(query, shown)}
        {if count == 0 {
            view! {
                <EmptyState title="Nobody matches" icon=IconKind::Search>
                    <p>"Try fewer letters or another status."</p>
                    <ButtonLink href=routes::USERS>"Clear filters"</ButtonLink>
                </EmptyState>
            }
                .into_any()
        } else {
            users_table(query, page, may_invite).into_any()
        }}
        {(is_alone && may_invite).then(first_invitation)}
        {more.then(|| view! { <Pager previous next note=format!("Up to {PAGE_SIZE} on a page") /> })}
        {may_invite.then(|| trial_note(viewer))}
    }
}

/// What to do in an organization of one.
fn first_invitation() -> impl IntoView {
    view! {
        <EmptyState title="Nobody but you yet" icon=IconKind::Users>
            <p>"Invite your colleagues: each gets a mail with a link that works once."</p>
            <DialogButton dialog=INVITE id="invite-first">
                "Invite a colleague"
            </DialogButton>
        </EmptyState>
    }
}

fn filters(query: &UserQuery, shown: String) -> impl IntoView + use<> {
    let mut statuses = vec![SelectOption::new("", "Any status")];
    statuses.extend(ShownStatus::ALL.map(|s| SelectOption::new(s.key(), s.label())));
    let search = query.search.clone();
    let status = query.status.map(ShownStatus::key).unwrap_or_default();
    let two_factor = [("", "2FA or not"), ("on", "With 2FA"), ("off", "Without 2FA")]
        .map(|(key, label)| SelectOption::new(key, label))
        .to_vec();
    let has_two_factor = query.two_factor.map_or("", |has| if has { "on" } else { "off" });
    let sort = query
        .to_query()
        .into_iter()
        .find(|(key, _)| *key == "sort")
        .map(|(_, value)| value);
    view! {
        <form action=routes::USERS method="get" role="search">
            <Toolbar count=shown>
                <SearchField label="Search by name or e-mail" placeholder="Name or e-mail" value=search />
                <SelectField label="Status" name="status" options=statuses value=status hide_label=true submit_on_change=true />
                <SelectField
                    label="Two-factor authentication"
                    name="two-factor"
                    options=two_factor
                    value=has_two_factor
                    hide_label=true
                    submit_on_change=true
                />
                {sort.map(|sort| view! { <input type="hidden" name="sort" value=sort /> })}
                <Button>"Search"</Button>
            </Toolbar>
        </form>
    }
}
