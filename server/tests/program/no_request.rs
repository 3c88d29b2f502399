//! What the parser of HTTP refuses by itself, before any layer: the only answers without the headers of
//! `server/src/security_headers.rs`.

use crate::{
    console::{address, is_ready},
    usher::Usher,
};
use sqlx::PgPool;
use std::{collections::BTreeSet, fmt::Write};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// All that comes back until the connection is closed.
async fn answer(place: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(place).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

/// The status, the names of the headers, and the body.
fn parts(answer: &str) -> (&str, BTreeSet<&str>, &str) {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let mut lines = head.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap();
    let names = lines.map(|line| line.split(':').next().unwrap());
    (status, names.collect(), body)
}

#[sqlx::test(migrations = false)]
async fn web_08_what_is_no_request_gets_an_empty_answer_and_every_request_the_security_headers(pool: PgPool) {
    let usher = Usher::new("no-request").with("DATABASE_URL", address(&pool));
    let mut server = usher.start(&[]);
    let url = usher.urls()[0].clone();
    is_ready(&url).await;
    let place = url.strip_prefix("http://").unwrap();

    let many = (0..150).fold(String::new(), |mut many, n| {
        let _ = write!(many, "x{n}: y\r\n");
        many
    });
    for (refused, status) in [
        ("nonsense\r\n\r\n", "400"),
        ("\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\u{1}\r\n\r\n", "400"),
        ("GET / HTTP/9.9\r\nhost: PLACE\r\n\r\n", "400"),
        ("G(T / HTTP/1.1\r\nhost: PLACE\r\n\r\n", "400"),
        ("GET  HTTP/1.1\r\nhost: PLACE\r\n\r\n", "400"),
        ("GET / HTTP/1.1\r\nno header\r\n\r\n", "400"),
        ("GET / HTTP/1.1\r\nhost : PLACE\r\n\r\n", "400"),
        (
            "POST / HTTP/1.1\r\nhost: PLACE\r\ncontent-length: x\r\n\r\n",
            "400",
        ),
        (
            "POST / HTTP/1.1\r\nhost: PLACE\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
            "400",
        ),
        (
            "POST / HTTP/1.1\r\nhost: PLACE\r\ntransfer-encoding: gzip\r\n\r\n",
            "400",
        ),
        ("GET / HTTP/1.1\r\nhost: PLACE\r\nMANY\r\n", "431"),
    ] {
        let request = refused.replace("PLACE", place).replace("MANY\r\n", &many);
        let answer = answer(place, &request).await;
        let (is, headers, body) = parts(&answer);
        assert_eq!((is, body), (status, ""), "{refused:?}: {answer}");
        let known = BTreeSet::from(["connection", "content-length", "date"]);
        assert!(headers.is_subset(&known), "{refused:?}: {answer}");
        assert!(
            answer.contains("\r\ncontent-length: 0\r\n"),
            "{refused:?}: {answer}"
        );
    }
    // HTTP/2 without TLS: it would not understand an answer.
    assert_eq!(answer(place, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await, "");

    for (odd, status) in [
        ("GET / HTTP/1.0\r\n\r\n", "421"),
        ("GET / HTTP/1.1\r\nconnection: close\r\n\r\n", "421"),
        (
            "GET http://evil.test/ HTTP/1.1\r\nhost: evil.test\r\nconnection: close\r\n\r\n",
            "421",
        ),
        (
            "CONNECT evil.test:443 HTTP/1.1\r\nhost: evil.test\r\nconnection: close\r\n\r\n",
            "421",
        ),
        (
            "NO-METHOD / HTTP/1.1\r\nhost: PLACE\r\nconnection: close\r\n\r\n",
            "403",
        ),
        (
            "GET /livez HTTP/1.1\r\nhost: PLACE\r\nconnection: close\r\n\r\n",
            "200",
        ),
    ] {
        let answer = answer(place, &odd.replace("PLACE", place)).await;
        let (is, headers, _) = parts(&answer);
        assert_eq!(is, status, "{odd:?}: {answer}");
        for name in [
            "content-security-policy",
            "x-content-type-options",
            "x-frame-options",
            "referrer-policy",
            "cache-control",
        ] {
            assert!(headers.contains(name), "{odd:?}: {answer}");
        }
    }
    server.ask_to_end();
    assert_eq!(server.ended().await, Some(0));
}
