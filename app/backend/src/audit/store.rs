//! The SQL of the audit log. The table refuses updates and deletes by itself. What reads it is built by hand because its
//! filters vary; everything that a person typed is a bound parameter.

use super::{AuditEntry, Change};
use crate::{
    Result,
    caller::{Actor, Permit},
    database::{Tx, pattern_of_part},
};
use domain::{
    audit::{AuditQuery, AuditResult, Place},
    ids::OrganizationId,
};
use sqlx::{Postgres, QueryBuilder};
use time::{Duration, OffsetDateTime};

pub(super) async fn save_entry(
    tx: &mut Tx,
    permit: &Permit,
    label: &str,
    change: &Change,
    at: OffsetDateTime,
) -> Result<()> {
    let (actor_kind, actor_id, actor_label) = match &permit.actor {
        Actor::User { id, label } => ("user", Some(id.0), label.clone()),
        Actor::Operator => ("operator", None, "Operator".to_owned()),
        Actor::Anonymous => ("anonymous", None, "Somebody signed out".to_owned()),
        Actor::Scim { name, .. } => ("scim", None, format!("SCIM: {name}")),
    };
    let (target_kind, target_id) = permit.target.kind_and_id();
    sqlx::query!(
        "insert into audit (organization_id, at, actor_kind, actor_id, actor_label, action, target_kind, target_id,
                            target_label, before, after, result, address, request_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        permit.organization.0,
        at,
        actor_kind,
        actor_id,
        actor_label,
        permit.act,
        target_kind,
        target_id,
        label,
        change.before,
        change.after,
        if change.refused { "refused" } else { "done" },
        permit.client.address,
        permit.client.request_id
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Where a list begins.
#[derive(Clone, Copy, Debug)]
pub(super) enum From {
    Newest,
    /// Older than the entry at a place.
    Below(Place),
    /// Newer than the entry at a place; the oldest of them first.
    Above(Place),
    /// Older than an entry that was just read.
    BelowEntry(OffsetDateTime, i64),
}

pub(super) async fn list_entries(
    tx: &mut Tx,
    organization: OrganizationId,
    query: &AuditQuery,
    from: From,
    limit: usize,
) -> Result<Vec<AuditEntry>> {
    let mut sql = QueryBuilder::new("");
    push_list(&mut sql, organization, query, from, limit);
    let entries = sql.build_query_as();
    // Planned each time: the best way depends on how rare is what is looked for.
    Ok(entries.persistent(false).fetch_all(&mut **tx).await?)
}

pub(super) fn push_list(
    sql: &mut QueryBuilder<Postgres>,
    organization: OrganizationId,
    query: &AuditQuery,
    from: From,
    limit: usize,
) {
    sql.push(
        "select a.id, a.at, a.actor_kind, a.actor_id, a.actor_label, a.action, a.target_kind, a.target_id,
                a.target_label, a.before, a.after, a.result, a.address, a.request_id",
    );
    if !matches!(from, From::BelowEntry(..)) {
        sql.push(
            ", (select count(*) from audit b
                where b.organization_id = a.organization_id and b.at = a.at and b.id < a.id) as nth",
        );
    }
    sql.push(" from audit a where a.organization_id = ")
        .push_bind(organization.0);
    push_filters(sql, query);
    let order = match from {
        From::Newest => "desc",
        From::Below(place) => {
            push_beyond(sql, organization, "<", place);
            "desc"
        }
        From::Above(place) => {
            push_beyond(sql, organization, ">", place);
            "asc"
        }
        From::BelowEntry(at, id) => {
            sql.push(" and (a.at, a.id) < (").push_bind(at);
            sql.push(", ").push_bind(id).push(")");
            "desc"
        }
    };
    sql.push(format_args!(" order by a.at {order}, a.id {order} limit {limit}"));
}

fn push_filters(sql: &mut QueryBuilder<Postgres>, query: &AuditQuery) {
    if !query.actor.is_empty() {
        sql.push(" and lower(a.actor_label) like ")
            .push_bind(pattern_of_part(&query.actor));
    }
    if let Some(actor) = query.actor_id {
        sql.push(" and a.actor_id = ").push_bind(actor.0);
    }
    if let Some(action) = query.action {
        sql.push(" and a.action = ").push_bind(action.key());
    }
    if !query.target.is_empty() {
        sql.push(" and lower(a.target_label) like ")
            .push_bind(pattern_of_part(&query.target));
    }
    if let Some(target) = query.target_id {
        sql.push(" and a.target_id = ").push_bind(target);
    }
    match query.result {
        None => {}
        // Written out, so that the index of these few is taken.
        Some(AuditResult::Refused) => _ = sql.push(" and a.result = 'refused'"),
        Some(AuditResult::Done) => _ = sql.push(" and a.result = 'done'"),
    }
    if let Some(day) = query.from {
        sql.push(" and a.at >= ").push_bind(day.start());
    }
    if let Some(end) = query.to.and_then(domain::moment::Day::end) {
        sql.push(" and a.at < ").push_bind(end);
    }
}

/// Beside the entry at a place. Where there is none, beside its time.
fn push_beyond(
    sql: &mut QueryBuilder<Postgres>,
    organization: OrganizationId,
    than: &'static str,
    place: Place,
) {
    let at = OffsetDateTime::UNIX_EPOCH + Duration::microseconds(place.at);
    sql.push(format_args!(" and (a.at, a.id) {than} (")).push_bind(at);
    sql.push(", (select id from audit where organization_id = ")
        .push_bind(organization.0);
    sql.push(" and at = ").push_bind(at);
    sql.push(" order by id limit 1 offset ").push_bind(place.nth);
    sql.push("))");
}
