//! What Prometheus is told, and that it is told nothing at the public address.

use crate::{
    stage::{send_invitation, sign_in, token},
    visitor::{PASSWORD, TestConsole},
};
use axum::body::{Body, to_bytes};
use http::{Request, StatusCode};
use reqwest::Method;
use sqlx::PgPool;
use tower::ServiceExt;

async fn told(console: &TestConsole) -> String {
    let router = server::metrics::router(&console.console);
    let request = Request::get("/metrics").body(Body::empty()).unwrap();
    let response = router.oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(
        response.headers()["content-type"],
        "application/openmetrics-text; version=1.0.0; charset=utf-8"
    );
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    String::from_utf8(body.to_vec()).unwrap()
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn requests_are_counted_by_route_and_nothing_of_a_person_is_told(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    assert_eq!(
        send_invitation(&console, &ada, "ben@example.test", &[])
            .await
            .status,
        200
    );
    let link = crate::stage::copy_link(&console, &ada, "ben@example.test").await;
    let stranger = console.stranger();
    assert_eq!(stranger.open(&link).await.status, 200);
    stranger.open("/invitations/hunter2").await;
    stranger.open("/hunter2?hunter2").await;
    let odd = Method::from_bytes(b"HUNTER2").unwrap();
    stranger.send(stranger.request(odd, "/sign-in")).await;
    sign_in(&stranger, "ada@example.test", PASSWORD).await;
    sign_in(&stranger, "ada@example.test", "hunter2 hunter2 hunter2").await;

    let told = told(&console).await;
    for line in [
        concat!("usher_build_info{version=\"", env!("CARGO_PKG_VERSION"), "\"} 1"),
        "usher_http_requests_total{method=\"POST\",route=\"/api/invitations/invite\",status=\"2xx\"} 1",
        "usher_http_requests_total{method=\"POST\",route=\"/api/sign_in/password\",status=\"3xx\"} 2",
        "usher_http_requests_total{method=\"GET\",route=\"elsewhere\",status=\"3xx\"} 1",
        "usher_sign_ins_total{outcome=\"accepted\"} 1",
        "usher_sign_ins_total{outcome=\"refused\"} 1",
        "usher_database_up 1",
        "usher_database_connections_allowed 20",
        "usher_sessions 2",
        "usher_outbox_queued 2",
        "usher_outbox_failed 0",
        "# EOF",
    ] {
        assert!(told.lines().any(|told| told == line), "no line {line} in\n{told}");
    }
    for start in [
        "usher_http_requests_total{method=\"other\",",
        "usher_http_request_duration_seconds_bucket{le=\"0.1\",method=\"POST\",",
        "usher_password_wait_seconds_count ",
        "usher_database_connections_idle ",
        "usher_outbox_oldest_seconds ",
    ] {
        assert!(
            told.lines().any(|told| told.starts_with(start)),
            "no line begins with {start} in\n{told}"
        );
    }
    for secret in ["hunter2", "HUNTER2", "example.test", "Engines", token(&link)] {
        assert!(!told.contains(secret), "{secret} in\n{told}");
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn what_the_database_does_not_say_is_left_out(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    console.pool.close().await;
    let told = told(&console).await;
    assert!(told.contains("usher_database_up 0\n"), "{told}");
    assert!(told.contains("usher_database_connections 0\n"), "{told}");
    assert!(!told.contains("usher_sessions"), "{told}");
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn the_public_address_tells_no_metrics(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    assert_eq!(console.stranger().open("/metrics").await.redirect().0, 303);
    let answer = ada.open("/metrics").await;
    assert_eq!(answer.status, 404);
    assert!(!answer.body.contains("usher_database"), "{}", answer.body);
}
