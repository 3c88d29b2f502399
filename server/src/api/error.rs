//! Errors as programs read them: `{"code", "message", "details"}`, with the status that says the same.

use crate::telemetry::causes;
use axum::{
    Json,
    extract::rejection::JsonRejection,
    response::{IntoResponse, Response},
};
use domain::{field::Field, refusal::Refusal};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use std::borrow::Cow;
use utoipa::ToSchema;

/// Who asks is not known: which schemes there are (RFC 9110 section 11.6.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Challenge {
    First,
    /// Of a credential that was presented and does not work (RFC 6750 section 3.1).
    Again,
    /// Of one that was presented by HTTP Basic (RFC 6749 section 5.2).
    Basic,
}

impl Challenge {
    fn header(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::First => "Bearer realm=\"usher\"",
            Self::Again => "Bearer realm=\"usher\", error=\"invalid_token\"",
            Self::Basic => "Basic realm=\"usher\"",
        })
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct ApiError {
    #[serde(skip)]
    status: StatusCode,
    /// Seconds.
    #[serde(skip)]
    retry_after: Option<u32>,
    #[serde(skip)]
    challenge: Option<Challenge>,
    /// A word that stays the same, for programs.
    #[schema(value_type = String)]
    code: Cow<'static, str>,
    /// For people. It may be worded better some day.
    message: String,
    /// What of the request is wrong.
    details: Vec<Detail>,
    /// The same as OAuth says it (RFC 6749 section 5.2), where OAuth asks.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'static str>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Detail {
    #[schema(value_type = String)]
    pub(crate) field: Cow<'static, str>,
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
                "The body is larger than is taken here: its operator sets how large (request_body_limit).",
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
                "Usher can't answer at the moment. Try again in a few seconds, and with the same Idempotency-Key where you create: what was under way may be done.",
            ),
            StatusCode::PRECONDITION_REQUIRED => (
                "version_required",
                "Send If-Match with the ETag of what you have read, so that nobody's change is overwritten.",
            ),
            StatusCode::UNPROCESSABLE_ENTITY => ("invalid", "A value can't be used. The details say which."),
            StatusCode::BAD_REQUEST => ("invalid", "The request can't be understood."),
            _ => (
                "internal",
                "Something failed in Usher that should not. Its operator finds it in the log by the header x-request-id.",
            ),
        };
        Self {
            status,
            challenge: (status == StatusCode::UNAUTHORIZED).then_some(Challenge::First),
            code: Cow::Borrowed(code),
            message: message.to_owned(),
            details: Vec::new(),
            error: None,
            retry_after: None,
        }
    }

    /// A credential was presented that does not work, whatever the reason.
    pub(crate) fn rejected() -> Self {
        Self {
            challenge: Some(Challenge::Again),
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

    /// What comes under an `Idempotency-Key` whose first question is not answered yet.
    pub(crate) fn key_in_hand() -> Self {
        Self {
            status: StatusCode::CONFLICT,
            code: Cow::Borrowed("key_in_hand"),
            retry_after: Some(1),
            ..Self::of(StatusCode::BAD_REQUEST)
        }
        .saying("The first question with this Idempotency-Key is being worked on. Ask again in a moment.")
    }

    /// What comes under an `Idempotency-Key` that stands for something else.
    pub(crate) fn key_of_another() -> Self {
        Self {
            code: Cow::Borrowed("key_reused"),
            ..Self::of(StatusCode::UNPROCESSABLE_ENTITY)
        }
        .saying("This Idempotency-Key was sent with another question. Send a new one with each creation.")
    }

    /// With OAuth's word for it; a fault of ours has none.
    #[must_use]
    pub(crate) fn in_oauth(self, error: &'static str) -> Self {
        Self {
            error: Some(error).filter(|_| self.status.is_client_error()),
            ..self
        }
    }

    /// The same of one that was presented by HTTP Basic.
    pub(crate) fn rejected_basic() -> Self {
        Self {
            challenge: Some(Challenge::Basic),
            ..Self::of(StatusCode::UNAUTHORIZED)
        }
    }

    /// Something that can't be read; `whole`: what is named if it is not said where.
    pub(super) fn not_understood(whole: &'static str, told: &str) -> Self {
        let (field, sentence) = located(told);
        match field {
            Some(field) => Self::invalid(field.to_owned(), sentence),
            None => Self::invalid(whole, sentence),
        }
    }

    pub(crate) fn invalid(field: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        let message = message.into();
        Self {
            message: message.clone(),
            details: vec![Detail {
                field: field.into(),
                message,
            }],
            ..Self::of(StatusCode::BAD_REQUEST)
        }
    }
}

impl From<backend::Error> for ApiError {
    fn from(error: backend::Error) -> Self {
        match error {
            backend::Error::SignedOut => Self::rejected(),
            backend::Error::Forbidden { needs } => {
                let roles: Vec<_> = needs.iter().map(|role| role.name()).collect();
                let roles = roles.join(" or ");
                Self::of(StatusCode::FORBIDDEN).saying(&format!("It needs the role {roles}."))
            }
            backend::Error::TwoFactorWanted => Self {
                code: Cow::Borrowed("two_factor_wanted"),
                ..Self::of(StatusCode::FORBIDDEN)
            }
            .saying("The organization asks for two-factor authentication, which this person has not set up."),
            backend::Error::SessionWanted => Self {
                code: Cow::Borrowed("session_required"),
                ..Self::of(StatusCode::FORBIDDEN)
            }
            .saying("This is done in the console, by whoever is signed in there, and by no token."),
            backend::Error::NotFound => Self::of(StatusCode::NOT_FOUND),
            // What wants a recent proof is done where one can be given.
            backend::Error::Invalid(faults) if faults.of(Field::CurrentPassword).is_some() => {
                backend::Error::SessionWanted.into()
            }
            backend::Error::Invalid(faults) => Self {
                details: faults
                    .0
                    .iter()
                    .map(|(field, fault)| Detail {
                        field: Cow::Borrowed(field.name()),
                        message: fault.sentence(*field),
                    })
                    .collect(),
                ..Self::of(StatusCode::UNPROCESSABLE_ENTITY)
            },
            // What wants a proof, said where there is no form to ask for one.
            backend::Error::Refused(Refusal::SignInLiesBack) => backend::Error::SessionWanted.into(),
            backend::Error::Refused(refusal) => Self {
                status: match refusal {
                    Refusal::EditedMeanwhile => StatusCode::PRECONDITION_FAILED,
                    _ => StatusCode::CONFLICT,
                },
                code: Cow::Owned(word_of(refusal)),
                ..Self::of(StatusCode::BAD_REQUEST)
            }
            .saying(&in_words_of_programs(refusal)),
            backend::Error::TooManyAttempts { wait } => Self {
                retry_after: u32::try_from(wait.whole_seconds().max(1)).ok(),
                ..Self::of(StatusCode::TOO_MANY_REQUESTS)
            },
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

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        backend::Error::from(refusal).into()
    }
}

impl From<JsonRejection> for ApiError {
    fn from(rejection: JsonRejection) -> Self {
        match rejection {
            JsonRejection::JsonDataError(error) => Self::not_understood("body", &error.body_text()),
            JsonRejection::JsonSyntaxError(error) => Self::not_understood("body", &error.body_text()),
            JsonRejection::MissingJsonContentType(_) => Self::of(StatusCode::UNSUPPORTED_MEDIA_TYPE)
                .saying("Send the body as Content-Type: application/json."),
            _ => Self::of(StatusCode::BAD_REQUEST),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let (challenge, retry_after) = (self.challenge.map(Challenge::header), self.retry_after);
        let mut response = (self.status, Json(self)).into_response();
        if let Some(challenge) = challenge {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        if let Some(seconds) = retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

/// Programs have no dialog that shows what changes: how they see it, and say yes.
fn in_words_of_programs(refusal: Refusal) -> String {
    let sentence = refusal.sentence();
    match refusal {
        Refusal::WantsConfirmation | Refusal::GroupInUse => {
            format!("{sentence} Ask with ?preview=true to see it, and again with its confirm as ?confirm=.")
        }
        _ => sentence.to_owned(),
    }
}

/// Where something is wrong, if it is said, and what; without what the framework says before it.
fn located(told: &str) -> (Option<&str>, String) {
    let what = told.split_once(": ").map_or(told, |(_, what)| what);
    let is_path = |text: &str| {
        !text.is_empty()
            && text
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "_.[]-".contains(c))
            && text != "."
    };
    let (path, what) = match what.split_once(": ") {
        Some((path, what)) if is_path(path) => (Some(path), what),
        _ => (None, what),
    };
    // A member that is not known, or not there, is named within the sentence.
    let named = ["unknown field `", "missing field `"].iter().find_map(|before| {
        let rest = what.strip_prefix(before)?;
        rest.split_once('`').map(|(name, _)| name)
    });
    let sentence = if what.contains("UUID parsing failed") {
        "An id is wanted here, as lists answer it, and not a name.".to_owned()
    } else {
        format!("This can't be understood: {what}.")
    };
    (named.or(path), sentence)
}

/// `LastAdministrator` as `last_administrator`.
fn word_of(refusal: Refusal) -> String {
    let mut word = String::new();
    for letter in format!("{refusal:?}").chars() {
        if letter.is_ascii_uppercase() && !word.is_empty() {
            word.push('_');
        }
        word.push(letter.to_ascii_lowercase());
    }
    word
}

pub(super) async fn no_such_place() -> ApiError {
    ApiError::of(StatusCode::NOT_FOUND)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        let read = |told: &str| {
            let (field, sentence) = located(told);
            (field.unwrap_or_default().to_owned(), sentence)
        };
        let told = |field: &str, what: &str| (field.to_owned(), format!("This can't be understood: {what}."));
        let into = "Failed to deserialize the JSON body into the target type";
        assert_eq!(
            read(&format!(
                "{into}: rules[0].roles: invalid type: string \"x\", expected a sequence at line 1 column 9"
            )),
            told(
                "rules[0].roles",
                "invalid type: string \"x\", expected a sequence at line 1 column 9"
            )
        );
        assert_eq!(
            read(&format!("{into}: unknown field `nme`, expected `name`")),
            told("nme", "unknown field `nme`, expected `name`")
        );
        assert_eq!(
            read("Failed to deserialize query string: status: unknown variant `x`"),
            told("status", "unknown variant `x`")
        );
        assert_eq!(
            read("Failed to parse the request body as JSON: EOF while parsing"),
            told("", "EOF while parsing")
        );
        let (field, sentence) = read(&format!(
            "{into}: groups[0]: UUID parsing failed: invalid character"
        ));
        assert_eq!(
            (field.as_str(), sentence.starts_with("An id is wanted")),
            ("groups[0]", true)
        );
    }
}
