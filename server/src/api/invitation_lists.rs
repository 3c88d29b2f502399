//! Inviting many at once, as the console does: a list is read and answered line by line, and sent after a yes.

use super::{
    ApiError, TAG_INVITATIONS,
    body::Body,
    caller::By,
    idempotency_key::{KeySent, Made, Once},
    query::{Named, NoParameters, Parameters, time},
};
use crate::Console;
use axum::{Json, extract::State, response::Response};
use backend::Caller;
use domain::{
    access::Action,
    bulk_invitations::{Counts, Row, Stage},
    field::Field,
    ids::JobId,
};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ListAsked {
    /// CSV (RFC 4180) with an address in each line and names of groups behind it, parted by `|`; at most 1000 lines and
    /// 256 KiB.
    #[schema(max_length = 262_144)]
    list: String,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct InvitationList {
    id: String,
    /// `draft`, `running` or `done`.
    stage: &'static str,
    /// Who made it, or said yes to it last.
    by: String,
    at: String,
    counts: ListCounts,
    lines: Vec<ListLine>,
}

/// How many lines have which outcome.
#[derive(Serialize, ToSchema)]
struct ListCounts {
    refused: u32,
    waiting: u32,
    invited: u32,
    failed: u32,
}

impl From<Counts> for ListCounts {
    fn from(counts: Counts) -> Self {
        Self {
            refused: counts.refused,
            waiting: counts.waiting,
            invited: counts.invited,
            failed: counts.failed,
        }
    }
}

#[derive(Serialize, ToSchema)]
struct ListLine {
    /// From 1.
    line: u32,
    /// As it stood in the list.
    written: String,
    /// Empty where there is none.
    email: String,
    /// Names.
    groups: Vec<String>,
    /// `refused` (never sent), `waiting`, `invited` or `failed` (it can be tried again).
    outcome: &'static str,
    /// Why it was not sent, for people.
    reason: Option<String>,
    /// The id of whoever was invited by it.
    user: Option<String>,
}

impl From<Row> for ListLine {
    fn from(row: Row) -> Self {
        Self {
            line: row.line,
            written: row.written,
            email: row.email,
            groups: row.groups,
            outcome: row.outcome.key(),
            reason: row.reason.map(|reason| reason.sentence()),
            user: row.user.map(|user| user.to_string()),
        }
    }
}

async fn whole(console: &Console, caller: &Caller, job: JobId) -> Result<InvitationList, ApiError> {
    let (listed, rows) = console.backend.export_bulk_invitation(caller, job).await?;
    Ok(InvitationList {
        id: job.to_string(),
        stage: match listed.progress.stage {
            Stage::Draft => "draft",
            Stage::Running => "running",
            Stage::Done => "done",
        },
        by: listed.by,
        at: time(listed.at),
        counts: listed.progress.counts.into(),
        lines: rows.into_iter().map(ListLine::from).collect(),
    })
}

/// Reads a list and says of each line what would become of it. Sends nothing.
#[utoipa::path(post, path = "/api/v1/invitation-lists", tag = TAG_INVITATIONS, operation_id = "draftInvitationList",
    params(KeySent),
    request_body = ListAsked, responses((status = 201, body = InvitationList)))]
pub(super) async fn create(
    State(console): State<Console>,
    By(caller): By,
    _: Parameters<NoParameters>,
    once: Once,
    Body(asked): Body<ListAsked>,
) -> Result<Response, ApiError> {
    let work = async {
        let backend = &console.backend;
        let job = backend
            .draft_bulk_invitation(&caller, Field::List, asked.list.as_bytes())
            .await?;
        let list = whole(&console, &caller, job).await?;
        Ok(Made::created(format!("/api/v1/invitation-lists/{job}"), &list))
    };
    once.answer(&console, (&caller, Action::InviteUser), &asked, work)
        .await
}

/// How far a list is, with what became of each line. A draft is seen by whoever made it.
#[utoipa::path(get, path = "/api/v1/invitation-lists/{id}", tag = TAG_INVITATIONS, operation_id = "getInvitationList",
    params(("id" = String, Path, format = Uuid)), responses((status = 200, body = InvitationList)))]
pub(super) async fn find(
    State(console): State<Console>,
    By(caller): By,
    _: Parameters<NoParameters>,
    Named(job): Named<JobId>,
) -> Result<Json<InvitationList>, ApiError> {
    Ok(Json(whole(&console, &caller, job).await?))
}

/// The yes: from now on it is sent, in the background. Again does nothing.
#[utoipa::path(post, path = "/api/v1/invitation-lists/{id}/start", tag = TAG_INVITATIONS,
    operation_id = "startInvitationList", params(("id" = String, Path, format = Uuid)), responses((status = 204)))]
pub(super) async fn start(
    State(console): State<Console>,
    By(caller): By,
    _: Parameters<NoParameters>,
    Named(job): Named<JobId>,
) -> Result<StatusCode, ApiError> {
    console.backend.start_bulk_invitation(&caller, job).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Tries the lines again that have failed. Again does nothing while it is sent.
#[utoipa::path(post, path = "/api/v1/invitation-lists/{id}/retry", tag = TAG_INVITATIONS,
    operation_id = "retryInvitationList", params(("id" = String, Path, format = Uuid)), responses((status = 204)))]
pub(super) async fn retry(
    State(console): State<Console>,
    By(caller): By,
    _: Parameters<NoParameters>,
    Named(job): Named<JobId>,
) -> Result<StatusCode, ApiError> {
    console.backend.retry_bulk_invitation(&caller, job).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Forgets a draft.
#[utoipa::path(delete, path = "/api/v1/invitation-lists/{id}", tag = TAG_INVITATIONS,
    operation_id = "dropInvitationList", params(("id" = String, Path, format = Uuid)), responses((status = 204)))]
pub(super) async fn drop_draft(
    State(console): State<Console>,
    By(caller): By,
    _: Parameters<NoParameters>,
    Named(job): Named<JobId>,
) -> Result<StatusCode, ApiError> {
    // One that is not there is told, as of everything else here.
    console.backend.watch_bulk_invitation(&caller, job).await?;
    console.backend.drop_bulk_invitation(&caller, job).await?;
    Ok(StatusCode::NO_CONTENT)
}
