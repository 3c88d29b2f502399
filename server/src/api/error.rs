//! Errors as programs read them: `{"code", "message", "details"}`, with the status that says the same.

use crate::telemetry::causes;
use axum::{
    Json,
    extract::rejection::JsonRejection,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;

/// Who asks is not known: which schemes there are (RFC 9110 section 11.6.1).
const CHALLENGE: &str = "Bearer realm=\"usher\"";
/// The same for a credential that was presented and does not work (RFC 6750 section 3.1).
const CHALLENGE_AGAIN: &str = "Bearer realm=\"usher\", error=\"invalid_token\"";

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct ApiError {
    #[serde(skip)]
    status: StatusCode,
    #[serde(skip)]
    challenge: Option<&'static str>,
    /// A word that stays the same, for programs.
    code: &'static str,
    /// For people. It may be worded better some day.
    message: String,
    /// What of the request is wrong.
    details: Vec<Detail>,
    /// The same as OAuth says it (RFC 6749 section 5.2), where OAuth asks.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'static str>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Detail {
    pub(crate) field: &'static str,
    pub(crate) message: String,
}

impl ApiError {
    /// What there is to say of a status that needs no more words.
    pub(crate) fn of(status: StatusCode) -> Self {
        let (code, message) = match status {
            StatusCode::UNAUTHORIZED => (
                "unauthenticated",
                "Send a credential that works, as Authorization: Bearer.",
            ),
            StatusCode::FORBIDDEN => ("forbidden", "This may not be done with this credential."),
            StatusCode::NOT_FOUND => ("not_found", "There is nothing at this address."),
            StatusCode::METHOD_NOT_ALLOWED => (
                "method_not_allowed",
                "This address is there, and not for this method.",
            ),
            StatusCode::PAYLOAD_TOO_LARGE => (
                "too_large",
                "The body is larger than anything that is taken here.",
            ),
            StatusCode::MISDIRECTED_REQUEST => (
                "misdirected",
                "This console is not served under the address that was asked for.",
            ),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => (
                "unsupported_media_type",
                "The body has another Content-Type than is taken here.",
            ),
            StatusCode::TOO_MANY_REQUESTS => ("too_many_requests", "Too many requests. Try again later."),
            StatusCode::SERVICE_UNAVAILABLE => (
                "unavailable",
                "Usher can't answer at the moment. Nothing was changed. Try again in a few seconds.",
            ),
            StatusCode::BAD_REQUEST => ("invalid", "The request can't be understood."),
            _ => (
                "internal",
                "Something failed in Usher that should not. Its operator finds it in the log by the header x-request-id.",
            ),
        };
        Self {
            status,
            challenge: (status == StatusCode::UNAUTHORIZED).then_some(CHALLENGE),
            code,
            message: message.to_owned(),
            details: Vec::new(),
            error: None,
        }
    }

    /// A credential was presented that does not work, whatever the reason.
    pub(crate) fn rejected() -> Self {
        Self {
            challenge: Some(CHALLENGE_AGAIN),
            ..Self::of(StatusCode::UNAUTHORIZED)
        }
    }

    /// In other words.
    #[must_use]
    pub(crate) fn saying(self, message: &str) -> Self {
        Self {
            message: message.to_owned(),
            ..self
        }
    }

    /// With OAuth's word for it; a fault of ours has none.
    #[must_use]
    pub(crate) fn in_oauth(self, error: &'static str) -> Self {
        Self {
            error: Some(error).filter(|_| self.status.is_client_error()),
            ..self
        }
    }

    pub(crate) fn invalid(field: &'static str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self {
            message: message.clone(),
            details: vec![Detail { field, message }],
            ..Self::of(StatusCode::BAD_REQUEST)
        }
    }
}

impl From<backend::Error> for ApiError {
    fn from(error: backend::Error) -> Self {
        match error {
            backend::Error::SignedOut => Self::rejected(),
            backend::Error::Forbidden { .. } | backend::Error::TwoFactorWanted => {
                Self::of(StatusCode::FORBIDDEN)
            }
            backend::Error::NotFound => Self::of(StatusCode::NOT_FOUND),
            backend::Error::Invalid(_) | backend::Error::Refused(_) => Self::of(StatusCode::BAD_REQUEST),
            backend::Error::TooManyAttempts { .. } => Self::of(StatusCode::TOO_MANY_REQUESTS),
            backend::Error::Unavailable(_) => {
                tracing::error!(
                    cause = causes(&error),
                    "a question of a program can't be answered"
                );
                Self::of(StatusCode::SERVICE_UNAVAILABLE)
            }
        }
    }
}

impl From<JsonRejection> for ApiError {
    fn from(rejection: JsonRejection) -> Self {
        match rejection {
            JsonRejection::JsonDataError(error) => Self::invalid("body", error.body_text()),
            JsonRejection::JsonSyntaxError(error) => Self::invalid("body", error.body_text()),
            JsonRejection::MissingJsonContentType(_) => Self::of(StatusCode::UNSUPPORTED_MEDIA_TYPE)
                .saying("Send the body as Content-Type: application/json."),
            _ => Self::of(StatusCode::BAD_REQUEST),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let challenge = self.challenge.map(HeaderValue::from_static);
        let mut response = (self.status, Json(self)).into_response();
        if let Some(challenge) = challenge {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

pub(super) async fn no_such_place() -> ApiError {
    ApiError::of(StatusCode::NOT_FOUND)
}
