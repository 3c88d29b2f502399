//! What programs ask, not people: by an access token what its person may do in the console, by the credential of a service who
//! a token belongs to and what somebody may do. Every answer is JSON, errors included. Nothing here looks at a cookie, so
//! that no browser can be made to ask; nothing is cached, so that what is taken from a person is gone with the next
//! question.

pub(crate) mod allowance;
mod audit;
mod body;
mod caller;
mod credentials;
mod decisions;
mod effect;
mod error;
mod groups;
mod idempotency_key;
mod introspect;
mod invitation_lists;
mod invitations;
mod names;
mod openapi;
mod policies;
mod query;
pub(crate) mod reference;
mod roles;
mod sso;
mod tokens;
mod users;
mod version;
mod whoami;

pub(crate) use credentials::bearer;
pub(crate) use error::ApiError;

use crate::{Console, body_limit, overload, own_task};
use axum::{
    Router,
    middleware::{from_fn, from_fn_with_state},
    routing::{any, get},
};
use http::StatusCode;
use tower::ServiceBuilder;
use utoipa::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The beginnings of their addresses.
const PLACES: [&str; 3] = ["/api/v1/", "/oauth2/", "/v1beta1/"];
/// Where the description of all of them is. It tells nothing of anybody.
pub const DESCRIPTION: &str = "/api/v1/openapi.json";

/// The names of the two ways to be authorized.
const TOKEN: &str = "access_token";
const SERVICE: &str = "service";
/// The same by its id and its secret.
const SERVICE_BASIC: &str = "service_basic";

const TAG_WHO: &str = "Who, and what they may do";
const TAG_USERS: &str = "Users";
const TAG_INVITATIONS: &str = "Invitations";
const TAG_GROUPS: &str = "Groups";
const TAG_POLICIES: &str = "Access policies";
const TAG_ROLES: &str = "Roles";
const TAG_TOKENS: &str = "Access tokens";
const TAG_SSO: &str = "Single sign-on";
const TAG_AUDIT: &str = "Audit log";
/// In the order in which people read them.
const TAGS: [&str; 9] = [
    TAG_WHO,
    TAG_USERS,
    TAG_INVITATIONS,
    TAG_GROUPS,
    TAG_POLICIES,
    TAG_ROLES,
    TAG_TOKENS,
    TAG_SSO,
    TAG_AUDIT,
];

/// Whether a path is one of programs, known or not.
pub(crate) fn holds(path: &str) -> bool {
    PLACES
        .iter()
        .any(|place| path.starts_with(place) || path == place.trim_end_matches('/'))
}

/// Every question that can be asked, with the description of it.
fn questions() -> OpenApiRouter<Console> {
    OpenApiRouter::with_openapi(openapi::Base::openapi())
        .routes(routes!(whoami::answer))
        .routes(routes!(introspect::answer))
        .routes(routes!(decisions::answer))
        .routes(routes!(users::list))
        .routes(routes!(users::find))
        .routes(routes!(users::deactivate))
        .routes(routes!(users::reactivate))
        .routes(routes!(invitations::create))
        .routes(routes!(invitations::cancel))
        .routes(routes!(invitations::resend))
        .routes(routes!(invitations::link))
        .routes(routes!(invitations::put_groups))
        .routes(routes!(invitation_lists::create))
        .routes(routes!(invitation_lists::find, invitation_lists::drop_draft))
        .routes(routes!(invitation_lists::start))
        .routes(routes!(invitation_lists::retry))
        .routes(routes!(groups::list, groups::create))
        .routes(routes!(groups::find, groups::rename, groups::delete))
        .routes(routes!(groups::members))
        .routes(routes!(groups::put_member, groups::delete_member))
        .routes(routes!(policies::list, policies::create))
        .routes(routes!(policies::find, policies::put, policies::delete))
        .routes(routes!(tokens::list_own))
        .routes(routes!(tokens::delete_own))
        .routes(routes!(tokens::list))
        .routes(routes!(tokens::list_of))
        .routes(routes!(tokens::delete_of))
        .routes(routes!(roles::list))
        .routes(routes!(sso::find))
        .routes(routes!(audit::list))
}

/// The description of all questions.
pub fn document() -> utoipa::openapi::OpenApi {
    openapi::completed(questions().into_openapi())
}

pub(crate) fn routes(console: &Console) -> Router {
    let (router, _) = questions().split_for_parts();
    let mut router = router.route(DESCRIPTION, get(openapi::answer));
    for place in PLACES {
        let whole = place.trim_end_matches('/');
        for address in [whole, place, &format!("{place}{{*unknown}}")] {
            router = router.route(address, any(error::no_such_place));
        }
    }
    router
        .method_not_allowed_fallback(async || ApiError::of(StatusCode::METHOD_NOT_ALLOWED))
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
