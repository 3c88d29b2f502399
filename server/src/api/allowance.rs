//! How much a credential may ask, said with every answer to it (draft-ietf-httpapi-ratelimit-headers-10).

use super::ApiError;
use axum::{extract::Request, middleware::Next, response::Response};
use backend::Allowance;
use http::{Extensions, HeaderName, HeaderValue};
use std::sync::{Arc, OnceLock};

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const LEFT: HeaderName = HeaderName::from_static("ratelimit");

/// What the question turned out to have left, once it is known who asks.
#[derive(Clone, Default)]
struct Told(Arc<OnceLock<Allowance>>);

/// Takes a question from what its credential may ask.
///
/// # Errors
/// 429 where nothing is left.
pub(super) fn take(extensions: &Extensions, allowance: Allowance) -> Result<(), ApiError> {
    tell(extensions, allowance);
    Ok(allowance.or_wait()?)
}

/// Has the answer say what is left.
pub(crate) fn tell(extensions: &Extensions, allowance: Allowance) {
    if let Some(Told(told)) = extensions.get::<Told>() {
        // Whoever was asked first counted.
        let _ = told.set(allowance);
    }
}

/// Layer: tells it.
pub(crate) async fn layer(mut request: Request, next: Next) -> Response {
    let told = Told::default();
    request.extensions_mut().insert(told.clone());
    let mut response = next.run(request).await;
    if let Some(allowance) = told.0.get() {
        let (quota, window) = (allowance.quota(), allowance.window());
        let (left, whole_in) = (allowance.left(), allowance.whole_in());
        let lines = [
            (POLICY, format!("\"credential\";q={quota};w={window}")),
            (LEFT, format!("\"credential\";r={left};t={whole_in}")),
        ];
        for (name, line) in lines {
            if let Ok(line) = HeaderValue::from_str(&line) {
                response.headers_mut().insert(name, line);
            }
        }
    }
    response
}
