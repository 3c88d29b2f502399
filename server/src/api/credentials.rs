//! What a program proves itself with: the header `Authorization`, and nothing else. Not a cookie, and nothing in the
//! address, which ends up in logs.

use super::{ApiError, allowance};
use axum::{
    extract::{FromRef, FromRequestParts},
    http::request::Parts,
};
use backend::services::Service;
use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderMap, StatusCode, header};

use crate::Console;

/// What stands in `Authorization`.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Presented {
    /// RFC 6750 section 2.1.
    Bearer(String),
    /// RFC 7617: a name and what proves it.
    Basic(String, String),
}

impl Presented {
    /// `None`: nothing that we take, or more than one, of which another reader may believe the other.
    fn find(headers: &HeaderMap) -> Option<Self> {
        let mut all = headers.get_all(header::AUTHORIZATION).iter();
        let (Some(only), None) = (all.next(), all.next()) else {
            return None;
        };
        let (scheme, rest) = only.to_str().ok()?.split_once(' ')?;
        let rest = rest.trim();
        if scheme.eq_ignore_ascii_case("bearer") {
            return Some(Self::Bearer(rest.to_owned()));
        }
        if scheme.eq_ignore_ascii_case("basic") {
            let pair = String::from_utf8(STANDARD.decode(rest).ok()?).ok()?;
            let (name, secret) = pair.split_once(':')?;
            return Some(Self::Basic(name.to_owned(), secret.to_owned()));
        }
        None
    }
}

/// What begins every access token, and what begins a service's secret and a token of provisioning.
const TOKEN: &str = "usher_";
const SERVICE: &str = "usher_service_";
const SCIM: &str = "usher_scim_";

/// What is said of a secret that does not work where an access token is wanted. Whether it works elsewhere is not said.
pub(super) fn not_a_token(secret: &str) -> ApiError {
    let rejected = ApiError::rejected();
    if secret.starts_with(SERVICE) {
        rejected.saying("This is asked with an access token, made at /tokens. What was sent is the secret of a service, which asks at /oauth2/introspect and /api/v1/decisions.")
    } else if secret.starts_with(SCIM) {
        rejected.saying("This is asked with an access token, made at /tokens. What was sent is a token of provisioning, which counts at /scim alone.")
    } else {
        rejected
    }
}

/// The same where a service's secret is wanted.
fn not_a_service(secret: &str) -> ApiError {
    if secret.starts_with(TOKEN) && !secret.starts_with(SERVICE) {
        ApiError::rejected().saying(
            "This is asked with the secret of a service, made at /organization/services. What was sent is another credential.",
        )
    } else {
        ApiError::rejected()
    }
}

/// What is said where nothing that can be taken was presented, and where it was presented and does not work.
fn refusal(headers: &HeaderMap) -> ApiError {
    if headers.contains_key(header::AUTHORIZATION) {
        ApiError::rejected()
    } else {
        ApiError::of(StatusCode::UNAUTHORIZED)
    }
}

/// An access token as it was presented; whether it works is asked of the backend.
pub(super) struct PresentedToken(pub(super) String);

impl<S: Send + Sync> FromRequestParts<S> for PresentedToken {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let token = bearer(&parts.headers).map(Self);
        token.ok_or_else(|| refusal(&parts.headers))
    }
}

/// What was presented as Bearer, if that and nothing else was.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<String> {
    match Presented::find(headers) {
        Some(Presented::Bearer(secret)) => Some(secret),
        _ => None,
    }
}

/// A service whose credential works: its secret as Bearer, or its id and secret as Basic (RFC 6749 section 2.3.1).
pub(super) struct Asking(pub(super) Service);

impl<S> FromRequestParts<S> for Asking
where
    S: Send + Sync,
    Console: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let console = Console::from_ref(state);
        let (id, secret) = match Presented::find(&parts.headers) {
            Some(Presented::Bearer(secret)) => (None, secret),
            Some(Presented::Basic(id, secret)) => (Some(id), secret),
            None => return Err(refusal(&parts.headers)),
        };
        let found = console.backend.find_service(id.as_deref(), &secret).await?;
        let service = found.ok_or_else(|| match id {
            Some(_) => ApiError::rejected_basic(),
            None => not_a_service(&secret),
        })?;
        allowance::take(
            &parts.extensions,
            console.backend.count_question_of(&service).await?,
        )?;
        Ok(Self(service))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(lines: &[&str]) -> Option<Presented> {
        let lines = lines
            .iter()
            .map(|line| (header::AUTHORIZATION, line.parse().unwrap()));
        Presented::find(&lines.collect())
    }

    #[test]
    fn a_credential_stands_in_one_header_in_one_of_two_schemes() {
        let bearer = |text: &str| Some(Presented::Bearer(text.to_owned()));
        assert_eq!(find(&["Bearer usher_abc"]), bearer("usher_abc"));
        assert_eq!(find(&["bearer  usher_abc"]), bearer("usher_abc"));
        assert_eq!(find(&["BEARER "]), bearer(""));
        let basic = Presented::Basic("id".to_owned(), "a:b".to_owned());
        assert_eq!(find(&["Basic aWQ6YTpi"]), Some(basic));
        for nothing in [
            "",
            "Bearer",
            "usher_abc",
            "Basic ***",
            "Basic aWQ=",
            "Digest x",
            "Token x",
        ] {
            assert_eq!(find(&[nothing]), None, "{nothing}");
        }
        assert_eq!(find(&[]), None);
        assert_eq!(find(&["Bearer a", "Bearer a"]), None);
    }
}
