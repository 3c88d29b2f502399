//! SCIM 2.0 (RFC 7643, RFC 7644) at `/scim/{ORG}`: how identity providers say who is in an organization. This is the
//! protocol, as Okta, Entra ID and others speak it; what it means is `backend::scim`. Nothing here looks at a cookie, and
//! nothing is cached.

mod body;
mod by;
mod changes;
mod discovery;
mod error;
mod filter;
mod groups;
mod list;
mod operations;
mod resource;
mod users;

pub(crate) use error::ScimError;

use crate::{Console, api::allowance, body_limit, overload, own_task};
use axum::{
    Router,
    middleware::{from_fn, from_fn_with_state},
    routing::{any, get},
};
use http::StatusCode;
use tower::ServiceBuilder;

/// The beginning of their addresses.
const PLACE: &str = "/scim/";

/// Whether a path is one of identity providers, known or not.
pub(crate) fn holds(path: &str) -> bool {
    path.starts_with(PLACE) || path == "/scim"
}

pub(crate) fn routes(console: &Console) -> Router {
    Router::new()
        .route("/scim/{org}/Users", get(users::list).post(users::add))
        .route(
            "/scim/{org}/Users/{id}",
            get(users::find)
                .put(users::replace)
                .patch(users::change)
                .delete(users::delete),
        )
        .route("/scim/{org}/Groups", get(groups::list).post(groups::add))
        .route(
            "/scim/{org}/Groups/{id}",
            get(groups::find)
                .put(groups::replace)
                .patch(groups::change)
                .delete(groups::delete),
        )
        .route("/scim/{org}/ServiceProviderConfig", get(discovery::config))
        .route("/scim/{org}/ResourceTypes", get(discovery::resource_types))
        .route("/scim/{org}/ResourceTypes/{id}", get(discovery::resource_type))
        .route("/scim/{org}/Schemas", get(discovery::schemas))
        .route("/scim/{org}/Schemas/{id}", get(discovery::schema))
        .route("/scim", any(no_such_place))
        .route("/scim/", any(no_such_place))
        .route("/scim/{org}", any(no_such_place))
        .route("/scim/{org}/", any(no_such_place))
        .route("/scim/{org}/{*unknown}", any(no_such_place))
        .method_not_allowed_fallback(async || ScimError::of(StatusCode::METHOD_NOT_ALLOWED))
        .with_state(console.clone())
        .layer(
            ServiceBuilder::new()
                .layer(from_fn_with_state(console.clone(), body_limit::layer))
                .layer(from_fn_with_state(
                    console.database_moves.clone(),
                    own_task::layer,
                ))
                .layer(from_fn(allowance::layer))
                .layer(from_fn_with_state(console.clone(), overload::layer)),
        )
}

async fn no_such_place() -> ScimError {
    ScimError::of(StatusCode::NOT_FOUND)
}
