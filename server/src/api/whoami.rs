//! `GET /v1beta1/auth/whoami`: who an access token acts as, and what they may do at this moment.

use super::{
    ApiError, TAG_WHO,
    credentials::{PresentedToken, not_a_token},
    query::{NoParameters, Parameters},
};
use crate::Console;
use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
pub(super) struct WhoAmI {
    principal: Principal,
}

#[derive(Serialize, ToSchema)]
#[schema(as = OwnPrincipal)]
#[serde(rename_all = "camelCase")]
struct Principal {
    uid: String,
    /// The Org ID.
    org_uid: String,
    /// By name.
    groups: Vec<String>,
    /// The keys of all acts that their roles allow, sorted: those of the console, of services, and of the operator's roles.
    console_actions: Vec<String>,
}

/// Who an access token acts as, and what they may do at this moment.
#[utoipa::path(get, path = "/v1beta1/auth/whoami", tag = TAG_WHO, operation_id = "whoAmI",
    responses((status = 200, body = WhoAmI)))]
pub(super) async fn answer(
    State(console): State<Console>,
    PresentedToken(token): PresentedToken,
    _: Parameters<NoParameters>,
) -> Result<Json<WhoAmI>, ApiError> {
    let found = console.backend.whoami(&token).await;
    let (holder, console_actions) = found.map_err(|error| match error {
        backend::Error::SignedOut => not_a_token(&token),
        error => error.into(),
    })?;
    Ok(Json(WhoAmI {
        principal: Principal {
            uid: holder.user.to_string(),
            org_uid: holder.org_id.to_string(),
            groups: holder.groups,
            console_actions,
        },
    }))
}
