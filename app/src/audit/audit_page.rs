//! `/organization/audit`. Filters and page live in the address.

use super::{
    api::list_audit,
    audit_filters::{audit_filters, narrowed_to},
    audit_table::audit_table,
};
use crate::{
    page::still_page,
    routes,
    travel::use_query_map,
    ui::{ButtonLink, EmptyState, IconKind, PageHeader, Pager},
    viewer::{Person, Viewer},
};
use domain::audit::{AuditPage as Entries, AuditQuery, Cursor, PAGE_SIZE};
use leptos::prelude::*;
use leptos_router::params::ParamsMap;

fn query_of(map: &ParamsMap) -> AuditQuery {
    AuditQuery::from_query(|key| map.get_str(key))
}

#[component]
pub fn AuditPage() -> impl IntoView {
    let map = use_query_map();
    let query = move || query_of(&map.get_untracked());
    still_page(
        "Audit",
        query,
        list_audit,
        move |_: &Viewer, person: &Person, entries: &Entries| audit_view(person, &query(), entries),
    )
}

fn audit_view(person: &Person, query: &AuditQuery, entries: &Entries) -> impl IntoView + use<> {
    let lead = format!(
        "Every change in {}, the newest first. Nobody can alter an entry.",
        person.organization
    );
    let count = entries.rows.len();
    let more = entries.next.is_some() || entries.previous.is_some();
    let shown = match (count, more) {
        (_, true) => format!("{count} entries on this page"),
        (1, false) => "1 entry".to_owned(),
        (n, false) => format!("{n} entries"),
    };
    let to = |cursor: Cursor| {
        routes::audit(&AuditQuery {
            cursor,
            ..query.clone()
        })
    };
    let (previous, next) = (entries.previous.map(to), entries.next.map(to));
    let (csv, json) = (
        routes::audit_file(routes::AUDIT_CSV, query),
        routes::audit_file(routes::AUDIT_JSON, query),
    );
    view! {
        <PageHeader title="Audit" lead>
            <ButtonLink href=csv icon=IconKind::Download external=true label="Download CSV">
                "CSV"
            </ButtonLink>
            <ButtonLink href=json icon=IconKind::Download external=true label="Download JSON">
                "JSON"
            </ButtonLink>
        </PageHeader>
        {audit_filters(query, shown)}
        {narrowed_to(query, entries)}
        {match (count, query.is_filtered()) {
            (0, true) => view! {
                <EmptyState title="Nothing matches" icon=IconKind::Search>
                    <p>"Try fewer letters, another act or more days."</p>
                    <ButtonLink href=routes::AUDIT>"Clear filters"</ButtonLink>
                </EmptyState>
            }
                .into_any(),
            (0, false) => view! {
                <EmptyState title="Nothing has happened yet" icon=IconKind::Log>
                    <p>"Each change in your organization appears here."</p>
                </EmptyState>
            }
                .into_any(),
            _ => audit_table(query, entries).into_any(),
        }}
        {more.then(|| view! { <Pager previous next note=format!("Up to {PAGE_SIZE} on a page") /> })}
    }
}
