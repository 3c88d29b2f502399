//! What narrows the audit log: a form whose fields are in the address.

use crate::{
    routes,
    ui::{Button, ButtonLink, SelectField, SelectOption, TextField, TextKind, Toolbar},
};
use domain::audit::{AuditAction, AuditPage, AuditQuery, AuditResult};
use leptos::prelude::*;

pub fn audit_filters(query: &AuditQuery, shown: String) -> impl IntoView + use<> {
    let mut actions = vec![SelectOption::new("", "Anything")];
    actions.extend(
        AuditAction::recorded()
            .map(|action| SelectOption::new(action.key(), action.label()).group(action.area())),
    );
    let mut results = vec![SelectOption::new("", "Any result")];
    results.extend(AuditResult::ALL.map(|result| SelectOption::new(result.as_str(), result.label())));
    let action = query.action.map(AuditAction::key).unwrap_or_default();
    let result = query.result.map(AuditResult::as_str).unwrap_or_default();
    let day = |day: Option<domain::moment::Day>| day.map(|day| day.to_string()).unwrap_or_default();
    let id = |name: &'static str, id: Option<String>| {
        id.map(|id| view! { <input type="hidden" name=name value=id /> })
    };
    let actor_id = id("actor_id", query.actor_id.map(|id| id.to_string()));
    let target_id = id("target_id", query.target_id.map(|id| id.to_string()));
    let (actor, target) = (query.actor.clone(), query.target.clone());
    let (from, to) = (day(query.from), day(query.to));
    let clear = query.is_filtered().then(|| {
        view! { <ButtonLink href=routes::AUDIT>"Clear filters"</ButtonLink> }
    });
    view! {
        <form class="audit-filters" action=routes::AUDIT method="get" role="search" aria-label="Filter the audit log">
            <div class="audit-filter-fields">
                <TextField label="Who" name="actor" value=actor placeholder="E-mail" autocomplete="off" />
                <SelectField label="Did what" name="action" options=actions value=action />
                <TextField label="To whom or what" name="target" value=target placeholder="E-mail or name" autocomplete="off" />
                <SelectField label="Result" name="result" options=results value=result />
                <TextField label="From day (UTC)" name="from" kind=TextKind::Date value=from autocomplete="off" />
                <TextField label="To day (UTC)" name="to" kind=TextKind::Date value=to autocomplete="off" />
            </div>
            {actor_id}
            {target_id}
            <Toolbar count=shown>
                <Button>"Apply filters"</Button>
                {clear}
            </Toolbar>
        </form>
    }
}

/// Whose entries alone are shown, where a link led here.
pub fn narrowed_to(query: &AuditQuery, page: &AuditPage) -> impl IntoView + use<> {
    let row = page.rows.first();
    let called = |label: Option<&String>| label.map_or("one account", String::as_str).to_owned();
    let by = query.actor_id.map(|_| {
        let rest = AuditQuery {
            actor_id: None,
            ..query.from_start()
        };
        ("Only by", called(row.map(|row| &row.actor)), routes::audit(&rest))
    });
    let about = query.target_id.map(|_| {
        let rest = AuditQuery {
            target_id: None,
            ..query.from_start()
        };
        (
            "Only about",
            called(row.map(|row| &row.target)),
            routes::audit(&rest),
        )
    });
    let line = |(what, whom, href): (&'static str, String, String)| {
        let label = format!("Show all, not only {whom}");
        view! {
            <p class="audit-narrowed">
                {what} " " <b>{whom}</b>
                <a href=href aria-label=label>"Show all"</a>
            </p>
        }
    };
    (by.map(line), about.map(line))
}
