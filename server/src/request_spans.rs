//! The two spans of a request. One gives the lines of the log their `request_id`; the other goes to the collector of
//! traces, where there is one, and carries what OpenTelemetry's semantic conventions for HTTP servers ask for. They are
//! apart so that neither shows the other's fields.

use crate::{Console, client};
use axum::extract::Request;
use backend::trace::TRACE;
use http::{Method, StatusCode};
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry_http::HeaderExtractor;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::{Instrument, Span, field};
use tracing_opentelemetry::OpenTelemetrySpanExt;

#[derive(Clone)]
pub(crate) struct RequestSpans {
    pub(crate) log: Span,
    /// Disabled where no traces are sent.
    trace: Span,
}

impl RequestSpans {
    /// `pattern` is that of the route; `None` for an address that is none of ours.
    pub(crate) fn new(request: &Request, console: &Console, id: &str, pattern: Option<&str>) -> Self {
        let method = method_of(request.method());
        let trace = tracing::info_span!(
            target: TRACE,
            "request",
            otel.name = name(method, pattern),
            otel.kind = "server",
            otel.status_code = field::Empty,
            http.request.method = method,
            http.route = pattern,
            http.response.status_code = field::Empty,
            url.scheme = if console.address.is_https() { "https" } else { "http" },
            "error.type" = field::Empty,
            request_id = id,
        );
        // Whoever else named the trace that a request belongs to would decide whether we keep it.
        if !trace.is_disabled() && client::is_sent_on(request, console) {
            let theirs = TraceContextPropagator::new().extract(&HeaderExtractor(request.headers()));
            let _ = trace.set_parent(theirs);
        }
        Self {
            log: tracing::info_span!("request", request_id = id),
            trace,
        }
    }

    pub(crate) fn of(request: &Request) -> Self {
        let none = || Self {
            log: Span::none(),
            trace: Span::none(),
        };
        request.extensions().get::<Self>().cloned().unwrap_or_else(none)
    }

    /// The current span is only the innermost: a task of its own needs both again.
    pub(crate) fn around<F: Future>(
        self: &RequestSpans,
        work: F,
    ) -> impl Future<Output = F::Output> + use<F> {
        work.instrument(self.log.clone()).instrument(self.trace.clone())
    }

    pub(crate) fn answered(&self, status: StatusCode) {
        self.trace.record("http.response.status_code", status.as_u16());
        if status.is_server_error() {
            self.trace.record("otel.status_code", "ERROR");
            self.trace.record("error.type", status.as_str());
        }
    }
}

fn name(method: &str, pattern: Option<&str>) -> String {
    let method = if method == OTHER { "HTTP" } else { method };
    pattern.map_or_else(|| method.to_owned(), |pattern| format!("{method} {pattern}"))
}

const OTHER: &str = "_OTHER";

/// A client may invent methods, and put into them what it likes.
fn method_of(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::PATCH => "PATCH",
        Method::OPTIONS => "OPTIONS",
        Method::CONNECT => "CONNECT",
        Method::TRACE => "TRACE",
        _ => OTHER,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_named_after_the_route_and_never_after_the_address() {
        let own = Method::from_bytes(b"ADA.LOVELACE").unwrap();
        assert_eq!(
            name(method_of(&Method::POST), Some("/api/setup")),
            "POST /api/setup"
        );
        assert_eq!(name(method_of(&Method::GET), None), "GET");
        assert_eq!(name(method_of(&own), None), "HTTP");
        assert_eq!(method_of(&own), "_OTHER");
    }
}
