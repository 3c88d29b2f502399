//! Credentials that an administrator gave away: who added each, and when it was used last.

use crate::ui::{Badge, BadgeKind, ColumnHeader, DataTable, IconKind, Menu, MenuLink, Time};
use domain::moment::Moment;
use leptos::prelude::*;

/// One of them.
pub struct Credential {
    pub name: String,
    pub created: Moment,
    pub created_by: String,
    /// Whether that person is deactivated by now: then somebody who is out knows it.
    pub maker_is_out: bool,
    pub last_used: Option<Moment>,
    /// Where the dialog is that deletes it; none for whoever may not.
    pub delete: Option<String>,
}

/// What they are called.
#[derive(Clone, Copy)]
pub struct CredentialWords {
    /// What the table lists, for a screen reader.
    pub caption: &'static str,
    /// Of the last column.
    pub used: &'static str,
    pub never: &'static str,
    /// What to do about one whose maker is out.
    pub warning: &'static str,
}

/// The credentials in a table; `now` for how long ago something was.
pub fn credential_table(credentials: Vec<Credential>, words: CredentialWords, now: Moment) -> AnyView {
    let rows = credentials
        .into_iter()
        .map(|credential| row(credential, words, now))
        .collect_view();
    view! {
        <DataTable caption=words.caption columns="credentials">
            <thead>
                <tr>
                    <ColumnHeader label="Name" />
                    <ColumnHeader label="Added by" />
                    <ColumnHeader label="Added" />
                    <ColumnHeader label=words.used />
                    <ColumnHeader label="Actions" hide_label=true />
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
    }
    .into_any()
}

fn row(credential: Credential, words: CredentialWords, now: Moment) -> impl IntoView {
    let menu = credential.delete.map(|href| {
        view! {
            <Menu label=format!("Actions for {}", credential.name)>
                <MenuLink href icon=IconKind::Trash danger=true>
                    "Delete…"
                </MenuLink>
            </Menu>
        }
    });
    let warning = credential.maker_is_out.then(|| {
        view! {
            <Badge kind=BadgeKind::Wait text="Deactivated" />
            <small>{words.warning}</small>
        }
    });
    let used = match credential.last_used {
        Some(at) => time(at, now).into_any(),
        None => view! { <span class="muted">{words.never}</span> }.into_any(),
    };
    view! {
        <tr>
            <td>
                <b class="credential-name">{credential.name}</b>
            </td>
            <td data-label="Added by">
                <span class="credential-maker">{credential.created_by} " " {warning}</span>
            </td>
            <td data-label="Added" data-cell="number">
                {time(credential.created, now)}
            </td>
            <td data-label=words.used data-cell="number">
                {used}
            </td>
            <td data-cell="menu">{menu}</td>
        </tr>
    }
}

fn time(at: Moment, now: Moment) -> impl IntoView {
    view! { <Time datetime=at.rfc3339() text=at.relative_to(now) title=at.date_and_time() /> }
}
