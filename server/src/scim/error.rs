//! Errors as SCIM says them (RFC 7644 section 3.12).

use crate::telemetry::causes;
use axum::response::{IntoResponse, Response};
use domain::{
    field::{Fault, Faults, Field},
    refusal::Refusal,
};
use http::{HeaderValue, StatusCode, header};
use serde_json::json;

/// RFC 7644 section 8.1.
pub(super) const MEDIA_TYPE: &str = "application/scim+json";
const SCHEMA: &str = "urn:ietf:params:scim:api:messages:2.0:Error";

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ScimError {
    status: StatusCode,
    /// One of the words of RFC 7644, table 9.
    kind: Option<&'static str>,
    detail: String,
    /// Seconds.
    retry_after: Option<u32>,
}

impl ScimError {
    /// What there is to say of a status that needs no more words.
    pub(crate) fn of(status: StatusCode) -> Self {
        let detail = match status {
            StatusCode::UNAUTHORIZED => {
                "Send a token of this organization's provisioning, as Authorization: Bearer."
            }
            StatusCode::NOT_FOUND => "There is nothing at this address.",
            StatusCode::METHOD_NOT_ALLOWED => "This address is there, and not for this method.",
            StatusCode::PAYLOAD_TOO_LARGE => "The body is larger than anything that is taken here.",
            StatusCode::MISDIRECTED_REQUEST => {
                "This console is not served under the address that was asked for."
            }
            StatusCode::UNSUPPORTED_MEDIA_TYPE => "Send the body as Content-Type: application/scim+json.",
            StatusCode::TOO_MANY_REQUESTS => "Too many requests. Try again later.",
            StatusCode::SERVICE_UNAVAILABLE => {
                "Usher can't answer at the moment. Try again in a few seconds; what was under way may be done."
            }
            StatusCode::BAD_REQUEST => "The request can't be understood.",
            _ => {
                "Something failed in Usher that should not. Its operator finds it in the log by the header x-request-id."
            }
        };
        Self {
            status,
            kind: None,
            detail: detail.to_owned(),
            retry_after: None,
        }
    }

    pub(super) fn bad(kind: &'static str, detail: impl Into<String>) -> Self {
        Self {
            kind: Some(kind),
            detail: detail.into(),
            ..Self::of(StatusCode::BAD_REQUEST)
        }
    }

    /// In other words.
    #[must_use]
    pub(super) fn saying(self, detail: String) -> Self {
        Self { detail, ..self }
    }

    #[cfg(test)]
    pub(super) fn kind(&self) -> Option<&'static str> {
        self.kind
    }

    /// A value that can't be used.
    pub(super) fn value(detail: impl Into<String>) -> Self {
        Self::bad("invalidValue", detail)
    }

    fn refused(refusal: Refusal) -> Self {
        let (status, kind) = match refusal {
            Refusal::AlreadyMember
            | Refusal::AlreadyInvited
            | Refusal::MemberIsDeactivated
            | Refusal::AddressTaken
            | Refusal::NameTaken => (StatusCode::CONFLICT, Some("uniqueness")),
            Refusal::ScimUsersOff | Refusal::ScimGroupsOff => (StatusCode::FORBIDDEN, None),
            Refusal::ScimAddressStays => (StatusCode::BAD_REQUEST, Some("mutability")),
            Refusal::ScimNewIsActive => (StatusCode::BAD_REQUEST, Some("invalidValue")),
            Refusal::EditedMeanwhile => (StatusCode::PRECONDITION_FAILED, None),
            _ => (StatusCode::CONFLICT, None),
        };
        Self {
            kind,
            detail: match refusal {
                Refusal::AlreadyInvited => "Somebody with this userName is here already, invited.".to_owned(),
                refusal => refusal.sentence().to_owned(),
            },
            ..Self::of(status)
        }
    }

    fn faulty(faults: &Faults) -> Self {
        let refused = faults.0.iter().find_map(|(_, fault)| match fault {
            Fault::Refused(refusal) => Some(*refusal),
            _ => None,
        });
        if let Some(refusal) = refused {
            return Self::refused(refusal);
        }
        let said = faults.0.iter().map(|(field, fault)| {
            let attribute = attribute(*field);
            match fault {
                Fault::Missing => format!("{attribute} is missing."),
                Fault::UnknownUser => format!("{attribute}: Somebody is named who is not here."),
                fault => format!("{attribute}: {}", fault.sentence(*field)),
            }
        });
        Self::value(said.collect::<Vec<_>>().join(" "))
    }
}

/// What SCIM calls a field.
fn attribute(field: Field) -> &'static str {
    match field {
        Field::Email => "userName",
        Field::FirstName => "name.givenName",
        Field::LastName => "name.familyName",
        Field::Name => "displayName",
        Field::ExternalId => "externalId",
        field => field.name(),
    }
}

impl From<backend::Error> for ScimError {
    fn from(error: backend::Error) -> Self {
        match error {
            backend::Error::SignedOut => Self::of(StatusCode::UNAUTHORIZED),
            backend::Error::NotFound => Self::of(StatusCode::NOT_FOUND),
            backend::Error::Invalid(faults) => Self::faulty(&faults),
            backend::Error::Refused(refusal) => Self::refused(refusal),
            backend::Error::TooManyAttempts { wait } => Self {
                retry_after: u32::try_from(wait.whole_seconds().max(1)).ok(),
                ..Self::of(StatusCode::TOO_MANY_REQUESTS)
            },
            backend::Error::Unavailable(_) => {
                tracing::error!(cause = causes(&error), "a request of SCIM can't be answered");
                Self::of(StatusCode::SERVICE_UNAVAILABLE)
            }
            // What only people are told.
            backend::Error::Forbidden { .. }
            | backend::Error::TwoFactorWanted
            | backend::Error::SessionWanted => {
                tracing::error!(cause = causes(&error), "an answer for people came to SCIM");
                Self::of(StatusCode::INTERNAL_SERVER_ERROR)
            }
        }
    }
}

impl IntoResponse for ScimError {
    fn into_response(self) -> Response {
        let mut body = json!({
            "schemas": [SCHEMA], "status": self.status.as_str(), "detail": self.detail
        });
        if let Some(kind) = self.kind {
            body["scimType"] = json!(kind);
        }
        let mut response = (self.status, body.to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        if self.status == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static("Bearer realm=\"usher\"");
            headers.insert(header::WWW_AUTHENTICATE, challenge);
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}
