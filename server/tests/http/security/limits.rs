//! What a client may hold: no place of anybody else, and no connection for long.

use crate::visitor::TestConsole;
use sqlx::PgPool;
use std::time::{Duration, Instant};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// A client that has sent half of the body it announced.
async fn half_a_request(console: &TestConsole) -> TcpStream {
    let address = console.url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST /api/sign_in/password HTTP/1.1\r\nhost: {address}\r\norigin: http://{address}\r\n\
         connection: close\r\ncontent-length: 100\r\n\r\nemail="
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn web_12_requests_that_do_not_end_take_nobodys_place(pool: PgPool) {
    let console = TestConsole::start_with(pool, &[("requests_at_once", "1")]).await;
    console.ada().await;
    let mut held = Vec::new();
    for _ in 0..20 {
        held.push(half_a_request(&console).await);
    }
    for _ in 0..20 {
        assert_eq!(console.stranger().open("/sign-in").await.status, 200);
    }
    assert_eq!(console.stranger().open("/livez").await.status, 200);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn web_12_a_request_whose_body_does_not_end_is_ended(pool: PgPool) {
    let console = TestConsole::start_with(pool, &[("request_timeout", "1s")]).await;
    console.ada().await;
    let mut stream = half_a_request(&console).await;
    let (began, mut answer) = (Instant::now(), String::new());
    let closed = timeout(Duration::from_secs(10), stream.read_to_string(&mut answer)).await;
    assert!(closed.is_ok(), "it is waited for");
    assert!(began.elapsed() >= Duration::from_millis(900));
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
    assert!(answer.contains("x-content-type-options: nosniff"), "{answer}");
}
