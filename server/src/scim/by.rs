//! The identity provider that asks, and what its request says beside its body.

use super::ScimError;
use crate::{
    Console,
    api::{allowance, bearer},
    client,
};
use axum::{
    extract::{FromRef, FromRequestParts, RawPathParams},
    http::request::Parts,
};
use backend::scim::Connection;
use http::{HeaderMap, StatusCode, header};
use std::str::FromStr;

/// Whoever has a token of the organization in the address. What of it does not fit is one answer.
pub(super) struct By(pub(super) Connection);

impl<S> FromRequestParts<S> for By
where
    S: Send + Sync,
    Console: FromRef<S>,
{
    type Rejection = ScimError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ScimError> {
        let refused = || ScimError::of(StatusCode::UNAUTHORIZED);
        let console = Console::from_ref(state);
        let org_id = parameter(parts, state, "org").await.ok_or_else(refused)?;
        let token = bearer(&parts.headers).ok_or_else(refused)?;
        let client = client::of_program(&parts.headers, &parts.extensions, &console);
        let found = console
            .backend
            .find_scim_connection(&org_id, &token, client)
            .await?;
        let connection = found.ok_or_else(refused)?;
        let left = console.backend.count_question_by_scim(&connection).await?;
        allowance::tell(&parts.extensions, left);
        left.or_wait()?;
        Ok(Self(connection))
    }
}

/// What the address names. An id that is none is that of nothing.
pub(super) struct Named<T>(pub(super) T);

impl<T: FromStr, S: Send + Sync> FromRequestParts<S> for Named<T> {
    type Rejection = ScimError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ScimError> {
        let id = parameter(parts, state, "id").await;
        let named = id.and_then(|id| id.parse().ok()).map(Self);
        named.ok_or_else(|| ScimError::of(StatusCode::NOT_FOUND))
    }
}

async fn parameter<S: Send + Sync>(parts: &mut Parts, state: &S, name: &str) -> Option<String> {
    let all = RawPathParams::from_request_parts(parts, state).await.ok()?;
    let found = all.iter().find(|(key, _)| *key == name);
    found.map(|(_, value)| value.to_owned())
}

/// A precondition, if one was sent. One that can't be read, and more than one, hold for nothing: without them a change would
/// be made that was not to be.
pub(super) fn if_match(headers: &HeaderMap) -> Option<&str> {
    let mut lines = headers.get_all(header::IF_MATCH).iter();
    match (lines.next()?, lines.next()) {
        (only, None) => Some(only.to_str().unwrap_or_default()),
        _ => Some(""),
    }
}
