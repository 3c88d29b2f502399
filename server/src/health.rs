//! For machines that watch this one: `/livez` (the process answers) and `/readyz` (it can do its work).

use crate::{Console, telemetry::causes};
use axum::{extract::State, response::IntoResponse};
use http::StatusCode;
use std::time::Duration;

/// Those who ask give up soon after.
const PATIENCE: Duration = Duration::from_secs(2);

pub(crate) async fn is_alive() -> impl IntoResponse {
    "ok\n"
}

/// Whether the database answers and has the schema of this program.
pub(crate) async fn is_ready(State(console): State<Console>) -> impl IntoResponse {
    match tokio::time::timeout(PATIENCE, console.backend.check()).await {
        Ok(Ok(())) => (StatusCode::OK, "ready\n"),
        Ok(Err(error)) => {
            tracing::warn!(cause = causes(&error), "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "not ready\n")
        }
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "not ready\n"),
    }
}
