//! Bodies: objects in JSON, whose attributes are found whatever the case of their names (RFC 7643 section 2.1).

use super::ScimError;
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use http::{HeaderMap, StatusCode, header};
use serde_json::{Map, Value};

pub(super) type Attributes = Map<String, Value>;

pub(super) struct Body(pub(super) Attributes);

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = ScimError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ScimError> {
        if !is_json(request.headers()) {
            return Err(ScimError::of(StatusCode::UNSUPPORTED_MEDIA_TYPE));
        }
        let bytes = Bytes::from_request(request, state).await;
        let bytes = bytes.map_err(|_| ScimError::of(StatusCode::BAD_REQUEST))?;
        match serde_json::from_slice(&bytes) {
            Ok(Value::Object(attributes)) => Ok(Self(attributes)),
            _ => Err(ScimError::bad("invalidSyntax", "The body is no object in JSON.")),
        }
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let named = headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    let essence = named
        .and_then(|kind| kind.split(';').next())
        .unwrap_or_default()
        .trim();
    ["application/scim+json", "application/json"]
        .iter()
        .any(|json| essence.eq_ignore_ascii_case(json))
}

/// An attribute; `null` is none (RFC 7643 section 2.5).
pub(super) fn attribute<'a>(attributes: &'a Attributes, name: &str) -> Option<&'a Value> {
    let mut found = attributes
        .iter()
        .filter(|(key, _)| key.eq_ignore_ascii_case(name));
    found
        .next()
        .map(|(_, value)| value)
        .filter(|value| !value.is_null())
}

pub(super) fn text(name: &str, value: &Value) -> Result<String, ScimError> {
    let text = value.as_str().map(str::to_owned);
    text.ok_or_else(|| ScimError::value(format!("{name} is no text.")))
}

/// A yes or no. Entra ID sends it as text, beginning with a capital.
pub(super) fn truth(name: &str, value: &Value) -> Result<bool, ScimError> {
    match value {
        Value::Bool(truth) => Ok(*truth),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Ok(true),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Ok(false),
        _ => Err(ScimError::value(format!("{name} is neither true nor false."))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_are_of_any_case_and_null_is_nothing() {
        let Value::Object(body) = json!({ "USERNAME": "a", "active": null }) else {
            panic!("an object");
        };
        assert_eq!(attribute(&body, "userName"), Some(&json!("a")));
        assert_eq!(attribute(&body, "active"), None);
    }

    #[test]
    fn yes_and_no_come_as_text_too() {
        for (value, expected) in [
            (json!(true), Some(true)),
            (json!("False"), Some(false)),
            (json!("TRUE"), Some(true)),
            (json!("no"), None),
            (json!(0), None),
        ] {
            assert_eq!(truth("active", &value).ok(), expected, "{value}");
        }
    }
}
