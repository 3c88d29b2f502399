//! Layer: answers a request that takes too long. What it began under `/api/` still comes to its end, see `own_task.rs`.

use crate::{
    Console,
    answers::{self, RequestId},
};
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};

pub(crate) async fn layer(State(console): State<Console>, request: Request, next: Next) -> Response {
    let (id, action) = (RequestId::of(&request), answers::is_action(&request));
    if let Ok(response) = tokio::time::timeout(console.request_timeout, next.run(request)).await {
        return response;
    }
    tracing::warn!("a request took too long");
    answers::unavailable(action, &id)
}
