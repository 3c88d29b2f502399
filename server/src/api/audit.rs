//! The audit log.

use super::{
    ApiError, TAG_AUDIT,
    caller::By,
    query::{Page, Parameters, cursor, search, time},
};
use crate::Console;
use axum::{Json, extract::State};
use domain::{
    audit::{AuditAction, AuditQuery, AuditResult, AuditRow},
    moment::Day,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Outcome {
    Done,
    Refused,
}

#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct EntriesAsked {
    /// Part of what whoever acted is called.
    #[param(max_length = 100)]
    actor: Option<String>,
    #[param(format = Uuid)]
    actor_id: Option<String>,
    /// The key of an act, like `users.deactivate`.
    action: Option<String>,
    /// Part of what was acted on is called.
    #[param(max_length = 100)]
    target: Option<String>,
    #[param(format = Uuid)]
    target_id: Option<String>,
    #[param(inline)]
    result: Option<Outcome>,
    /// The first day, in UTC.
    #[param(format = Date)]
    from: Option<String>,
    /// The last day, in UTC.
    #[param(format = Date)]
    to: Option<String>,
    /// `next` or `previous` of a page.
    cursor: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Entry {
    at: String,
    /// `null`: the operator, or somebody who did not prove who they are.
    actor_id: Option<String>,
    actor: String,
    action: String,
    /// Of a person or a group.
    target_id: Option<String>,
    target: String,
    result: Outcome,
    address: String,
    request_id: String,
    changes: Vec<Change>,
}

/// A value that the act changed, as text on both sides.
#[derive(Serialize, ToSchema)]
struct Change {
    key: String,
    before: Option<String>,
    after: Option<String>,
}

impl From<AuditRow> for Entry {
    fn from(row: AuditRow) -> Self {
        Self {
            at: time(row.at),
            actor_id: row.actor_id.map(|id| id.to_string()),
            actor: row.actor,
            action: row.action,
            target_id: row.target_id.map(|id| id.to_string()),
            target: row.target,
            result: match row.result {
                AuditResult::Done => Outcome::Done,
                AuditResult::Refused => Outcome::Refused,
            },
            address: row.address,
            request_id: row.request_id,
            changes: row
                .changes
                .into_iter()
                .map(|change| Change {
                    key: change.key,
                    before: change.before,
                    after: change.after,
                })
                .collect(),
        }
    }
}

/// What was typed, or that it is nothing of its kind.
fn parsed<T: std::str::FromStr>(
    field: &'static str,
    text: Option<String>,
    wanted: &str,
) -> Result<Option<T>, ApiError> {
    let parsed = text.map(|text| text.parse::<T>().map_err(|_| ApiError::invalid(field, wanted)));
    parsed.transpose()
}

/// The entries of the audit log, the newest first, fifty on a page.
#[utoipa::path(get, path = "/api/v1/audit", tag = TAG_AUDIT, operation_id = "listAudit", params(EntriesAsked),
    responses((status = 200, body = Page<Entry>)))]
pub(super) async fn list(
    State(console): State<Console>,
    By(caller): By,
    Parameters(asked): Parameters<EntriesAsked>,
) -> Result<Json<Page<Entry>>, ApiError> {
    let action = asked.action.map(|key| {
        let known = AuditAction::from_key(&key);
        known.ok_or_else(|| ApiError::invalid("action", "There is no such act."))
    });
    let query = AuditQuery {
        actor: search(asked.actor)?,
        actor_id: parsed("actorId", asked.actor_id, "Send a UUID.")?,
        action: action.transpose()?,
        target: search(asked.target)?,
        target_id: parsed("targetId", asked.target_id, "Send a UUID.")?,
        result: asked.result.map(|result| match result {
            Outcome::Done => AuditResult::Done,
            Outcome::Refused => AuditResult::Refused,
        }),
        from: parsed::<Day>("from", asked.from, "Send a day, like 2026-12-24.")?,
        to: parsed::<Day>("to", asked.to, "Send a day, like 2026-12-24.")?,
        cursor: cursor(asked.cursor.as_deref())?,
    };
    let page = console.backend.list_audit(&caller, &query).await?;
    let items = page.rows.into_iter().map(Entry::from);
    Ok(Json(Page::of(&query.cursor, items, (page.previous, page.next))))
}
