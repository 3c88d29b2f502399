//! Invitations. One is named by the id of the person whom it invites, who is listed at `/api/v1/users`.

use super::{
    ApiError, TAG_INVITATIONS,
    body::Body,
    caller::By,
    idempotency_key::{KeySent, Made, Once},
    query::{Named, NoParameters, Parameters},
};
use crate::Console;
use axum::{Json, extract::State, response::Response};
use domain::{
    access::Action,
    ids::{GroupId, UserId},
};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct InvitationAsked {
    #[schema(max_length = 254)]
    email: String,
    /// Ids of those that count from acceptance.
    #[schema(value_type = Vec<uuid::Uuid>)]
    #[serde(default)]
    groups: Vec<GroupId>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct Invited {
    /// Of the person, and so of the invitation.
    id: String,
}

/// Invites an address and mails the link.
#[utoipa::path(post, path = "/api/v1/invitations", tag = TAG_INVITATIONS, operation_id = "invite",
    params(KeySent),
    request_body = InvitationAsked, responses((status = 201, body = Invited)))]
pub(super) async fn create(
    State(console): State<Console>,
    By(caller): By,
    _: Parameters<NoParameters>,
    once: Once,
    Body(asked): Body<InvitationAsked>,
) -> Result<Response, ApiError> {
    let work = async {
        let user = console
            .backend
            .invite(&caller, &asked.email, &asked.groups)
            .await?;
        let id = user.to_string();
        Ok(Made::created(format!("/api/v1/users/{id}"), &Invited { id }))
    };
    once.answer(&console, (&caller, Action::InviteUser), &asked, work)
        .await
}

/// Mails a new link; every older one is dead, and the time to accept begins anew.
#[utoipa::path(post, path = "/api/v1/invitations/{id}/resend", tag = TAG_INVITATIONS, operation_id = "resendInvitation",
    params(("id" = String, Path, format = Uuid)), responses((status = 204)))]
pub(super) async fn resend(
    State(console): State<Console>,
    By(caller): By,
    _: Parameters<NoParameters>,
    Named(user): Named<UserId>,
) -> Result<StatusCode, ApiError> {
    console.backend.resend_invitation(&caller, user).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Serialize, ToSchema)]
pub(super) struct Link {
    /// Whoever has it can accept the invitation.
    link: String,
}

/// A fresh link to hand over by other means. The mailed one goes on working.
#[utoipa::path(post, path = "/api/v1/invitations/{id}/link", tag = TAG_INVITATIONS, operation_id = "copyInvitationLink",
    params(("id" = String, Path, format = Uuid)), responses((status = 200, body = Link)))]
pub(super) async fn link(
    State(console): State<Console>,
    By(caller): By,
    _: Parameters<NoParameters>,
    Named(user): Named<UserId>,
) -> Result<Json<Link>, ApiError> {
    let link = console.backend.copy_invitation_link(&caller, user).await?;
    Ok(Json(Link {
        link: link.expose().clone(),
    }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GroupsAsked {
    /// Ids of all that count from acceptance.
    #[schema(value_type = Vec<uuid::Uuid>)]
    groups: Vec<GroupId>,
}

/// Changes the groups that count from acceptance.
#[utoipa::path(put, path = "/api/v1/invitations/{id}/groups", tag = TAG_INVITATIONS, operation_id = "putInvitedGroups",
    params(("id" = String, Path, format = Uuid)), request_body = GroupsAsked, responses((status = 204)))]
pub(super) async fn put_groups(
    State(console): State<Console>,
    By(caller): By,
    _: Parameters<NoParameters>,
    Named(user): Named<UserId>,
    Body(asked): Body<GroupsAsked>,
) -> Result<StatusCode, ApiError> {
    console
        .backend
        .edit_invited_groups(&caller, user, &asked.groups)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes the invitation back: its links are dead, and the address can be invited again.
#[utoipa::path(delete, path = "/api/v1/invitations/{id}", tag = TAG_INVITATIONS, operation_id = "cancelInvitation",
    params(("id" = String, Path, format = Uuid)), responses((status = 204)))]
pub(super) async fn cancel(
    State(console): State<Console>,
    By(caller): By,
    _: Parameters<NoParameters>,
    Named(user): Named<UserId>,
) -> Result<StatusCode, ApiError> {
    console.backend.cancel_invitation(&caller, user).await?;
    Ok(StatusCode::NO_CONTENT)
}
