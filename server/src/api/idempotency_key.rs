//! Creations that are asked for again because an answer was lost (`Idempotency-Key`,
//! draft-ietf-httpapi-idempotency-key-header-07).

use super::ApiError;
use crate::Console;
use axum::{
    Json,
    extract::FromRequestParts,
    http::request::Parts,
    response::{IntoResponse, Response},
};
use backend::{Caller, caller::Target, idempotency::Keyed};
use domain::access::Action;
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// Characters of a key.
const LONGEST: usize = 200;

/// For the description.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "it is read as a header")]
pub(super) struct KeySent {
    /// Of your making: asked again with it, the same answer comes.
    #[param(rename = "Idempotency-Key", max_length = 200)]
    idempotency_key: Option<String>,
}

/// Under which key it is asked, and what.
pub(super) struct Once {
    key: Option<String>,
    place: String,
}

impl<S: Send + Sync> FromRequestParts<S> for Once {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let mut lines = parts.headers.get_all(KEY).iter();
        let key = match (lines.next(), lines.next()) {
            (None, _) => None,
            (Some(line), None) => Some(key_of(line).ok_or_else(wrong)?),
            _ => return Err(wrong()),
        };
        Ok(Self {
            key,
            place: format!("{} {}", parts.method, parts.uri),
        })
    }
}

fn wrong() -> ApiError {
    ApiError::invalid(
        "Idempotency-Key",
        format!("Send one key of 1 to {LONGEST} visible characters of ASCII, like a UUID."),
    )
}

/// In the quotes of a structured field, or without them, as most programs send it.
fn key_of(line: &HeaderValue) -> Option<String> {
    let text = line.to_str().ok()?.trim();
    let key = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'))
        .unwrap_or(text);
    let is_key = (1..=LONGEST).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic());
    is_key.then(|| key.to_owned())
}

/// What a creation is answered.
#[derive(Serialize, Deserialize)]
pub(super) struct Made {
    pub(super) status: u16,
    pub(super) location: Option<String>,
    pub(super) etag: Option<String>,
    pub(super) body: serde_json::Value,
}

impl Made {
    /// 201 with where it is.
    pub(super) fn created(location: String, body: &impl Serialize) -> Self {
        Self {
            status: StatusCode::CREATED.as_u16(),
            location: Some(location),
            etag: None,
            body: serde_json::to_value(body).unwrap_or_default(),
        }
    }

    pub(super) fn with_etag(self, etag: &HeaderValue) -> Self {
        Self {
            etag: etag.to_str().ok().map(str::to_owned),
            ..self
        }
    }

    fn answer(self, is_again: bool) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::OK);
        let mut response = (status, Json(self.body)).into_response();
        let headers = response.headers_mut();
        for (name, value) in [(header::LOCATION, self.location), (header::ETAG, self.etag)] {
            if let Some(value) = value.and_then(|value| HeaderValue::from_str(&value).ok()) {
                headers.insert(name, value);
            }
        }
        if is_again {
            headers.insert(REPLAYED, HeaderValue::from_static("true"));
        }
        response
    }
}

impl Once {
    /// Does the work, unless it was done under this key: then its answer is given again, to whoever may still do it.
    pub(super) async fn answer(
        self,
        console: &Console,
        (caller, action): (&Caller, Action),
        asked: &(impl Serialize + Sync),
        work: impl Future<Output = Result<Made, ApiError>>,
    ) -> Result<Response, ApiError> {
        let backend = &console.backend;
        let Some(key) = self.key else {
            return Ok(work.await?.answer(false));
        };
        caller.permit(action, Target::Organization(caller.organization))?;
        let question = serde_json::to_vec(&(self.place, asked)).unwrap_or_default();
        let claim = match backend.claim_key(caller, &key, &question).await? {
            Keyed::First(claim) => claim,
            Keyed::Answered(answer) => {
                let made: Made = serde_json::from_value(answer)
                    .map_err(|_| ApiError::of(StatusCode::INTERNAL_SERVER_ERROR))?;
                return Ok(made.answer(true));
            }
            Keyed::InHand => return Err(ApiError::key_in_hand()),
            Keyed::OfAnother => return Err(ApiError::key_of_another()),
        };
        match work.await {
            Ok(made) => {
                let kept = serde_json::to_value(&made).unwrap_or_default();
                // It is done, whether its answer can be kept or not.
                if let Err(error) = backend.keep_answer(caller, &claim, &kept).await {
                    tracing::warn!(%error, "can't keep the answer to a question with an idempotency key");
                }
                Ok(made.answer(false))
            }
            Err(refused) => {
                if let Err(error) = backend.give_back_key(caller, &claim).await {
                    tracing::warn!(%error, "can't give back an idempotency key");
                }
                Err(refused)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_visible_and_not_too_long() {
        let of = |text: &str| key_of(&HeaderValue::from_str(text).unwrap());
        assert_eq!(of("abc"), Some("abc".to_owned()));
        assert_eq!(of("\"abc\""), Some("abc".to_owned()));
        assert_eq!(of(&"k".repeat(LONGEST)), Some("k".repeat(LONGEST)));
        for none in ["", "\"\"", "a b", &"k".repeat(LONGEST + 1)] {
            assert_eq!(of(none), None, "{none}");
        }
    }
}
