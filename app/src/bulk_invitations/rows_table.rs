//! The lines of a list: those that are not sent first, with the reason of each.

use crate::{
    routes,
    ui::{Badge, BadgeKind, ColumnHeader, DataTable},
};
use domain::{
    bulk_invitations::{List, Outcome, Reason, Row, Stage},
    users::UserQuery,
};
use leptos::prelude::*;

/// The lines that were not sent, or failed.
pub(super) fn trouble_table(list: &List) -> Option<AnyView> {
    let counts = list.listed.progress.counts;
    let (shown, all) = (list.trouble.len(), counts.refused + counts.failed);
    if shown == 0 {
        return None;
    }
    let stage = list.listed.progress.stage;
    let rows = list
        .trouble
        .iter()
        .map(|row| trouble_row(row, stage))
        .collect_view();
    let title = match (stage, counts.failed) {
        (Stage::Draft, _) => "Will not be invited",
        (_, 0) => "Not sent",
        _ => "Not sent, or failed",
    };
    Some(
        view! {
            <section class="list-rows" aria-labelledby="trouble">
                <h2 id="trouble">{title}</h2>
                <DataTable caption=title columns="list-trouble">
                    <thead>
                        <tr>
                            <ColumnHeader label="As written" />
                            <ColumnHeader label="Line" />
                            <ColumnHeader label="Why" />
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </DataTable>
                {part(shown, all)}
            </section>
        }
        .into_any(),
    )
}

fn trouble_row(row: &Row, stage: Stage) -> impl IntoView + use<> {
    let why = row.reason.as_ref().map(Reason::sentence).unwrap_or_default();
    let failed = (row.outcome == Outcome::Failed).then(|| {
        view! {
            <Badge kind=BadgeKind::Bad text=row.outcome.label(stage) />
            " "
        }
    });
    view! {
        <tr>
            <td class="as-written">{row.written.clone()}</td>
            <td data-label="Line" data-cell="number">
                {row.line}
            </td>
            <td data-label="Why">
                <span>{failed} {why}</span>
            </td>
        </tr>
    }
}

/// The others.
pub(super) fn others_table(list: &List) -> Option<AnyView> {
    let counts = list.listed.progress.counts;
    let (shown, all) = (list.others.len(), counts.waiting + counts.invited);
    if shown == 0 {
        return None;
    }
    let stage = list.listed.progress.stage;
    let rows = list
        .others
        .iter()
        .map(|row| others_row(row, stage))
        .collect_view();
    let title = match stage {
        Stage::Draft => "Will be invited",
        Stage::Running | Stage::Done => "Invited",
    };
    Some(
        view! {
            <section class="list-rows" aria-labelledby="others">
                <h2 id="others">{title}</h2>
                <DataTable caption=title columns="list-others">
                    <thead>
                        <tr>
                            <ColumnHeader label="Email" />
                            <ColumnHeader label="Line" />
                            <ColumnHeader label="Groups" />
                            <ColumnHeader label="State" />
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </DataTable>
                {part(shown, all)}
            </section>
        }
        .into_any(),
    )
}

fn others_row(row: &Row, stage: Stage) -> impl IntoView + use<> {
    let kind = match row.outcome {
        Outcome::Invited => BadgeKind::Good,
        _ => BadgeKind::Idle,
    };
    let email = row.email.clone();
    let email = if row.user.is_some() {
        let query = UserQuery {
            search: email.clone(),
            ..UserQuery::default()
        };
        view! { <a href=routes::users(&query)>{email}</a> }.into_any()
    } else {
        email.into_any()
    };
    let groups = if row.groups.is_empty() {
        view! { <span class="muted">"None"</span> }.into_any()
    } else {
        row.groups.join(", ").into_any()
    };
    view! {
        <tr>
            <td>{email}</td>
            <td data-label="Line" data-cell="number">
                {row.line}
            </td>
            <td data-label="Groups">{groups}</td>
            <td data-label="State">
                <Badge kind text=row.outcome.label(stage) />
            </td>
        </tr>
    }
}

/// What is said where a page shows a part.
fn part(shown: usize, all: u32) -> Option<impl IntoView> {
    (shown < usize::try_from(all).unwrap_or(usize::MAX)).then(|| {
        view! { <p class="muted">{format!("The first {shown} of {all}. All are in the CSV file.")}</p> }
    })
}
