//! Kinds of mail servers: with sign-in, without TLS, for ASCII only; and a folder.

use super::{Post, row, transport};
use crate::mail::Transport;
use sqlx::PgPool;
use std::{os::unix::fs::PermissionsExt, time::Duration as Wait};
use time::Duration;

#[sqlx::test]
async fn mail_08_nothing_is_said_to_a_server_without_tls_where_tls_is_required(pool: PgPool) {
    let mut post = Post::new(pool).await;
    let url = format!("smtp://ada:hunter2@{}?tls=required", post.server.address());
    post.transport = transport(&url, Wait::from_secs(10));
    let (_, mail) = post.invite("ben@example.com").await;
    assert_eq!(post.deliver().await, 0);
    assert_eq!(
        post.row(mail).await,
        Some(row("queued", 1, Some("STARTTLS is not supported on this server")))
    );
    let verbs: Vec<_> = post
        .server
        .commands()
        .iter()
        .map(|c| c.split(' ').next().unwrap().to_owned())
        .collect();
    assert!(
        verbs.iter().all(|verb| verb == "EHLO" || verb == "QUIT"),
        "{verbs:?}"
    );
}

#[sqlx::test]
async fn tls_from_the_first_byte_does_not_fall_back(pool: PgPool) {
    let mut post = Post::new(pool).await;
    post.transport = transport(
        &format!("smtps://ada:hunter2@{}", post.server.address()),
        Wait::from_secs(1),
    );
    let (_, mail) = post.invite("ben@example.com").await;
    assert_eq!(post.deliver().await, 0);
    assert_eq!(post.row(mail).await.unwrap().state, "queued");
    assert!(post.server.received().is_empty());
    assert!(
        !post
            .server
            .commands()
            .iter()
            .any(|command| command.starts_with("AUTH"))
    );
}

#[sqlx::test]
async fn the_decoded_credentials_sign_in(pool: PgPool) {
    let mut post = Post::new(pool).await;
    post.transport = transport(
        &format!("smtp://ada:p%40ss@{}", post.server.address()),
        Wait::from_secs(10),
    );
    post.notice("ben@example.com").await;
    assert_eq!(post.deliver().await, 1);
    // base64 of NUL ada NUL p@ss (RFC 4616)
    assert!(
        post.server
            .commands()
            .contains(&"AUTH PLAIN AGFkYQBwQHNz".to_owned()),
        "{:?}",
        post.server.commands()
    );
    assert!(!format!("{:?}", post.transport).contains("p@ss"));
}

#[sqlx::test]
async fn a_wrong_password_fails_no_mail(pool: PgPool) {
    let mut post = Post::new(pool).await;
    post.server.answer_sign_in("535 5.7.8 Authentication failed");
    post.transport = transport(
        &format!("smtp://ada:wrong@{}", post.server.address()),
        Wait::from_secs(10),
    );
    let mail = post.notice("ben@example.com").await;
    assert_eq!(post.deliver().await, 0);
    assert_eq!(
        post.row(mail).await,
        Some(row("queued", 1, Some("535 5.7.8 Authentication failed")))
    );
    post.server.answer_sign_in("235 ok");
    post.move_clock(Duration::minutes(1));
    assert_eq!(post.deliver().await, 1);
}

#[sqlx::test]
async fn an_international_address_needs_a_server_that_knows_them(pool: PgPool) {
    let post = Post::new(pool).await;
    post.server.know_ascii_only();
    let refused = post.notice("jürgen@example.com").await;
    post.notice("ben@bücher.example").await;
    assert_eq!(post.deliver().await, 1);
    let reason = "The mail server takes no address like this one (no SMTPUTF8)";
    assert_eq!(post.row(refused).await, Some(row("failed", 1, Some(reason))));
    assert_eq!(post.server.received_by("ben@xn--bcher-kva.example").len(), 1);
}

#[sqlx::test]
async fn an_international_address_is_sent_to_where_it_is_known(pool: PgPool) {
    let post = Post::new(pool).await;
    post.notice("jürgen@example.com").await;
    assert_eq!(post.deliver().await, 1);
    assert_eq!(post.server.received_by("jürgen@example.com").len(), 1);
}

#[sqlx::test]
async fn a_connection_is_used_for_several_mails_and_then_closed(pool: PgPool) {
    let post = Post::new(pool).await;
    for n in 0..20 {
        post.notice(&format!("ben{n}@example.com")).await;
    }
    assert_eq!(post.deliver().await, 20);
    let said = |verb: &str| {
        post.server
            .commands()
            .iter()
            .filter(|command| command.starts_with(verb))
            .count()
    };
    assert!(said("EHLO") <= 4, "{}", said("EHLO"));
    assert_eq!(said("EHLO"), said("QUIT"));
}

#[sqlx::test]
async fn a_folder_gets_a_file_for_each_mail(pool: PgPool) {
    let mut post = Post::new(pool).await;
    let folder = std::env::temp_dir().join(format!("usher-mails-{}", post.organization));
    post.transport = Transport::from_url(&format!("dir:{}", folder.display())).unwrap();
    post.invite("ben@example.com").await;
    post.deliver().await;
    post.move_clock(Duration::milliseconds(1));
    post.invite("carla@example.com").await;
    assert_eq!(post.deliver().await, 1);
    let mut names: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    names.sort();
    assert_eq!(names.len(), 2, "{names:?}");
    let read: Vec<_> = names
        .iter()
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect();
    assert!(read[0].contains("To: ben@example.com") && read[1].contains("To: carla@example.com"));
    assert!(
        names[0]
            .file_name()
            .unwrap()
            .to_str()
            .unwrap()
            .starts_with("20261124T100000.000000Z-")
    );
    assert_eq!(names[0].extension().unwrap(), "eml");
    assert_eq!(
        std::fs::metadata(&names[0]).unwrap().permissions().mode() & 0o777,
        0o600
    );
    assert_eq!(
        std::fs::metadata(&folder).unwrap().permissions().mode() & 0o777,
        0o700
    );
    std::fs::remove_dir_all(folder).unwrap();
}
