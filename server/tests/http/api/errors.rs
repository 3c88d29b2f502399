//! Programs are answered in JSON, whatever refuses them, and a browser can be made to ask nothing.

use super::{DECISIONS, INTROSPECT, WHOAMI, bearer, service_of, token_of};
use crate::visitor::TestConsole;
use reqwest::{Method, header};
use serde_json::json;
use sqlx::PgPool;

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn whatever_refuses_a_program_speaks_json(pool: PgPool) {
    let console = TestConsole::start_with(pool, &[("request_body_limit", "1024")]).await;
    let ada = console.ada().await;
    let token = bearer(&token_of(&console, &ada).await);
    let ask = |method: Method, path: &str| console.program(method, path, &token);
    for (request, status, code) in [
        (ask(Method::GET, "/v1beta1/nothing"), 404, "not_found"),
        (ask(Method::GET, "/oauth2/token"), 404, "not_found"),
        (ask(Method::GET, "/api/v1/nothing"), 404, "not_found"),
        (ask(Method::GET, "/api/v1"), 404, "not_found"),
        (ask(Method::GET, "/api/v1/"), 404, "not_found"),
        (ask(Method::GET, "/oauth2/"), 404, "not_found"),
        (ask(Method::GET, "/v1beta1"), 404, "not_found"),
        (ask(Method::POST, WHOAMI), 405, "method_not_allowed"),
        (ask(Method::GET, DECISIONS), 405, "method_not_allowed"),
        (ask(Method::DELETE, INTROSPECT), 405, "method_not_allowed"),
        (
            ask(Method::POST, DECISIONS).body("x".repeat(1_025)),
            413,
            "too_large",
        ),
        (
            ask(Method::GET, WHOAMI).header(header::HOST, "evil.test"),
            421,
            "misdirected",
        ),
        (
            console.stranger().request(Method::GET, WHOAMI),
            401,
            "unauthenticated",
        ),
    ] {
        let answer = console.stranger().send(request).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json()["code"]),
            (status, &json!(code))
        );
        assert!(!answer.json()["message"].as_str().unwrap().is_empty());
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("access-control-allow-origin"), "");
    }
    console.break_clock_at_look(2);
    let answer = console.stranger().send(ask(Method::GET, WHOAMI)).await;
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["code"]),
        (500, &json!("internal"))
    );
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn rel_02_without_the_database_nobody_is_known(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    let token = token_of(&console, &ada).await;
    let (_, secret) = service_of(&console, &ada).await;
    pool.close().await;
    let question = json!({ "principal": { "token": token }, "actions": ["users.view"] });
    for answer in [
        console.whoami(&token).await,
        console.introspect(&bearer(&secret), &token).await,
        console.decide(&bearer(&secret), &question).await,
    ] {
        assert_eq!(
            (answer.status.as_u16(), &answer.json()["code"]),
            (503, &json!("unavailable"))
        );
        assert!(answer.json().get("error").is_none() && !answer.header("retry-after").is_empty());
    }
}

/// WEB-01 for programs: there is nothing by which a page of another site could ask in somebody's name.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn web_01_a_browser_of_somebody_signed_in_gets_nothing_from_what_is_for_programs(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    for (method, path) in [
        (Method::GET, WHOAMI),
        (Method::POST, INTROSPECT),
        (Method::POST, DECISIONS),
    ] {
        for origin in [console.origin.as_str(), "https://evil.test"] {
            let request = ada
                .request(method.clone(), path)
                .header(header::ORIGIN, origin)
                .header(header::CONTENT_TYPE, "text/plain")
                .body("token=x");
            assert_eq!(ada.send(request).await.status, 401, "{path}");
        }
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn a_credential_of_another_kind_is_told_where_it_counts(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let token = token_of(&console, &ada).await;
    let (_, secret) = service_of(&console, &ada).await;
    let decide = json!({ "principal": { "token": token }, "actions": ["users.view"] });
    let asked = console.ask(Method::GET, "/api/v1/users", &secret).await;
    let known = console.whoami(&secret).await;
    let decided = console
        .tell(Method::POST, "/api/v1/decisions", &token, &decide)
        .await;
    let introspected = console.introspect(&bearer(&token), &token).await;
    for (answer, place) in [
        (asked, "/oauth2/introspect"),
        (known, "/oauth2/introspect"),
        (decided, "/organization/services"),
        (introspected, "/organization/services"),
    ] {
        assert_eq!(answer.status, 401);
        let message = answer.json()["message"].as_str().unwrap().to_owned();
        assert!(message.contains(place), "{message}");
    }
    let made_up = console.ask(Method::GET, "/api/v1/users", "usher_made_up").await;
    assert!(
        made_up.body.contains("a credential that works"),
        "{}",
        made_up.body
    );
}
