//! Parameters of an address, and pages of lists.

use super::ApiError;
use axum::{
    extract::{FromRequestParts, Path, Query},
    http::request::Parts,
};
use domain::{field::Fault, moment::Moment, paging::Cursor};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::str::FromStr;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use utoipa::ToSchema;

/// The parameters behind `?`. One that is not known is refused: a typing error in a filter would show everything.
pub(super) struct Parameters<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Parameters<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let query = Query::<T>::from_request_parts(parts, state).await;
        query
            .map(|Query(parameters)| Self(parameters))
            .map_err(|error| ApiError::not_understood("query", &error.body_text()))
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

/// A cursor as it was answered; none: the list from its start. Clients don't look into it.
pub(super) fn cursor<T: FromStr>(text: Option<&str>) -> Result<Cursor<T>, ApiError> {
    let Some(text) = text else {
        return Ok(Cursor::Start);
    };
    let found = match text.split_once('-') {
        Some(("after", place)) => Cursor::from_query(Some(place), None),
        Some(("before", place)) => Cursor::from_query(None, Some(place)),
        _ => Cursor::Start,
    };
    match found {
        Cursor::Start => Err(ApiError::invalid(
            "cursor",
            "Send a cursor as it was answered, or none.",
        )),
        found => Ok(found),
    }
}

impl<T> Page<T> {
    /// What was found with a cursor, and its neighbours. A list begins anew where nothing lies behind a cursor any more: a
    /// page for people does, but a program that follows cursors would read everything twice.
    pub(super) fn of<P: ToString>(
        asked: &Cursor<P>,
        items: impl Iterator<Item = T>,
        (previous, next): (Option<Cursor<P>>, Option<Cursor<P>>),
    ) -> Self {
        let (had_previous, had_next) = asked.neighbours(false);
        let began_anew = had_previous && previous.is_none() || had_next && next.is_none();
        if began_anew {
            return Self {
                items: Vec::new(),
                next: None,
                previous: None,
            };
        }
        let text = |cursor: Cursor<P>| cursor.to_query().map(|(side, place)| format!("{side}-{place}"));
        Self {
            items: items.collect(),
            next: next.and_then(text),
            previous: previous.and_then(text),
        }
    }
}

/// In UTC, to the second (RFC 3339).
pub(super) fn time(at: Moment) -> String {
    at.rfc3339()
}

/// A moment in RFC 3339.
pub(super) fn instant(field: &'static str, text: Option<&str>) -> Result<Option<Moment>, ApiError> {
    let parsed = text.map(|text| {
        let at = OffsetDateTime::parse(text, &Rfc3339);
        at.map(Moment::from)
            .map_err(|_| ApiError::invalid(field, "Send a time like 2026-12-24T18:00:00Z (RFC 3339)."))
    });
    parsed.transpose()
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
