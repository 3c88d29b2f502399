//! `/organization/tokens`: everybody's. Search, filter and page live in the address.

use super::{
    api::list_tokens,
    delete_dialog::{Holder, delete_of, gone},
    facts::{expiry, last_use, name_of, status_of, time},
};
use crate::{
    loaded::load,
    page::console_page,
    routes,
    travel::use_query_map,
    ui::{
        Button, ButtonLink, ColumnHeader, DataTable, EmptyState, IconKind, Menu, MenuLink, PageHeader, Pager,
        SearchField, SelectField, SelectOption, Toolbar,
    },
    viewer::{Person, Viewer},
};
use domain::{
    tokens::{TokenCursor, TokenFilter, TokenPage, TokenQuery, TokenRow},
    users::PAGE_SIZE,
};
use leptos::prelude::*;
use leptos_router::params::ParamsMap;

fn query_of(map: &ParamsMap) -> TokenQuery {
    TokenQuery::from_query(|key| map.get_str(key))
}

#[component]
pub fn AllTokensPage() -> impl IntoView {
    let map = use_query_map();
    let tokens = load(move || query_of(&map.read()), list_tokens);
    console_page(
        "Access tokens",
        tokens,
        move |viewer: Viewer, person: Person, page: TokenPage| {
            let map = map.get_untracked();
            let dialog = dialog(&viewer, &person, &map, &page);
            let lead = format!(
                "With a token a script acts as the person who made it. These are all of {}.",
                person.organization
            );
            view! {
                <PageHeader title="Access tokens" lead />
                {list(&query_of(&map), &page)}
                {dialog}
            }
        },
    )
}

fn dialog(viewer: &Viewer, person: &Person, map: &ParamsMap, page: &TokenPage) -> AnyView {
    if map.get_str("dialog") != Some("delete") || !page.may_delete {
        return ().into_any();
    }
    let (user, token) = (map.get_str("user"), map.get_str("token"));
    let is_chosen = |row: &&TokenRow| {
        user == Some(row.user.to_string().as_str()) && token == Some(row.token.id.to_string().as_str())
    };
    let back = routes::all_tokens(&query_of(map));
    let Some(row) = page.rows.iter().find(is_chosen) else {
        return gone(back);
    };
    let holder = Holder {
        user: row.user,
        name: row.user_name.clone(),
        is_self: row.user_email == person.email,
    };
    delete_of(viewer, holder, &row.token, page.now, back)
}

fn list(query: &TokenQuery, page: &TokenPage) -> impl IntoView + use<> {
    let count = page.rows.len();
    let more = page.next.is_some() || page.previous.is_some();
    let shown = match (count, more) {
        (_, true) => format!("{count} tokens on this page"),
        (1, false) => "1 token".to_owned(),
        (n, false) => format!("{n} tokens"),
    };
    let to = |cursor: TokenCursor| {
        routes::all_tokens(&TokenQuery {
            cursor,
            ..query.clone()
        })
    };
    let (previous, next) = (page.previous.map(to), page.next.map(to));
    view! {
        {filters(query, shown)}
        {match (count, query.is_filtered()) {
            (0, true) => view! {
                <EmptyState title="No token matches" icon=IconKind::Search>
                    <p>"Try fewer letters, or show all."</p>
                    <ButtonLink href=routes::ALL_TOKENS>"Clear filters"</ButtonLink>
                </EmptyState>
            }
                .into_any(),
            (0, false) => view! {
                <EmptyState title="Nobody has a token yet" icon=IconKind::Terminal>
                    <p>"Whoever holds the role Access Token Admin can create some. Each appears here, and can be deleted."</p>
                </EmptyState>
            }
                .into_any(),
            _ => table(query, page),
        }}
        {more.then(|| view! { <Pager previous next note=format!("Up to {PAGE_SIZE} on a page") /> })}
    }
}

fn filters(query: &TokenQuery, shown: String) -> impl IntoView + use<> {
    let mut options = vec![SelectOption::new("", "All tokens")];
    options.extend(TokenFilter::ALL.map(|filter| SelectOption::new(filter.key(), filter.label())));
    let search = query.search.clone();
    let filter = query.filter.map(TokenFilter::key).unwrap_or_default();
    view! {
        <form action=routes::ALL_TOKENS method="get" role="search">
            <Toolbar count=shown>
                <SearchField label="Search by person" placeholder="Name or e-mail" value=search />
                <SelectField label="Show" name="show" options value=filter hide_label=true submit_on_change=true />
                <Button>"Search"</Button>
            </Toolbar>
        </form>
    }
}

fn table(query: &TokenQuery, page: &TokenPage) -> AnyView {
    let rows = page
        .rows
        .iter()
        .map(|row| token_row(query, row, page))
        .collect_view();
    view! {
        <DataTable caption="Access tokens of the organization, the newest first" columns="all-tokens">
            <thead>
                <tr>
                    <ColumnHeader label="Token" />
                    <ColumnHeader label="Acts as" />
                    <ColumnHeader label="Created" />
                    <ColumnHeader label="Expires" />
                    <ColumnHeader label="Last used" />
                    <ColumnHeader label="Status" />
                    <ColumnHeader label="Actions" hide_label=true />
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
    }
    .into_any()
}

fn token_row(query: &TokenQuery, row: &TokenRow, page: &TokenPage) -> impl IntoView + use<> {
    let (token, now) = (&row.token, page.now);
    let menu = page.may_delete.then(|| {
        let href = routes::delete_token_of(query, row.user, token.id);
        view! {
            <Menu label=format!("Actions for {} of {}", token.name, row.user_name)>
                <MenuLink href icon=IconKind::Trash danger=true>
                    "Delete…"
                </MenuLink>
            </Menu>
        }
    });
    view! {
        <tr>
            <td>{name_of(token)}</td>
            <td data-label="Acts as">
                <span class="token-person">
                    <a href=routes::person(row.user)>{row.user_name.clone()}</a>
                    <small class="muted">{row.user_email.clone()}</small>
                </span>
            </td>
            <td data-label="Created" data-cell="number">
                {time(token.created, now)}
            </td>
            <td data-label="Expires" data-cell="number">
                {expiry(token, now)}
            </td>
            <td data-label="Last used" data-cell="number">
                {last_use(token, now)}
            </td>
            <td data-label="Status">{status_of(token)}</td>
            <td data-cell="menu">{menu}</td>
        </tr>
    }
}
