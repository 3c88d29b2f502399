//! Layer: answers a request that takes too long. What it began under `/api/` still comes to its end, see `own_task.rs`.

use crate::{
    Console,
    answers::{self, Reader, RequestId},
};
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};

pub(crate) async fn layer(State(console): State<Console>, request: Request, next: Next) -> Response {
    let (id, reader) = (RequestId::of(&request), Reader::of(&request));
    if let Ok(response) = tokio::time::timeout(console.request_timeout, next.run(request)).await {
        return response;
    }
    tracing::warn!("a request took too long");
    answers::unavailable(reader, &id)
}
