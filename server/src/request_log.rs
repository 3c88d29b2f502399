//! Layer: gives every request an id, one line in the log and, where traces are sent, a span there, and counts it. The path is logged as its pattern and never
//! as it came, since links hold tokens.

use crate::{Console, answers::RequestId, request_spans::RequestSpans};
use axum::{
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderName, HeaderValue};
use std::time::Instant;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

pub(crate) async fn layer(State(console): State<Console>, mut request: Request, next: Next) -> Response {
    // Our own: one that the client chose could be another's.
    let id = console.chance.id(console.backend.now()).to_string();
    request.extensions_mut().insert(RequestId(id.clone()));
    let pattern = request
        .extensions()
        .get::<MatchedPath>()
        .map(|path| path.as_str().to_owned());
    let spans = RequestSpans::new(&request, &console, &id, pattern.as_deref());
    request.extensions_mut().insert(spans.clone());
    let pattern = pattern.unwrap_or_else(|| "elsewhere".into());
    let method = request.method().clone();
    let changes_something = !method.is_safe();
    let began = Instant::now();

    let mut response = spans.around(next.run(request)).await;

    let took = began.elapsed();
    console
        .metrics
        .request(&method, &pattern, response.status(), took);
    spans.answered(response.status());
    let status = response.status().as_u16();
    let milliseconds = took.as_millis();
    spans.log.in_scope(|| {
        if status >= 500 {
            tracing::warn!(%method, pattern, status, milliseconds, "request failed");
        } else if changes_something {
            tracing::info!(%method, pattern, status, milliseconds, "request answered");
        } else {
            tracing::debug!(%method, pattern, status, milliseconds, "request answered");
        }
    });
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}
