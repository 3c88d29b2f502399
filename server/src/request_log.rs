//! Layer: gives every request an id and one line in the log, and counts it. The path is logged as its pattern and never
//! as it came, since links hold tokens.

use crate::{Console, answers::RequestId};
use axum::{
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderName, HeaderValue};
use std::time::Instant;
use tracing::Instrument;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

pub(crate) async fn layer(State(console): State<Console>, mut request: Request, next: Next) -> Response {
    // Our own: one that the client chose could be another's.
    let id = console.chance.id(console.backend.now()).to_string();
    request.extensions_mut().insert(RequestId(id.clone()));
    let pattern = request
        .extensions()
        .get::<MatchedPath>()
        .map(|path| path.as_str().to_owned());
    let pattern = pattern.unwrap_or_else(|| "elsewhere".into());
    let method = request.method().clone();
    let changes_something = !method.is_safe();
    let began = Instant::now();

    let span = tracing::info_span!("request", request_id = id);
    let mut response = next.run(request).instrument(span.clone()).await;

    let took = began.elapsed();
    console
        .metrics
        .request(&method, &pattern, response.status(), took);
    let status = response.status().as_u16();
    let milliseconds = took.as_millis();
    span.in_scope(|| {
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
