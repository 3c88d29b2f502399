//! Where the `next` of a form or an address leads: to a page of this console, or home.

use crate::visitor::{PASSWORD, TestConsole, encoded};
use reqwest::{Method, header};
use sqlx::PgPool;

/// What browsers, or some of them, take for an address of another site or of a script.
fn elsewhere() -> Vec<String> {
    let short = [
        "//evil.test",
        "///evil.test",
        "/\\evil.test",
        "\\/evil.test",
        "\\\\evil.test",
        "/%2f%2fevil.test",
        "/%2fevil.test",
        "%2f%2fevil.test",
        "/%5cevil.test",
        "/%5c%5cevil.test",
        "https:evil.test",
        "https://evil.test",
        "http:/evil.test",
        "\t//evil.test",
        "/\t/evil.test",
        "/\n/evil.test",
        " //evil.test",
        "/..//evil.test",
        "/.//evil.test",
        "@evil.test",
        ".evil.test",
        ":80@evil.test",
        "javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "/\r\nLocation: https://evil.test",
        "/%0d%0aSet-Cookie:%20usher=evil",
    ];
    let long = format!("/{}", "x".repeat(5 * 1024));
    short.into_iter().map(str::to_owned).chain([long]).collect()
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn web_05_signing_in_leads_to_no_other_site(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let signed_in = console.ada().await;
    for next in elsewhere() {
        let fields = [
            ("email", "ada@example.test"),
            ("password", PASSWORD),
            ("next", next.as_str()),
        ];
        let form = console
            .stranger()
            .post("/sign-in", "/api/sign_in/password", &fields)
            .await;
        assert_eq!(form.redirect(), (303, "/"), "{next:?}");
        let script = console.stranger().call("/api/sign_in/password", &fields).await;
        assert_eq!(script.header("location"), "/", "{next:?}");

        let query = encoded(&[("next", &next)]);
        let page = signed_in.open(&format!("/sign-in?{query}")).await;
        assert_eq!(
            page.redirect(),
            (302, "/"),
            "whoever is signed in already: {next:?}"
        );
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn web_05_signing_out_leads_to_no_other_site(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    for next in elsewhere() {
        let browser = console.stranger();
        let signed_in = crate::stage::sign_in(&browser, "ada@example.test", PASSWORD).await;
        assert_eq!(signed_in.redirect(), (303, "/"));
        let answer = browser
            .post("/", "/api/sessions/sign_out", &[("next", &next)])
            .await;
        assert_eq!(answer.redirect(), (303, "/sign-in?notice=signed-out"), "{next:?}");
    }
    let answer = ada
        .post("/", "/api/sessions/sign_out", &[("next", "/setup?token=x")])
        .await;
    assert_eq!(
        answer.redirect(),
        (303, "/setup?token=x"),
        "a page of ours is gone on with"
    );
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn web_05_a_refused_form_leads_back_to_no_other_site(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    console.ada().await;
    let stranger = console.stranger();
    for referer in [
        "https://evil.test/x",
        "//evil.test",
        "javascript:alert(1)",
        "evil",
    ] {
        let request = stranger
            .request(Method::POST, "/api/sign_in/password")
            .header(header::ACCEPT, "text/html")
            .header(header::ORIGIN, &console.origin)
            .header(header::REFERER, referer)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let answer = stranger.send(request.body("email=a&password=b")).await;
        assert_eq!(answer.redirect(), (303, "/"), "{referer}");
    }
}
