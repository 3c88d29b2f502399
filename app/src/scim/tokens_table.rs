//! The tokens of identity providers.

use crate::{
    routes,
    ui::{Badge, BadgeKind, ButtonLink, ColumnHeader, DataTable, EmptyState, IconKind, Menu, MenuLink, Time},
};
use domain::{
    moment::Moment,
    scim::{ScimTokenLine, ScimView},
};
use leptos::prelude::*;

pub(super) fn tokens_table(scim: &ScimView) -> AnyView {
    if scim.tokens.is_empty() {
        return nothing_yet(scim.may_change);
    }
    let rows = scim
        .tokens
        .iter()
        .map(|token| row(token, scim.now, scim.may_change))
        .collect_view();
    view! {
        <DataTable caption="Tokens of identity providers" columns="scim-tokens">
            <thead>
                <tr>
                    <ColumnHeader label="Name" />
                    <ColumnHeader label="Added by" />
                    <ColumnHeader label="Added" />
                    <ColumnHeader label="Last used" />
                    <ColumnHeader label="Actions" hide_label=true />
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
    }
    .into_any()
}

fn nothing_yet(may_change: bool) -> AnyView {
    let add =
        may_change.then(|| view! { <ButtonLink href=routes::scim_dialog("add")>"Add a token"</ButtonLink> });
    view! {
        <EmptyState title="No tokens yet" icon=IconKind::Link>
            <p>"Add one for your identity provider: by it, it says who has joined and who has left."</p>
            {add}
        </EmptyState>
    }
    .into_any()
}

fn row(token: &ScimTokenLine, now: Moment, may_change: bool) -> impl IntoView + use<> {
    let menu = may_change.then(|| {
        let href = routes::delete_scim_token(token.id);
        view! {
            <Menu label=format!("Actions for {}", token.name)>
                <MenuLink href icon=IconKind::Trash danger=true>
                    "Delete…"
                </MenuLink>
            </Menu>
        }
    });
    let warning = token.maker_is_out.then(|| {
        view! {
            <Badge kind=BadgeKind::Wait text="Deactivated" />
            <small>"They know it. Add another one and delete this."</small>
        }
    });
    let used = match token.last_used {
        Some(at) => time(at, now),
        None => view! { <span class="muted">"Never used"</span> }.into_any(),
    };
    view! {
        <tr>
            <td>
                <b class="scim-name">{token.name.clone()}</b>
            </td>
            <td data-label="Added by">
                <span class="scim-maker">{token.created_by.clone()} " " {warning}</span>
            </td>
            <td data-label="Added" data-cell="number">
                {time(token.created, now)}
            </td>
            <td data-label="Last used" data-cell="number">
                {used}
            </td>
            <td data-cell="menu">{menu}</td>
        </tr>
    }
}

fn time(at: Moment, now: Moment) -> AnyView {
    view! { <Time datetime=at.rfc3339() text=at.relative_to(now) title=at.date_and_time() /> }.into_any()
}
