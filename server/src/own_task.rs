//! Layer: runs a request in a task of its own. An action that was begun comes to its end though its client hangs up, and
//! a panic costs one answer and no more. Only a database that has moved to another host leaves it behind.

use crate::{
    answers::{self, Reader, RequestId},
    database::moves::Moves,
    request_spans::RequestSpans,
};
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::StatusCode;
use tokio::task::JoinHandle;

pub(crate) async fn layer(State(moves): State<Moves>, request: Request, next: Next) -> Response {
    let (id, reader) = (RequestId::of(&request), Reader::of(&request));
    let changes_something = !request.method().is_safe();
    let spans = RequestSpans::of(&request);
    let (left_behind, its_id) = (moves.left_behind(), id.clone());
    let task = tokio::spawn(spans.around(async move {
        tokio::select! {
            response = next.run(request) => response,
            () = left_behind => {
                tracing::warn!("a request was left behind by the database");
                answers::unavailable(reader, &its_id)
            }
        }
    }));
    let mut task = Abandoned {
        task,
        goes_on: changes_something,
    };
    match (&mut task.task).await {
        Ok(response) => response,
        // The panic itself was logged where it happened, see `telemetry.rs`.
        Err(_) => answers::refusal(
            reader,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::moves::Mover;
    use axum::{
        Router,
        body::Body,
        middleware::from_fn_with_state,
        routing::{get, post},
    };
    use std::{
        future::pending,
        sync::{
            Arc,
            atomic::{AtomicBool, Ordering},
        },
        time::Duration,
    };
    use tokio::time::{sleep, timeout};
    use tower::ServiceExt;

    fn request(method: &str) -> Request {
        Request::builder()
            .method(method)
            .uri("/")
            .body(Body::empty())
            .unwrap()
    }

    /// Whether the work behind a request is done though its client hung up after a tenth of the time.
    async fn is_done_without_client(method: &str) -> bool {
        let done = Arc::new(AtomicBool::new(false));
        let sets = done.clone();
        let work = move || async move {
            sleep(Duration::from_millis(100)).await;
            sets.store(true, Ordering::SeqCst);
        };
        let router = Router::new()
            .route("/", get(work.clone()).merge(post(work)))
            .layer(from_fn_with_state(Moves::none(), layer));
        assert!(
            timeout(Duration::from_millis(10), router.oneshot(request(method)))
                .await
                .is_err()
        );
        sleep(Duration::from_millis(200)).await;
        done.load(Ordering::SeqCst)
    }

    #[tokio::test]
    async fn an_action_comes_to_its_end_though_its_client_hangs_up() {
        assert!(is_done_without_client("POST").await);
        assert!(!is_done_without_client("GET").await, "nobody waits for this page");
    }

    #[tokio::test]
    async fn rel_01_what_waits_for_a_host_that_is_gone_is_answered_when_the_database_has_moved() {
        let mover = Mover::default();
        let router = Router::new()
            .route("/", get(pending::<()>))
            .layer(from_fn_with_state(mover.moves(), layer));
        let moving = async {
            sleep(Duration::from_millis(50)).await;
            mover.has_moved();
        };
        let (answer, ()) = tokio::join!(router.oneshot(request("GET")), moving);
        assert_eq!(answer.unwrap().status(), StatusCode::SERVICE_UNAVAILABLE);
    }

    #[tokio::test]
    async fn rel_09_a_panic_costs_one_answer() {
        async fn work() {
            panic!("on purpose");
        }
        let router = Router::new()
            .route("/", get(work))
            .layer(from_fn_with_state(Moves::none(), layer));
        for _ in 0..2 {
            let answer = router.clone().oneshot(request("GET")).await.unwrap();
            assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
        }
    }
}
