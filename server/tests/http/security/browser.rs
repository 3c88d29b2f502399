//! What protects browsers: headers on every answer, no effect of what another site sends, no answer under another
//! name, types of files.

use crate::{
    stage::{acceptance, colleague, id_of, invite, settings},
    visitor::{TestConsole, encoded},
};
use reqwest::{Method, header, header::HeaderMap};
use sqlx::PgPool;
use std::{collections::BTreeSet, fs};

/// BREACH, see `compressed_pages.rs`.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn a_page_is_compressed_for_whoever_asks_here_and_not_for_whom_another_site_leads_to_it(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    for (site, encoding) in [
        (Some("none"), "gzip"),
        (Some("same-origin"), "gzip"),
        (Some("same-site"), ""),
        (Some("cross-site"), ""),
        (None, ""),
    ] {
        let mut request = ada
            .request(Method::GET, "/organization/users?q=ada")
            .header(header::ACCEPT_ENCODING, "gzip, deflate, br, zstd");
        if let Some(site) = site {
            request = request.header("sec-fetch-site", site);
        }
        let answer = request.send().await.unwrap();
        let found = answer.headers().get(header::CONTENT_ENCODING);
        assert_eq!(
            found.map_or("", |found| found.to_str().unwrap()),
            encoding,
            "{site:?}"
        );
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn web_08_every_answer_carries_the_security_headers(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let large = "x".repeat(70_000);
    let origin = console.url.as_str();
    for (request, status) in [
        (ada.request(Method::GET, "/organization/users"), 200),
        (ada.request(Method::GET, "/nowhere"), 404),
        (ada.request(Method::GET, "/pkg/nothing.js"), 404),
        (
            ada.request(Method::PUT, "/sign-in")
                .header(header::ORIGIN, origin),
            405,
        ),
        (
            ada.request(Method::POST, "/api/nothing")
                .header(header::ORIGIN, origin),
            404,
        ),
        (ada.request(Method::POST, "/api/users/list"), 403),
        (
            ada.request(Method::POST, "/api/users/list")
                .header(header::ORIGIN, origin)
                .body(large),
            413,
        ),
        (
            ada.request(Method::GET, "/").header(header::HOST, "evil.test"),
            421,
        ),
        (console.stranger().request(Method::GET, "/"), 303),
        (ada.request(Method::GET, "/livez"), 200),
    ] {
        let answer = ada.send(request).await;
        assert_eq!(answer.status, status);
        let policy = answer.header("content-security-policy");
        assert!(
            policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{status}: {policy}"
        );
        assert!(
            !policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"),
            "{status}: {policy}"
        );
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(answer.header(name), value, "{status}: {name}");
        }
        assert!(answer.header("permissions-policy").contains("camera=()"));
        assert_eq!(answer.header("x-request-id").len(), 36);
        assert_eq!(answer.header("access-control-allow-origin"), "");
    }
}

/// Through the whole router: the page and the act end with an answer that is like every other, and the next one is well.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn rel_09_a_panic_costs_one_answer_which_has_its_headers_and_tells_nothing(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let theme = [("theme", "dark")];
    for form in [false, true] {
        // The first look is that of the log.
        console.break_clock_at_look(2);
        let answer = if form {
            ada.post("/account/settings", "/api/account/choose_theme", &theme)
                .await
        } else {
            ada.open("/organization/users").await
        };
        assert_eq!(answer.status, 500);
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "same-origin"),
            ("cache-control", "no-store"),
            ("cross-origin-opener-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), value, "{name}");
        }
        assert!(
            answer
                .header("content-security-policy")
                .contains("default-src 'none'")
        );
        assert!(
            answer.body.contains("<h1>Internal Server Error</h1>"),
            "{}",
            answer.body
        );
        assert!(answer.body.contains(answer.header("x-request-id")));
        for told in ["on purpose", "panic", ".rs", "ada@example.test"] {
            assert!(!answer.body.contains(told), "{told}");
        }
        assert_eq!(ada.open("/organization/users").await.status, 200);
    }
    let settings = settings(&ada).await;
    assert_eq!(settings.theme, domain::theme::Theme::System);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn web_07_a_page_names_its_scripts_by_a_nonce_that_no_other_page_has(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let stranger = console.stranger();
    let mut seen = BTreeSet::new();
    for _ in 0..3 {
        let page = stranger.open("/sign-in").await;
        let policy = page.header("content-security-policy");
        let nonce = policy
            .split("'nonce-")
            .nth(1)
            .unwrap()
            .split('\'')
            .next()
            .unwrap();
        let scripts: Vec<_> = page.body.split("<script").skip(1).collect();
        assert!(!scripts.is_empty());
        assert!(
            scripts
                .iter()
                .all(|script| script.contains(&format!("nonce=\"{nonce}\""))),
            "{}",
            page.body
        );
        // Elsewhere than in this attribute, whose value browsers hide, all that is in the page could read it.
        let hidden = page.body.matches(&format!("nonce=\"{nonce}\"")).count();
        assert_eq!(page.body.matches(nonce).count(), hidden, "{}", page.body);
        seen.insert(nonce.to_owned());
    }
    assert_eq!(seen.len(), 3);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn web_13_the_console_answers_under_its_own_name_only(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let stranger = console.stranger();
    let port = console.url.rsplit(':').next().unwrap();
    for host in [
        "evil.test",
        "127.0.0.1.evil.test",
        "127.0.0.1:1",
        &format!("evil.test:{port}"),
    ] {
        let answer = stranger
            .send(
                stranger
                    .request(Method::GET, "/sign-in")
                    .headers(HeaderMap::from_iter([(header::HOST, host.parse().unwrap())])),
            )
            .await;
        assert_eq!(answer.status, 421, "{host}");
        assert!(!answer.body.contains(host));
    }
    // Nothing is shared with the scripts of another site, under whatever name it asks.
    for origin in ["https://evil.test", "null", &console.origin] {
        for method in [Method::GET, Method::OPTIONS] {
            let request = stranger
                .request(method.clone(), "/sign-in")
                .header(header::ORIGIN, origin)
                .header(header::ACCESS_CONTROL_REQUEST_METHOD, "POST")
                .header(header::ACCESS_CONTROL_REQUEST_HEADERS, "content-type");
            let answer = stranger.send(request).await;
            let names = answer.headers.keys().map(header::HeaderName::as_str);
            let shared: Vec<_> = names.filter(|name| name.starts_with("access-control-")).collect();
            assert!(shared.is_empty(), "{method} {origin}: {shared:?}");
            assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin");
        }
    }
    let here = format!("localhost:{port}");
    assert_eq!(
        stranger
            .send(
                stranger
                    .request(Method::GET, "/sign-in")
                    .headers(HeaderMap::from_iter([(header::HOST, here.parse().unwrap())]))
            )
            .await
            .status,
        200
    );
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn the_outcome_of_a_form_can_not_be_written_into_a_link(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let answer = console
        .stranger()
        .open("/sign-in?next=%2Fx&__path=%2Fapi%2Fsign_in%2Fpassword&__err=IlNpZ25lZE91dCI%3D")
        .await;
    assert_eq!(answer.redirect(), (303, "/sign-in?next=%2Fx"));
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn web_14_files_lead_nowhere_else(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    for path in [
        "/pkg/..%2f..%2fCargo.toml",
        "/pkg/%2e%2e/%2e%2e/Cargo.toml",
        "/pkg/.env",
        "/pkg/",
        "/pkg/%00",
        "/.git/config",
        "/Cargo.toml",
        "/pkg/..%5c..%5cCargo.toml",
    ] {
        let answer = ada.open(path).await;
        assert!(!answer.body.contains("[workspace]"), "{path}");
        assert_eq!(answer.status, 404, "{path}");
    }
}

/// With `nosniff` a browser runs nothing that has another type.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn web_14_files_have_the_types_that_browsers_run_them_by(pool: PgPool) {
    let root = std::env::temp_dir().join(format!("usher-types-{}", std::process::id()));
    fs::create_dir_all(root.join("pkg")).unwrap();
    let files = [
        ("usher.js", "text/javascript; charset=utf-8"),
        ("usher.wasm", "application/wasm"),
        ("usher.css", "text/css; charset=utf-8"),
    ];
    for (name, _) in files {
        fs::write(root.join("pkg").join(name), "x").unwrap();
    }
    let console = TestConsole::start_with(pool, &[("site_root", root.to_str().unwrap())]).await;
    for (name, kind) in files {
        let answer = console.stranger().open(&format!("/pkg/{name}")).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("content-type")),
            (200, kind)
        );
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{name}");
    }
    fs::remove_dir_all(root).unwrap();
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn web_10_fields_that_no_form_has_change_nothing(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    let ben = colleague(&console, &ada, "ben@example.test", &[]).await;
    let before = settings(&ben).await;
    let ada_id = id_of(&console, "ada@example.test").await;
    let fields = [
        ("theme", "dark"),
        ("user", ada_id.as_str()),
        ("user_id", &ada_id),
        ("roles[]", "iam-admin"),
        ("org_id", "ffffff"),
        ("email", "x@example.test"),
        ("deactivated_at", "2000-01-01"),
    ];
    assert_eq!(ben.call("/api/account/choose_theme", &fields).await.status, 200);
    let after = settings(&ben).await;
    assert_eq!(after.theme, domain::theme::Theme::Dark);
    assert_eq!(
        domain::account::OwnSettings {
            theme: before.theme,
            ..after
        },
        before
    );
    assert_eq!(settings(&ada).await.theme, domain::theme::Theme::System);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn web_09_names_and_searches_are_text_in_pages_and_in_what_hydrates_them(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let payload = "</script><!--\"><img src=x onerror=alert(1)>";
    let link = invite(&console, &ada, "ben@example.test", &[]).await;
    let mut fields = acceptance(&link);
    fields[1] = ("first_name", payload);
    let ben = console.stranger();
    assert_eq!(ben.call("/api/invitations/accept", &fields).await.status, 200);
    let query = encoded(&[("q", payload)]);
    for page in [
        ada.open("/organization/users").await,
        ada.open(&format!("/organization/users?{query}")).await,
        ben.open("/account/settings").await,
        console
            .stranger()
            .open(&format!("/sign-in?next={query}&notice={query}"))
            .await,
    ] {
        assert_eq!(page.status, 200);
        assert!(!page.body.contains("<img src=x") && !page.body.contains("</script><!--"));
    }
    let list = ada.open("/organization/users").await.body;
    assert!(
        list.contains("&lt;img src=x onerror=alert(1)&gt;"),
        "it is shown as what it is"
    );
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn rel_08_what_is_too_much_at_once_is_refused_and_then_all_is_well(pool: PgPool) {
    let console = TestConsole::start_with(pool, &[("requests_at_once", "1")]).await;
    console.ada().await;
    let mut requests = tokio::task::JoinSet::new();
    for _ in 0..40 {
        requests.spawn(reqwest::get(format!("{}/sign-in", console.url)));
    }
    let mut refused = 0;
    for answer in requests.join_all().await {
        let answer = answer.unwrap();
        if answer.status() == 503 {
            assert_eq!(answer.headers()[header::RETRY_AFTER], "2");
            refused += 1;
        } else {
            assert_eq!(answer.status(), 200);
        }
    }
    assert!(refused > 0 && refused < 40, "{refused} of 40 were refused");
    assert_eq!(console.stranger().open("/sign-in").await.status, 200);
}
