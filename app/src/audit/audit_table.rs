//! The table of entries, which becomes cards on a phone. All that the log holds is text here, whatever stands in it.

use crate::{
    routes,
    ui::{Badge, BadgeKind, ColumnHeader, DataTable, Icon, IconKind, Time},
};
use domain::{
    audit::{AuditChange, AuditPage, AuditQuery, AuditResult, AuditRow, in_words},
    ids::UserId,
    moment::Moment,
};
use leptos::prelude::*;

pub fn audit_table(query: &AuditQuery, page: &AuditPage) -> impl IntoView + use<> {
    let now = page.now;
    let rows = page
        .rows
        .iter()
        .map(|row| audit_row(query, row, now))
        .collect_view();
    view! {
        <DataTable caption="Entries of the audit log, the newest first" columns="audit">
            <thead>
                <tr>
                    <ColumnHeader label="When" />
                    <ColumnHeader label="Who" />
                    <ColumnHeader label="Did what" />
                    <ColumnHeader label="To whom or what" />
                    <ColumnHeader label="Address" />
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
    }
}

fn audit_row(query: &AuditQuery, row: &AuditRow, now: Moment) -> impl IntoView + use<> {
    let who = row.actor_id.map(|id| {
        routes::audit(&AuditQuery {
            actor_id: Some(UserId(id)),
            ..query.from_start()
        })
    });
    let whom = row.target_id.map(|id| {
        routes::audit(&AuditQuery {
            target_id: Some(id),
            ..query.from_start()
        })
    });
    let refused = (row.result == AuditResult::Refused)
        .then(|| view! { <Badge kind=BadgeKind::Bad text=AuditResult::Refused.label() /> });
    view! {
        <tr class="audit-row">
            <td data-cell="number">
                <Time datetime=row.at.rfc3339() text=row.at.relative_to(now) title=row.at.date_and_time() />
            </td>
            <td data-label="Who" class="audit-name">
                {name(row.actor.clone(), who)}
            </td>
            <td data-label="Did what" class="audit-act">
                <span class="audit-act-line">{in_words(&row.action, row.result)} " " {refused}</span>
                {details(row)}
            </td>
            <td data-label="To" class="audit-name">
                {name(row.target.clone(), whom)}
            </td>
            <td data-label="Address" class="audit-address">
                {row.address.clone()}
            </td>
        </tr>
    }
}

/// What the log calls somebody or something; a link to all entries like it, where there may be more.
fn name(label: String, href: Option<String>) -> AnyView {
    match href {
        Some(href) => view! { <a href=href>{label}</a> }.into_any(),
        None => label.into_any(),
    }
}

/// What is behind a row: the values that changed, and by what the entry is found elsewhere.
fn details(row: &AuditRow) -> impl IntoView + use<> {
    let changes = row.changes.iter().map(change).collect_view();
    let label = format!("Details of {} at {}", row.action, row.at.date_and_time());
    let request = (!row.request_id.is_empty()).then(|| {
        view! {
            <div>
                <dt>"Request"</dt>
                <dd class="mono">{row.request_id.clone()}</dd>
            </div>
        }
    });
    view! {
        <details class="audit-details">
            <summary aria-label=label>
                "Details" <Icon kind=IconKind::Down />
            </summary>
            <dl>
                {changes}
                <div>
                    <dt>"Time"</dt>
                    <dd>
                        <Time datetime=row.at.rfc3339() text=row.at.date_and_time() local=true />
                    </dd>
                </div>
                <div>
                    <dt>"Recorded as"</dt>
                    <dd class="mono">{row.action.clone()}</dd>
                </div>
                {request}
            </dl>
        </details>
    }
}

fn change(change: &AuditChange) -> impl IntoView + use<> {
    let AuditChange { before, after, .. } = change;
    let (before, after) = (before.clone(), after.clone());
    let value = match (before, after) {
        (Some(before), Some(after)) => view! {
            <del>{before}</del>
            " → "
            <ins>{after}</ins>
        }
        .into_any(),
        (Some(before), None) => view! {
            <del>{before}</del>
            " → nothing"
        }
        .into_any(),
        (None, after) => view! { <ins>{after}</ins> }.into_any(),
    };
    view! {
        <div>
            <dt>{key_in_words(&change.key)}</dt>
            <dd>{value}</dd>
        </div>
    }
}

/// `sessions_ended` as `Sessions ended`.
fn key_in_words(key: &str) -> String {
    let mut letters = key.chars();
    match letters.next() {
        None => "Value".to_owned(),
        Some(first) => first
            .to_uppercase()
            .chain(letters.map(|c| if c == '_' { ' ' } else { c }))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_reads_like_the_label_of_a_field() {
        assert_eq!(key_in_words("sessions_ended"), "Sessions ended");
        assert_eq!(key_in_words(""), "Value");
    }
}
