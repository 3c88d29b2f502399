//! What is asked for twice and done once, and how much a credential may ask.

use super::token_of;
use crate::{
    stage::{colleague, db_count, id_of},
    visitor::TestConsole,
};
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::PgPool;

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn a_creation_that_is_asked_for_again_under_its_key_is_answered_and_not_done_again(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let token = token_of(&console, &console.ada().await).await;
    let ask = async |key: &str, path: &str, body: Value| {
        console
            .tell_with((Method::POST, path), &token, ("idempotency-key", key), &body)
            .await
    };
    let group = || json!({ "name": "Night shift" });
    let first = ask("k-1", "/api/v1/groups", group()).await;
    assert_eq!(
        (first.status.as_u16(), first.header("idempotency-replayed")),
        (201, "")
    );
    let again = ask("\"k-1\"", "/api/v1/groups", group()).await;
    assert_eq!((again.status.as_u16(), again.json()), (201, first.json()));
    for name in ["location", "etag"] {
        assert!(!first.header(name).is_empty());
        assert_eq!(again.header(name), first.header(name));
    }
    assert_eq!(again.header("idempotency-replayed"), "true");
    let other = ask("k-1", "/api/v1/groups", json!({ "name": "Day shift" })).await;
    assert_eq!(
        (other.status.as_u16(), &other.json()["code"]),
        (422, &json!("key_reused"))
    );
    let elsewhere = ask(
        "k-1",
        "/api/v1/invitations",
        json!({ "email": "ben@example.test" }),
    )
    .await;
    assert_eq!(elsewhere.status, 422);
    // What was refused leaves its key: mended, it can be asked for again.
    assert_eq!(
        ask("k-2", "/api/v1/groups", json!({ "name": "" })).await.status,
        422
    );
    assert_eq!(
        ask("k-2", "/api/v1/groups", json!({ "name": "Day shift" }))
            .await
            .status,
        201
    );
    let many = join_all((0..6).map(|_| {
        ask(
            "k-3",
            "/api/v1/invitations",
            json!({ "email": "grace@example.test" }),
        )
    }))
    .await;
    assert_eq!(db_count(&pool, "invitations").await, 1);
    for answer in many {
        let code = answer.json()["code"].clone();
        assert!(answer.status == 201 || code == "key_in_hand", "{}", answer.body);
    }
    for wrong in ["", "two words", &"k".repeat(201)] {
        let answer = ask(wrong, "/api/v1/groups", group()).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json()["details"][0]["field"]),
            (400, &json!("Idempotency-Key"))
        );
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn each_credential_hears_what_it_has_left_and_waits_when_nothing_is(pool: PgPool) {
    let settings = [
        ("throttle_questions_token", "3"),
        ("throttle_questions_service", "2"),
    ];
    let console = TestConsole::start_with(pool, &settings).await;
    let ada = console.ada().await;
    let (token, other) = (token_of(&console, &ada).await, token_of(&console, &ada).await);
    let (_, secret) = super::service_of(&console, &ada).await;
    for left in [2, 1, 0] {
        let answer = console.ask(Method::GET, "/api/v1/roles", &token).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("ratelimit-policy"), "\"credential\";q=3;w=60");
        let told = answer.header("ratelimit");
        assert!(told.starts_with(&format!("\"credential\";r={left};t=")), "{told}");
    }
    let refused = console.ask(Method::GET, "/api/v1/roles", &token).await;
    assert_eq!(
        (refused.status.as_u16(), &refused.json()["code"]),
        (429, &json!("too_many_requests"))
    );
    let wait: u32 = refused.header("retry-after").parse().unwrap();
    assert!((1..=20).contains(&wait), "{wait}");
    assert!(refused.header("ratelimit").starts_with("\"credential\";r=0;t="));
    assert_eq!(
        console.ask(Method::GET, "/api/v1/roles", &other).await.status,
        200
    );
    let question = json!({ "principal": { "token": other }, "actions": ["users.view"] });
    let secret = super::bearer(&secret);
    assert_eq!(console.decide(&secret, &question).await.status, 200);
    assert_eq!(console.introspect(&secret, &other).await.status, 200);
    assert_eq!(console.decide(&secret, &question).await.status, 429);
    let stranger = console.ask(Method::GET, "/api/v1/roles", "usher_none").await;
    assert_eq!(
        (stranger.status.as_u16(), stranger.header("ratelimit")),
        (401, "")
    );
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn who_may_not_create_any_more_is_told_nothing_of_what_they_created(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let ben = colleague(&console, &ada, "ben@example.test", &["admin"]).await;
    let token = token_of(&console, &ben).await;
    let create = async || {
        let group = json!({ "name": "Night shift" });
        let key = ("idempotency-key", "k-1");
        console
            .tell_with((Method::POST, "/api/v1/groups"), &token, key, &group)
            .await
    };
    for _ in 0..2 {
        assert_eq!(create().await.status, 201);
    }
    let admins = console
        .ask(Method::GET, "/api/v1/groups?search=admin", &token)
        .await
        .json();
    let member = format!(
        "/api/v1/groups/{}/members/{}",
        admins["items"][0]["id"].as_str().unwrap(),
        id_of(&console, "ben@example.test").await
    );
    let adas = token_of(&console, &ada).await;
    assert_eq!(console.ask(Method::DELETE, &member, &adas).await.status, 200);
    let again = create().await;
    assert_eq!(
        (again.status.as_u16(), &again.json()["code"]),
        (403, &json!("forbidden"))
    );
}
