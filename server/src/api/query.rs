//! Parameters of an address, and pages of lists.

use super::ApiError;
use axum::{
    extract::{FromRequestParts, Path, Query},
    http::request::Parts,
};
use domain::{field::Fault, moment::Moment};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use utoipa::ToSchema;

/// The parameters behind `?`. One that is not known is refused: a typing error in a filter would show everything.
pub(super) struct Parameters<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Parameters<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let query = Query::<T>::from_request_parts(parts, state).await;
        query
            .map(|Query(parameters)| Self(parameters))
            .map_err(|error| ApiError::invalid("query", super::error::in_own_words(&error.body_text())))
    }
}

/// For what takes none.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NoParameters {}

/// What stands in the path. An id that is none is that of nothing.
pub(super) struct Named<T>(pub(super) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Named<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let path = Path::<T>::from_request_parts(parts, state).await;
        path.map(|Path(named)| Self(named))
            .map_err(|_| ApiError::from(backend::Error::NotFound))
    }
}

/// A page of a list.
#[derive(Serialize, ToSchema)]
pub(super) struct Page<T> {
    pub(super) items: Vec<T>,
    /// The `cursor` of the next page; `null`: this is the last one.
    pub(super) next: Option<String>,
    /// The same of the page before.
    pub(super) previous: Option<String>,
}

/// Beside what a page begins, in either direction. Clients don't look into it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Beside<T> {
    After(T),
    Before(T),
}

impl<T: ToString> Beside<T> {
    pub(super) fn text(self) -> String {
        match self {
            Self::After(place) => format!("after-{}", place.to_string()),
            Self::Before(place) => format!("before-{}", place.to_string()),
        }
    }
}

impl<T: std::str::FromStr> Beside<T> {
    /// `None`: the list from its start.
    pub(super) fn parse(text: Option<&str>) -> Result<Option<Self>, ApiError> {
        let Some(text) = text else {
            return Ok(None);
        };
        let place = |text: &str| text.parse().ok();
        let found = match (text.strip_prefix("after-"), text.strip_prefix("before-")) {
            (Some(text), _) => place(text).map(Self::After),
            (_, Some(text)) => place(text).map(Self::Before),
            _ => None,
        };
        let message = "Send a cursor as it was answered, or none.";
        found
            .map(Some)
            .ok_or_else(|| ApiError::invalid("cursor", message))
    }
}

/// Whether a list began anew because nothing lies where the cursor points: a page behind something has one before it. A
/// program that follows cursors would read everything twice.
pub(super) fn began_anew<T, C>(cursor: Option<&Beside<T>>, previous: Option<&C>, next: Option<&C>) -> bool {
    match cursor {
        None => false,
        Some(Beside::After(_)) => previous.is_none(),
        Some(Beside::Before(_)) => next.is_none(),
    }
}

impl<T> Page<T> {
    pub(super) fn nothing() -> Self {
        Self {
            items: Vec::new(),
            next: None,
            previous: None,
        }
    }
}

/// In UTC, to the second (RFC 3339).
pub(super) fn time(at: Moment) -> String {
    at.rfc3339()
}

/// A text that is longer than anything that can be found.
pub(super) fn search(text: Option<String>) -> Result<String, ApiError> {
    let text = text.unwrap_or_default();
    let max = domain::users::MAX_SEARCH;
    if text.chars().count() > max {
        let sentence = Fault::TooLong { max }.sentence(domain::field::Field::Name);
        return Err(ApiError::invalid("search", sentence));
    }
    // Nobody is found by one, and without it the search would be another.
    if text.chars().any(char::is_control) {
        let sentence = Fault::HiddenCharacter.sentence(domain::field::Field::Name);
        return Err(ApiError::invalid("search", sentence));
    }
    Ok(text.trim().to_owned())
}
