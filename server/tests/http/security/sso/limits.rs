//! How much the consumer takes in.

use super::scene;
use crate::{
    identity_provider::{AWAY, FORM, post_body, problem},
    visitor::TestConsole,
};
use sqlx::PgPool;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_14_a_body_beyond_the_limit_is_not_taken_in(pool: PgPool) {
    let (console, _, org_id) = scene(pool).await;
    let path = format!("/accounts/saml/{org_id}/acs");
    let browser = console.stranger();
    let start = "RelayState=x&SAMLResponse=";
    // What is judged is said to be too large from 256 KiB of XML on; beyond 512 KiB nothing is read, and said the same.
    for (length, why) in [
        (200 * 1024, "over"),
        (512 * 1024, "over"),
        (512 * 1024 + 1, "too-large"),
        (20 << 20, "too-large"),
    ] {
        let body = format!("{start}{}", "A".repeat(length - start.len()));
        browser.set_cookie(AWAY, console.backend.new_browser().expose());
        let answer = post_body(&browser, &path, FORM, body).await;
        assert_eq!(problem(&answer), why, "{length}");
    }
    let in_pieces = in_chunks(&console, &path, 160).await;
    assert!(in_pieces.starts_with("HTTP/1.1 303 "), "{in_pieces}");
    // Elsewhere forms stay small.
    let large = format!("email={}", "a".repeat(200 * 1024));
    assert_eq!(
        browser
            .call("/api/sign_in/password", &[("email", &large)])
            .await
            .status,
        413
    );
}

/// Sends so many times 4 KiB without saying how many; the beginning of the answer.
async fn in_chunks(console: &TestConsole, path: &str, count: usize) -> String {
    let host = console.url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(host).await.unwrap();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: {FORM}\r\nTransfer-Encoding: chunked\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let chunk = format!("1000\r\n{}\r\n", "A".repeat(4096));
    for _ in 0..count {
        // It may be answered before all is sent.
        let _ = stream.write_all(chunk.as_bytes()).await;
    }
    let mut answer = vec![0; 64];
    let length = stream.read(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer[..length]).into_owned()
}
