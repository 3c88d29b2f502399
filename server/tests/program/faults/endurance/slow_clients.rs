//! Clients that hold what they are given: heads that come byte by byte, bodies that never end, answers that nobody reads.

use crate::console::USERS;
use std::time::Duration;
use tokio::{io::AsyncWriteExt, net::TcpStream, task::JoinSet, time::sleep};

/// So many of each kind at each of these places, until they are dropped.
pub(super) async fn hold(places: &[String], of_each: usize) -> JoinSet<()> {
    let mut clients = JoinSet::new();
    for place in places {
        let connect = async || TcpStream::connect(place).await.unwrap();
        for _ in 0..of_each {
            clients.spawn(trickle(connect().await, place.clone()));
            clients.spawn(never_end(connect().await, place.clone()));
            clients.spawn(never_read(connect().await, place.clone()));
        }
    }
    clients
}

async fn trickle(mut client: TcpStream, place: String) {
    let head = format!("GET {USERS} HTTP/1.1\r\nhost: {place}\r\nx-slow: ");
    for byte in head.bytes().chain(std::iter::repeat(b'y')) {
        if client.write_all(&[byte]).await.is_err() {
            break;
        }
        sleep(Duration::from_millis(100)).await;
    }
}

async fn never_end(mut client: TcpStream, place: String) {
    let head = format!(
        "POST /api/sign_in/password HTTP/1.1\r\nhost: {place}\r\norigin: http://{place}\r\n\
         accept: application/json\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 200\r\n\r\nemail="
    );
    let _ = client.write_all(head.as_bytes()).await;
    std::future::pending::<()>().await;
}

/// Asks for more than fits into the buffers on the way.
async fn never_read(mut client: TcpStream, place: String) {
    let page = format!("GET /sign-in HTTP/1.1\r\nhost: {place}\r\n\r\n");
    for _ in 0..2_000 {
        if client.write_all(page.as_bytes()).await.is_err() {
            break;
        }
    }
    std::future::pending::<()>().await;
}
