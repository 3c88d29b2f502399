//! The person whom an access token acts as. What they may do is decided by the use case, as for whoever is signed in.

use super::{
    ApiError, allowance,
    credentials::{PresentedToken, not_a_token},
};
use crate::{Console, client};
use axum::{
    extract::{FromRef, FromRequestParts},
    http::request::Parts,
};
use backend::Caller;

pub(super) struct By(pub(super) Caller);

impl<S> FromRequestParts<S> for By
where
    S: Send + Sync,
    Console: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let console = Console::from_ref(state);
        let PresentedToken(token) = PresentedToken::from_request_parts(parts, state).await?;
        let client = client::of_program(&parts.headers, &parts.extensions, &console);
        let found = console.backend.find_caller(&token, client).await?;
        let caller = found.ok_or_else(|| not_a_token(&token))?;
        if let Some(left) = console.backend.count_question(&caller).await? {
            allowance::take(&parts.extensions, left)?;
        }
        Ok(Self(caller))
    }
}
