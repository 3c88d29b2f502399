//! `POST /oauth2/introspect` (RFC 7662).

use super::{INTROSPECT, bearer, service_of, token_of};
use crate::{
    stage::{colleague, deactivate, eve, id_of, settings},
    visitor::TestConsole,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use reqwest::{Method, header};
use serde_json::json;
use sqlx::PgPool;

fn basic(id: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")))
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn a_service_hears_whose_a_token_is_and_of_one_that_does_not_work_nothing(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    let ben = colleague(&console, &ada, "ben@example.test", &["read"]).await;
    let (id, secret) = service_of(&console, &ada).await;
    let token = {
        let caller = crate::stage::caller(&console, &ada).await;
        let made = console
            .backend
            .create_token(&caller, "Deploy", "one_hour", "")
            .await;
        made.unwrap().expose().to_owned()
    };
    for authorization in [bearer(&secret), basic(&id, &secret)] {
        let answer = console.introspect(&authorization, &token).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("cache-control")),
            (200, "no-store")
        );
        let found = answer.json();
        let (from, to) = (found["iat"].as_i64().unwrap(), found["exp"].as_i64().unwrap());
        assert_eq!(to - from, 3_600);
        assert_eq!(found["active"], true);
        assert_eq!(found["token_type"], "Bearer");
        assert_eq!(found["username"], "ada@example.test");
        assert_eq!(found["sub"], id_of(&console, "ada@example.test").await);
        assert_eq!(found["iss"], console.origin);
        assert_eq!(found["orgUid"], settings(&ada).await.org_id.as_str());
        assert_eq!(found["groups"], json!(["admin"]));
        let scope = found["scope"].as_str().unwrap();
        assert!(scope.split(' ').any(|key| key == "users.deactivate"), "{scope}");
    }
    // Whoever may make none has a token of before.
    let caller = crate::stage::caller(&console, &ada).await;
    let bens = id_of(&console, "ben@example.test").await;
    sqlx::query("update access_tokens set user_id = $1::uuid, expires_at = null")
        .bind(&bens)
        .execute(&pool)
        .await
        .unwrap();
    let found = console.introspect(&bearer(&secret), &token).await.json();
    assert_eq!(
        (&found["username"], found.get("exp")),
        (&json!("ben@example.test"), None)
    );
    drop((ben, caller));

    deactivate(&console, &ada, "ben@example.test").await;
    for nothing in [
        token.as_str(),
        "x",
        &secret,
        "usher_",
        &ada.cookie("usher").unwrap(),
    ] {
        let answer = console.introspect(&bearer(&secret), nothing).await;
        assert_eq!(
            (answer.status.as_u16(), answer.json()),
            (200, json!({ "active": false }))
        );
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn org_01_a_service_hears_nothing_of_tokens_of_another_organization(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let (ada, eve) = (console.ada().await, eve(&console).await);
    let (_, hers) = service_of(&console, &eve).await;
    let token = token_of(&console, &ada).await;
    let answer = console.introspect(&bearer(&hers), &token).await;
    assert_eq!(answer.json(), json!({ "active": false }));
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn who_is_no_service_is_refused_in_the_words_of_oauth(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    let (id, secret) = service_of(&console, &ada).await;
    let token = token_of(&console, &ada).await;
    let adas = id_of(&console, "ada@example.test").await;
    for refused in [
        String::new(),
        bearer(""),
        bearer(&token),
        bearer(&secret[..secret.len() - 1]),
        basic(&adas, &secret),
        basic("", &secret),
        basic(&id, ""),
        basic(&id, &token),
        secret.clone(),
    ] {
        let answer = console.introspect(&refused, &token).await;
        assert_eq!(answer.status, 401, "{refused}");
        let error = answer.json();
        assert_eq!(
            (&error["error"], &error["code"]),
            (&json!("invalid_client"), &json!("unauthenticated"))
        );
        // In the scheme in which it was tried (RFC 6749 section 5.2).
        let scheme = if refused.starts_with("Basic ") {
            "Basic "
        } else {
            "Bearer "
        };
        assert!(answer.header("www-authenticate").starts_with(scheme), "{refused}");
    }
    let caller = crate::stage::caller(&console, &ada).await;
    console
        .backend
        .delete_service(&caller, id.parse().unwrap())
        .await
        .unwrap();
    assert_eq!(console.introspect(&bearer(&secret), &token).await.status, 401);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn what_is_no_question_is_said_to_whoever_may_ask(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let (_, secret) = service_of(&console, &ada).await;
    for (kind, body, status, error) in [
        ("application/x-www-form-urlencoded", "", 400, "invalid_request"),
        (
            "application/x-www-form-urlencoded",
            "token=",
            400,
            "invalid_request",
        ),
        (
            "application/x-www-form-urlencoded",
            "token=a&token=b",
            400,
            "invalid_request",
        ),
        (
            "application/x-www-form-urlencoded",
            "token_type_hint=access_token",
            400,
            "invalid_request",
        ),
        ("application/json", "{\"token\":\"a\"}", 415, "invalid_request"),
    ] {
        let request = console
            .program(Method::POST, INTROSPECT, &bearer(&secret))
            .header(header::CONTENT_TYPE, kind)
            .body(body);
        let answer = console.stranger().send(request).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json()["error"]),
            (status, &json!(error)),
            "{body}"
        );
    }
    let request = console
        .program(Method::POST, INTROSPECT, &bearer(&secret))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body("token_type_hint=refresh_token&token=a&more=b");
    assert_eq!(
        console.stranger().send(request).await.json(),
        json!({ "active": false })
    );
}
