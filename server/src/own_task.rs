//! Layer: runs a request in a task of its own. An action that was begun comes to its end though its client hangs up, and
//! a panic costs one answer and no more.

use crate::answers::{self, RequestId};
use axum::{extract::Request, middleware::Next, response::Response};
use http::StatusCode;
use tokio::task::JoinHandle;
use tracing::Instrument;

pub(crate) async fn layer(request: Request, next: Next) -> Response {
    let (id, changes_something) = (RequestId::of(&request), !request.method().is_safe());
    let task = tokio::spawn(next.run(request).instrument(tracing::Span::current()));
    let mut task = Abandoned {
        task,
        goes_on: changes_something,
    };
    match (&mut task.task).await {
        Ok(response) => response,
        // The panic itself was logged where it happened, see `telemetry.rs`.
        Err(_) => answers::page(
            StatusCode::INTERNAL_SERVER_ERROR,
            "Something failed in Usher that should not. Its operator finds it in the log under this number:",
            &id,
        ),
    }
}

/// A task whose client may be gone before its end.
struct Abandoned {
    task: JoinHandle<Response>,
    goes_on: bool,
}

impl Drop for Abandoned {
    fn drop(&mut self) {
        if !self.goes_on {
            self.task.abort();
        }
    }
}
