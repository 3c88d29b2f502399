//! What programs ask, not people: `whoami` by an access token, introspection and decisions by the credential of a service.
//! Every answer is JSON, errors included. Nothing here looks at a cookie, so that no browser can be made to ask; nothing
//! is cached, so that what is taken from a person is gone with the next question.

mod credentials;
mod decisions;
mod error;
mod introspect;
mod whoami;

pub(crate) use error::ApiError;

use crate::{Console, body_limit, overload, own_task};
use axum::{
    Router,
    middleware::{from_fn, from_fn_with_state},
    routing::{any, get, post},
};
use http::StatusCode;
use tower::ServiceBuilder;

/// The beginnings of their addresses.
const PLACES: [&str; 3] = ["/api/v1/", "/oauth2/", "/v1beta1/"];

/// Every route, for the reviewed list of them: method, path, and who may ask.
pub const ROUTES: [(&str, &str, &str); 3] = [
    ("GET", "/v1beta1/auth/whoami", "access token"),
    ("POST", "/oauth2/introspect", "service"),
    ("POST", "/api/v1/decisions", "service"),
];

/// Whether a path is one of programs, known or not.
pub(crate) fn holds(path: &str) -> bool {
    PLACES.iter().any(|place| path.starts_with(place))
}

pub(crate) fn routes(console: &Console) -> Router {
    let [whoami, introspect, decisions] = ROUTES.map(|(_, path, _)| path);
    let mut router = Router::new()
        .route(whoami, get(whoami::answer))
        .route(introspect, post(introspect::answer))
        .route(decisions, post(decisions::answer));
    for place in PLACES {
        router = router.route(&format!("{place}{{*unknown}}"), any(error::no_such_place));
    }
    router
        .method_not_allowed_fallback(async || ApiError::of(StatusCode::METHOD_NOT_ALLOWED))
        .with_state(console.clone())
        .layer(
            ServiceBuilder::new()
                .layer(from_fn_with_state(console.clone(), body_limit::layer))
                .layer(from_fn(own_task::layer))
                .layer(from_fn_with_state(console.clone(), overload::layer)),
        )
}
