//! The mailbox of a trial: there for whoever sits at the machine, and nowhere else.

use crate::{
    stage::send_invitation,
    visitor::{TestConsole, Visitor},
};
use axum::{
    body::Body,
    extract::{ConnectInfo, Request},
};
use backend::mail::Transport;
use domain::mail::{MailView, Piece};
use reqwest::Method;
use server::{Console, config::Config};
use sqlx::PgPool;
use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
};
use tower::ServiceExt;

/// A folder for the mails of one test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("usher-trial-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        Self(folder)
    }

    fn url(&self) -> String {
        format!("dir:{}", self.0.display())
    }

    fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

async fn trial(pool: PgPool, folder: &Folder) -> (TestConsole, Transport) {
    let console = TestConsole::start_with(pool, &[("mail_url", &folder.url())]).await;
    (console, Transport::from_url(&folder.url()).unwrap())
}

async fn status(visitor: &Visitor, path: &str) -> u16 {
    visitor.open(path).await.status.as_u16()
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn a_trial_shows_its_mails_with_links_that_work(pool: PgPool) {
    let folder = Folder::new("shows");
    let (console, transport) = trial(pool, &folder).await;
    let stranger = console.stranger();
    let set_up = console.backend.open_set_up().await.unwrap().unwrap();
    let page = stranger.open(&format!("/setup?token={}", set_up.expose())).await;
    assert!(page.body.contains("href=\"/mailbox\""));
    assert!(stranger.open("/mailbox").await.body.contains("No mail yet"));

    let ada = console.ada().await;
    for email in ["ben@example.test", "carla@example.test"] {
        assert_eq!(send_invitation(&console, &ada, email, &[]).await.status, 200);
        console.backend.deliver_due_mails(&transport).await.unwrap();
    }
    fs::write(folder.path().join("not-ours.eml"), "Subject: other\r\n\r\n").unwrap();
    fs::write(
        folder.path().join("20990101T000000.000000Z-1.eml"),
        "Subject: other\r\n\r\n",
    )
    .unwrap();
    let list = stranger.open("/mailbox").await;
    assert_eq!(list.status, 200);
    let at = |text: &str| list.body.find(text).unwrap();
    assert!(
        at("carla@example.test") < at("ben@example.test"),
        "the newest first"
    );
    assert!(list.body.contains("invited you to Analytical Engines") && !list.body.contains(">other<"));

    let address = list.body.split("href=\"/mailbox/").nth(1).unwrap();
    let address = format!("/mailbox/{}", address.split('"').next().unwrap());
    let mail = stranger.open(&address).await;
    assert_eq!(mail.status, 200);
    let link = mail
        .body
        .split(&format!("href=\"{}", console.origin))
        .nth(1)
        .unwrap();
    let link = link.split('"').next().unwrap();
    let page = stranger.open(link).await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("Create account") && page.body.contains("carla@example.test"));
    assert!(
        ada.open("/organization/users")
            .await
            .body
            .contains("href=\"/mailbox\"")
    );
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn a_mail_shows_no_markup_and_no_link_that_it_was_given(pool: PgPool) {
    let folder = Folder::new("markup");
    let (console, _) = trial(pool, &folder).await;
    let id = "0190a6f2-0000-7000-8000-000000000007";
    fs::create_dir_all(folder.path()).unwrap();
    fs::write(
        folder.path().join(format!("20261124T100000.000000Z-{id}.eml")),
        format!(
            "To: <b>@example.test\r\nSubject: <script>alert(1)</script>\r\nDate: Tue, 24 Nov 2026 10:00:00 +0000\r\n\
             Content-Type: text/plain\r\n\r\n<img src=x onerror=alert(1)> https://evil.test/ {}/sign-in\r\n",
            console.origin
        ),
    )
    .unwrap();
    let stranger = console.stranger();
    for page in ["/mailbox".to_owned(), format!("/mailbox/{id}")] {
        let page = stranger.open(&page).await;
        assert_eq!(page.status, 200);
        assert!(
            !page.body.contains("<script>alert") && !page.body.contains("<img"),
            "{}",
            page.body
        );
        assert!(!page.body.contains("href=\"https://evil"));
    }
    let view = stranger.call("/api/mailbox/open", &[("id", id)]).await;
    let view: MailView = serde_json::from_str(&view.body).unwrap();
    assert_eq!(view.text[1], Piece::Link(format!("{}/sign-in", console.origin)));
    assert_eq!(view.summary.sent.rfc3339(), "2026-11-24T10:00:00Z");
    for nothing in [
        "0190a6f2-0000-7000-8000-000000000008",
        "..%2F..%2Fkey",
        "x",
        "%00",
        &"a".repeat(5_000),
    ] {
        assert_eq!(
            status(&stranger, &format!("/mailbox/{nothing}")).await,
            404,
            "{nothing}"
        );
    }
}

/// Whoever it is: the mails hold links that open accounts.
async fn finds_nothing(console: &TestConsole, id: &str) {
    for visitor in [&console.stranger(), &console.ada().await] {
        for page in ["/mailbox", &format!("/mailbox/{id}")] {
            let answer = visitor.open(page).await;
            assert_eq!(answer.status, 404, "{page}");
            assert!(!answer.body.contains("ben@example.test"));
        }
        assert_eq!(visitor.call("/api/mailbox/list", &[]).await.status, 404);
        assert_eq!(visitor.call("/api/mailbox/open", &[("id", id)]).await.status, 404);
        for page in ["/organization/users", "/sign-in"] {
            assert!(!visitor.open(page).await.body.contains("href=\"/mailbox\""));
        }
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn a_console_with_a_mail_server_has_no_mailbox(pool: PgPool) {
    let console = TestConsole::start_with(pool, &[("mail_url", "smtp://localhost")]).await;
    finds_nothing(&console, "0190a6f2-0000-7000-8000-000000000007").await;
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn a_console_for_others_has_no_mailbox(pool: PgPool) {
    let folder = Folder::new("others");
    let keys = [
        ("mail_url", folder.url()),
        ("public_url", "https://console.example.test".to_owned()),
    ];
    let keys: Vec<_> = keys.iter().map(|(key, value)| (*key, value.as_str())).collect();
    let console = TestConsole::start_with(pool, &keys).await;
    let stranger = console.stranger();
    for page in ["/mailbox", "/mailbox/0190a6f2-0000-7000-8000-000000000007"] {
        assert_eq!(status(&stranger, page).await, 404, "{page}");
    }
    assert_eq!(stranger.call("/api/mailbox/list", &[]).await.status, 404);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn a_request_that_came_from_elsewhere_finds_no_mailbox(pool: PgPool) {
    let folder = Folder::new("elsewhere");
    let (console, _) = trial(pool, &folder).await;
    let stranger = console.stranger();
    assert_eq!(status(&stranger, "/mailbox").await, 200);
    for (name, value) in [
        ("x-forwarded-for", "127.0.0.1"),
        ("x-forwarded-for", ""),
        ("x-forwarded-proto", "http"),
        ("forwarded", "for=127.0.0.1"),
        ("via", "1.1 proxy"),
        ("x-real-ip", "127.0.0.1"),
    ] {
        let request = stranger.request(Method::GET, "/mailbox").header(name, value);
        assert_eq!(stranger.send(request).await.status, 404, "{name}: {value}");
    }
    let listen = console.url.strip_prefix("http://").unwrap();
    let config = Config::of(&[
        ("listen", listen),
        ("public_url", &console.url),
        ("mail_url", &folder.url()),
    ]);
    let router = server::router(&Console::new(console.backend.clone(), &config.unwrap()));
    for (peer, expected) in [
        ("127.0.0.1:4000", 200),
        ("[::1]:4000", 200),
        ("[::ffff:127.0.0.1]:4000", 200),
        ("192.0.2.7:4000", 404),
        ("[2001:db8::7]:4000", 404),
    ] {
        let peer: SocketAddr = peer.parse().unwrap();
        let request = Request::builder()
            .uri("/mailbox")
            .header("host", listen)
            .extension(ConnectInfo(peer))
            .body(Body::empty())
            .unwrap();
        let answer = router.clone().oneshot(request).await.unwrap();
        assert_eq!(answer.status(), expected, "{peer}");
    }
}
