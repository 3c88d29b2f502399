//! The catalogue of roles.

use super::{
    ApiError, TAG_ROLES,
    caller::By,
    query::{NoParameters, Parameters},
};
use crate::Console;
use axum::{Json, extract::State};
use domain::access::RoleEntry;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Role {
    key: String,
    name: String,
    area: String,
    description: String,
    assign_when: String,
    /// The keys of all that it allows.
    actions: Vec<String>,
}

impl From<RoleEntry> for Role {
    fn from(role: RoleEntry) -> Self {
        Self {
            key: role.key.to_string(),
            name: role.name,
            area: role.area,
            description: role.description,
            assign_when: role.assign_when,
            actions: role.actions,
        }
    }
}

#[derive(Serialize, ToSchema)]
pub(super) struct Roles {
    items: Vec<Role>,
}

/// All roles that there are, those of the operator included.
#[utoipa::path(get, path = "/api/v1/roles", tag = TAG_ROLES, operation_id = "listRoles",
    responses((status = 200, body = Roles)))]
pub(super) async fn list(
    State(console): State<Console>,
    By(caller): By,
    _: Parameters<NoParameters>,
) -> Result<Json<Roles>, ApiError> {
    let roles = console.backend.list_roles(&caller)?;
    Ok(Json(Roles {
        items: roles.into_iter().map(Role::from).collect(),
    }))
}
