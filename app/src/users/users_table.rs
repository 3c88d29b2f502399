//! The table of people, which becomes cards on a phone.

use super::user_menu::user_menu;
use crate::{
    routes,
    ui::{Badge, BadgeKind, Chip, ColumnHeader, DataTable, Person, Sorted, Time},
};
use domain::{
    moment::Moment,
    person_name::initials,
    users::{Cursor, DeactivationRow, InvitationRow, ShownStatus, SortBy, UserPage, UserQuery, UserRow},
};
use leptos::prelude::*;

pub fn users_table(query: &UserQuery, page: &UserPage, may_change: bool) -> impl IntoView + use<> {
    let now = page.now;
    let rows = page
        .rows
        .iter()
        .map(|row| user_row(query, row, now, may_change))
        .collect_view();
    let by_name = sortable(query, SortBy::Name, "Name");
    let by_sign_in = sortable(query, SortBy::LastSignIn, "Last sign-in");
    view! {
        <DataTable caption="People of the organization" columns="users">
            <thead>
                <tr>
                    {by_name}
                    <ColumnHeader label="Status" />
                    <ColumnHeader label="Groups" />
                    <ColumnHeader label="Sign-in" />
                    <ColumnHeader label="2FA" />
                    {by_sign_in}
                    <ColumnHeader label="Actions" hide_label=true />
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
    }
}

/// A heading that sorts by its column, and turns the order around when it is the one.
fn sortable(query: &UserQuery, sort: SortBy, label: &'static str) -> impl IntoView + use<> {
    let is_current = query.sort == sort;
    let descending = is_current && !query.descending;
    let href = routes::users(&UserQuery {
        sort,
        descending,
        cursor: Cursor::Start,
        ..query.clone()
    });
    let sorted = is_current.then_some(if query.descending {
        Sorted::Descending
    } else {
        Sorted::Ascending
    });
    view! { <ColumnHeader label href sorted /> }
}

fn nothing() -> AnyView {
    view! { <span class="muted">"–"</span> }.into_any()
}

fn methods(row: &UserRow) -> AnyView {
    if row.methods.is_empty() {
        return nothing();
    }
    let names: Vec<_> = row.methods.iter().map(|method| method.name()).collect();
    names.join(", ").into_any()
}

fn moment(time: Moment, now: Moment) -> AnyView {
    view! { <Time datetime=time.rfc3339() text=time.relative_to(now) title=time.date_and_time() /> }
        .into_any()
}

fn user_row(query: &UserQuery, row: &UserRow, now: Moment, may_change: bool) -> impl IntoView + use<> {
    let detail = match &row.invitation {
        Some(invitation) => about_invitation(invitation, now),
        None => match &row.deactivation {
            Some(deactivation) => format!("{} · {}", row.email, about_deactivation(deactivation, now)),
            None => row.email.clone(),
        },
    };
    let kind = match row.status {
        ShownStatus::Active => BadgeKind::Good,
        ShownStatus::Invited => BadgeKind::Wait,
        ShownStatus::InviteExpired => BadgeKind::Bad,
        ShownStatus::Deactivated => BadgeKind::Idle,
    };
    let groups = if row.groups.is_empty() {
        nothing()
    } else {
        row.groups
            .iter()
            .map(|group| view! { <Chip text=group.name.clone() /> })
            .collect_view()
            .into_any()
    };
    let has_account = row.invitation.is_none();
    let two_factor = match (has_account, row.two_factor) {
        (true, true) => "On".into_any(),
        (true, false) => "Off".into_any(),
        (false, _) => nothing(),
    };
    let href = has_account.then(|| routes::person(row.id));
    view! {
        <tr>
            <td>
                <Person name=row.title().to_owned() detail initials=initials(row.title()) hue=row.id.hue() href />
            </td>
            <td data-label="Status">
                <Badge kind text=row.status.label() />
            </td>
            <td data-label="Groups">{groups}</td>
            <td data-label="Sign-in">{methods(row)}</td>
            <td data-label="2FA">{two_factor}</td>
            <td data-label="Last sign-in" data-cell="number">
                {row.last_sign_in.map_or_else(nothing, |time| moment(time, now))}
            </td>
            <td data-cell="menu">{user_menu(query, row, may_change)}</td>
        </tr>
    }
}

fn about_invitation(invitation: &InvitationRow, now: Moment) -> String {
    let by = invitation
        .invited_by
        .as_ref()
        .map(|name| format!(" by {name}"))
        .unwrap_or_default();
    let invited = format!("Invited{by}, {}", invitation.sent.relative_to(now));
    match &invitation.delivery {
        Some(delivery) => format!("{invited} · {}", delivery.sentence()),
        None => invited,
    }
}

fn about_deactivation(deactivation: &DeactivationRow, now: Moment) -> String {
    let when = format!("Deactivated {}", deactivation.at.relative_to(now));
    match &deactivation.reason {
        Some(reason) => format!("{when}: {reason}"),
        None => when,
    }
}
