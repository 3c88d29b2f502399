//! `/tokens`: one's own.

use super::{
    api::list_own_tokens,
    create_dialog::create_dialog,
    delete_dialog::{delete_own, gone},
    facts::{expiry, last_use, name_of, status_of, time},
    secret_dialog::secret_dialog,
};
use crate::{
    loaded::load,
    page::console_page,
    routes,
    travel::use_query_map,
    ui::{
        Button, ButtonKind, ButtonLink, ColumnHeader, DataTable, EmptyState, IconKind, Menu, MenuLink,
        PageHeader,
    },
    viewer::{Person, Viewer},
};
use domain::{
    moment::Moment,
    tokens::{OwnTokens, TokenLine},
};
use leptos::prelude::*;
use leptos_router::params::ParamsMap;

#[component]
pub fn TokensPage() -> impl IntoView {
    let query = use_query_map();
    let tokens = load(|| (), |()| list_own_tokens());
    console_page(
        "Tokens",
        tokens,
        move |viewer: Viewer, _: Person, own: OwnTokens| {
            let dialog = dialog(&viewer, &own, &query.get_untracked());
            view! {
                <PageHeader
                    title="Tokens"
                    lead="With a token a script acts as you: it may do what you may do at that moment, and nothing else."
                >
                    {create_button(own.may_create)}
                </PageHeader>
                {if own.tokens.is_empty() { nothing_yet(own.may_create) } else { table(&own) }}
                <p class="tokens-api muted">
                    "What a script can ask with one: " <a href=routes::API_REFERENCE>"API"</a> "."
                </p>
                {dialog}
            }
        },
    )
}

fn dialog(viewer: &Viewer, own: &OwnTokens, query: &ParamsMap) -> AnyView {
    match query.get_str("dialog").unwrap_or_default() {
        "create" if own.may_create => create_dialog(viewer),
        "secret" => secret_dialog(viewer, own.may_create),
        "delete" if own.may_delete => {
            let id = query.get_str("token").unwrap_or_default();
            match own.tokens.iter().find(|token| token.id.to_string() == id) {
                Some(token) => delete_own(viewer, token, own.now),
                None => gone(routes::TOKENS.to_owned()),
            }
        }
        _ => ().into_any(),
    }
}

/// A form that asks for the dialog, which is there by its address alone.
fn create_button(may_create: bool) -> impl IntoView {
    let why = (!may_create).then(|| "Only an Access Token Admin can create and delete tokens.".to_owned());
    view! {
        <form method="get" action=routes::TOKENS>
            <input type="hidden" name="dialog" value="create" />
            <Button kind=ButtonKind::Primary icon=IconKind::Plus why_disabled=why>
                "Create Token"
            </Button>
        </form>
    }
}

fn nothing_yet(may_create: bool) -> AnyView {
    let create = may_create.then(|| {
        view! { <ButtonLink href=routes::tokens_dialog("create")>"Create a token"</ButtonLink> }
    });
    let text = if may_create {
        "Make one for each script, so that you can stop one without the others. Its secret is shown once."
    } else {
        "To use the platform from scripts, ask an IAM Admin for the role Access Token Admin."
    };
    view! {
        <EmptyState title="No tokens yet" icon=IconKind::Terminal>
            <p>{text}</p>
            {create}
        </EmptyState>
    }
    .into_any()
}

fn table(own: &OwnTokens) -> AnyView {
    let rows = own
        .tokens
        .iter()
        .map(|token| row(token, own.now, own.may_delete))
        .collect_view();
    view! {
        <DataTable caption="Your access tokens, the newest first" columns="own-tokens">
            <thead>
                <tr>
                    <ColumnHeader label="Name" />
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

fn row(token: &TokenLine, now: Moment, may_delete: bool) -> impl IntoView + use<> {
    let menu = may_delete.then(|| {
        let href = routes::delete_token(token.id);
        view! {
            <Menu label=format!("Actions for {}", token.name)>
                <MenuLink href icon=IconKind::Trash danger=true>
                    "Delete…"
                </MenuLink>
            </Menu>
        }
    });
    view! {
        <tr>
            <td>{name_of(token)}</td>
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
