//! Signing in, passwords and sessions.

use crate::{
    stage::{Post, USERS, acceptance, colleague, copy_link, deactivate, invite, send_invitation, sign_in},
    visitor::{PASSWORD, TestConsole, encoded},
};
use reqwest::{Method, header};
use sqlx::PgPool;
use std::{
    collections::HashSet,
    time::{Duration, Instant},
};
use tokio::task::JoinSet;

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn auth_01_every_failure_to_sign_in_is_one_answer(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    colleague(&console, &ada, "gone@example.test", &[]).await;
    deactivate(&console, &ada, "gone@example.test").await;
    invite(&console, &ada, "soon@example.test", &[]).await;
    let mut answers = HashSet::new();
    for (email, password) in [
        ("ada@example.test", "not the right one"),
        ("nobody@example.test", PASSWORD),
        ("gone@example.test", PASSWORD),
        ("soon@example.test", PASSWORD),
        ("no address", PASSWORD),
    ] {
        let fields = [("email", email), ("password", password)];
        let answer = console.stranger().call("/api/sign_in/password", &fields).await;
        let headers = answer.lasting_headers();
        assert!(!headers.iter().any(|header| header.starts_with("set-cookie")));
        answers.insert((answer.status, headers, answer.body));
    }
    assert_eq!(answers.len(), 1, "{answers:?}");
}

/// Hashing is made to cost much, so that an answer without it would stand out.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn auth_02_an_unknown_address_takes_as_long_as_a_wrong_password(pool: PgPool) {
    let console = TestConsole::start_with(pool, &[("argon2_memory", "65536"), ("argon2_passes", "3")]).await;
    console.ada().await;
    sign_in(&console.stranger(), "warm@example.test", "x").await;
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for _ in 0..9 {
        for (email, times) in [
            ("ada@example.test", &mut known),
            ("nobody@example.test", &mut unknown),
        ] {
            let browser = console.stranger();
            let began = Instant::now();
            sign_in(&browser, email, "a wrong password").await;
            times.push(began.elapsed());
        }
    }
    known.sort();
    unknown.sort();
    let (known, unknown) = (known[4], unknown[4]);
    assert!(known > Duration::from_millis(20), "the cost is felt: {known:?}");
    let allowed = (known / 4).max(Duration::from_millis(20));
    assert!(known.abs_diff(unknown) < allowed, "{known:?} {unknown:?}");
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn auth_07_a_client_address_comes_from_trusted_proxies_only(pool: PgPool) {
    for (trusted, expected) in [("", "127.0.0.1"), ("127.0.0.1", "198.51.100.7")] {
        let console = TestConsole::start_with(pool.clone(), &[("trusted_proxies", trusted)]).await;
        if trusted.is_empty() {
            console.ada().await;
        }
        for (name, value) in [
            ("x-forwarded-for", "198.51.100.7".to_owned()),
            ("x-forwarded-for", "a".to_owned()),
            ("x-forwarded-for", "fe80::1%eth0".to_owned()),
            ("x-forwarded-for", "10.0.0.1, ".repeat(100)),
            ("x-real-ip", "203.0.113.1".to_owned()),
            ("forwarded", "for=203.0.113.1".to_owned()),
        ] {
            let stranger = console.stranger();
            let body = crate::visitor::encoded(&[("email", "ada@example.test"), ("password", PASSWORD)]);
            let request = stranger
                .request(Method::POST, "/api/sign_in/password")
                .header(name, &value);
            let request = request
                .header(header::ORIGIN, &console.url)
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
            assert!(
                stranger.send(request.body(body)).await.status.as_u16() < 400,
                "{name}: {value}"
            );
            let address: String =
                sqlx::query_scalar("select address from sessions order by created_at desc limit 1")
                    .fetch_one(&pool)
                    .await
                    .unwrap();
            let believed = name == "x-forwarded-for" && value == "198.51.100.7";
            assert_eq!(
                address,
                if believed { expected } else { "127.0.0.1" },
                "{name}: {value}"
            );
        }
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn auth_08_passwords_are_long_enough_and_kept_as_they_are(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let text = "Sieben Eulen é reparieren mein Klavier, während 9 Wale im Garten Schach spielen und 4 Zebras leise dazu singen; niemand lacht darüber!";
    let cut = |n: usize| text.chars().take(n).collect::<String>();
    for (n, status) in [(7, 422), (14, 422), (15, 200), (64, 200), (128, 200), (129, 422)] {
        let link = invite(&console, &ada, &format!("p{n}@example.test"), &[]).await;
        let password = cut(n);
        assert_eq!(password.chars().count(), n);
        let mut fields = acceptance(&link);
        fields[3] = ("password", &password);
        let answer = console.stranger().call("/api/invitations/accept", &fields).await;
        assert_eq!(answer.status, status, "{n}: {}", answer.body);
    }
    let of = |password: &str, ok: bool| (password.to_owned(), ok);
    let long = cut(128);
    for (password, right) in [
        of(&long, true),
        of(&long.replace('é', "e\u{301}"), true),
        of(&format!("{}x", cut(127)), false),
        of(&cut(127), false),
        of(&format!(" {}", cut(127)), false),
    ] {
        let browser = console.stranger();
        sign_in(&browser, "p128@example.test", &password).await;
        assert_eq!(browser.cookie("usher").is_some(), right, "{password}");
    }
    assert!(server::config::Config::of(&[("password_min_length", "7")]).is_err());
}

/// One hash takes long here and one is made at a time: fifty would take far longer than allowed.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn auth_09_too_long_a_password_is_answered_without_hashing(pool: PgPool) {
    let keys = [
        ("argon2_memory", "262144"),
        ("argon2_passes", "4"),
        ("argon2_at_once", "1"),
    ];
    let console = TestConsole::start_with(pool, &keys).await;
    for (length, status) in [(1 << 20, 413), (50_000, 409)] {
        let began = Instant::now();
        let mut all = JoinSet::new();
        for _ in 0..50 {
            let request = console
                .stranger()
                .request(Method::POST, "/api/sign_in/password")
                .header(header::ORIGIN, &console.url)
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(format!("email=a%40b.test&password={}", "x".repeat(length)));
            all.spawn(async move { request.send().await.unwrap().status().as_u16() });
        }
        assert_eq!(all.join_all().await, [status; 50]);
        assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn auth_12_password_managers_know_what_each_field_is(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let link = invite(&console, &ada, "ben@example.test", &[]).await;
    for (path, kind) in [("/sign-in", "current-password"), (link.as_str(), "new-password")] {
        let page = console.stranger().open(path).await.body;
        let field = page
            .split("<input")
            .find(|input| input.contains("name=\"password\""))
            .unwrap();
        let field = field.split('>').next().unwrap();
        assert!(
            field.contains("type=\"password\"") && field.contains(&format!("autocomplete=\"{kind}\"")),
            "{field}"
        );
        assert!(
            page.contains("autocomplete=\"username\"") && !page.contains("onpaste"),
            "{path}"
        );
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn auth_13_a_session_is_new_at_every_sign_in_and_the_old_one_ends(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let old = console.stranger();
    old.set_cookie("usher", &ada.cookie("usher").unwrap());
    sign_in(&ada, "ada@example.test", PASSWORD).await;
    assert_ne!(ada.cookie("usher"), old.cookie("usher"));
    assert_eq!(ada.open(USERS).await.status, 200);
    assert_eq!(old.open(USERS).await.redirect().0, 303);
    let planted = console.stranger();
    planted.set_cookie("usher", &"A".repeat(43));
    sign_in(&planted, "ada@example.test", PASSWORD).await;
    assert_ne!(planted.cookie("usher").unwrap(), "A".repeat(43));
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn auth_20_links_in_mails_follow_no_request_header(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let (ada, post) = (console.ada().await, Post::open().await);
    send_invitation(&console, &ada, "ben@example.test", &[]).await;
    let id = crate::stage::id_of(&console, "ben@example.test").await;
    for (name, value) in [
        ("x-forwarded-host", "evil.test"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-prefix", "/evil"),
        ("forwarded", "host=evil.test;proto=https"),
        ("x-original-host", "evil.test"),
    ] {
        let request = ada
            .request(Method::POST, "/api/invitations/resend")
            .header(name, value);
        let request = request
            .header(header::ORIGIN, &console.url)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let answer = ada.send(request.body(format!("user={id}"))).await;
        assert_eq!(answer.status, 200, "{name}");
        // Panics unless the link begins with the configured address.
        post.link(&console, "ben@example.test").await;
        assert!(
            !post.server.received().last().unwrap().raw.contains("evil.test"),
            "{name}"
        );
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn ses_02_a_signed_out_cookie_opens_nothing(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let replay = console.stranger();
    replay.set_cookie("usher", &ada.cookie("usher").unwrap());
    assert_ne!(
        ada.open("/api/sessions/sign_out").await.status,
        200,
        "a link signs nobody out"
    );
    assert_eq!(ada.open(USERS).await.status, 200);
    assert_eq!(
        ada.post("/", "/api/sessions/sign_out", &[]).await.redirect(),
        (303, "/sign-in?notice=signed-out")
    );
    assert_eq!(ada.cookie("usher"), None);
    assert_eq!(replay.open(USERS).await.redirect().0, 303);
    for (action, _) in server_fn::axum::server_fn_paths() {
        if !app::routes::PUBLIC_ACTIONS.contains(&action) {
            assert_eq!(replay.call(action, &[]).await.status, 401, "{action}");
        }
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn ses_03_a_session_ends_when_idle_and_at_its_limit(pool: PgPool) {
    let console =
        TestConsole::start_with(pool, &[("session_idle", "100s"), ("session_lifetime", "250s")]).await;
    console.ada().await;
    let (idle, busy) = (console.stranger(), console.stranger());
    for browser in [&idle, &busy] {
        sign_in(browser, "ada@example.test", PASSWORD).await;
    }
    for _ in 0..3 {
        console.advance(70);
        assert_eq!(busy.open(USERS).await.status, 200);
    }
    assert_eq!(idle.open(USERS).await.redirect().0, 303);
    console.advance(50);
    assert_eq!(
        busy.open(USERS).await.redirect().0,
        303,
        "activity does not extend it"
    );
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn ses_09_what_shows_people_is_not_kept_by_caches(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    invite(&console, &ada, "ben@example.test", &[]).await;
    let link = copy_link(&console, &ada, "ben@example.test").await;
    for path in [
        "/",
        USERS,
        "/account/settings",
        "/sign-in",
        link.as_str(),
        "/nowhere",
    ] {
        assert_eq!(ada.open(path).await.header("cache-control"), "no-store", "{path}");
    }
    assert_eq!(
        ada.call("/api/account/settings", &[])
            .await
            .header("cache-control"),
        "no-store"
    );
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn auth_04_wrong_passwords_are_answered_with_a_wait(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    console.ada().await;
    let owner = console.stranger();
    assert_eq!(
        sign_in(&owner, "ada@example.test", PASSWORD).await.redirect().1,
        "/"
    );
    let guess = async |n: u32, password: &str| {
        // Whatever a stranger claims of where they come from.
        let request = console
            .stranger()
            .request(Method::POST, "/api/sign_in/password")
            .header("x-forwarded-for", format!("203.0.113.{n}"))
            .header(header::ACCEPT, "application/json")
            .header(header::ORIGIN, &console.origin)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(encoded(&[("email", "ada@example.test"), ("password", password)]));
        console.stranger().send(request).await
    };
    for n in 0..10 {
        assert_eq!(guess(n, "not the right one").await.status, 409);
    }
    for n in 10..30 {
        let answer = guess(n, PASSWORD).await;
        assert_eq!(answer.status, 429);
        let wait: u32 = answer.header("retry-after").parse().unwrap();
        assert!((1..=600).contains(&wait), "{wait}");
    }
    // The browser in which she has signed in before is hers.
    owner.call("/api/sessions/sign_out", &[]).await;
    assert_eq!(
        sign_in(&owner, "ada@example.test", PASSWORD).await.redirect().1,
        "/"
    );
    assert!(owner.open("/").await.body.contains("Welcome, Ada"));
    console.advance(600);
    assert!(guess(0, PASSWORD).await.headers.contains_key(header::SET_COOKIE));
}
