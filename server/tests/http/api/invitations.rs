//! Inviting by a token: one, and a list of people.

use super::token_of;
use crate::{stage::db_count, visitor::TestConsole};
use reqwest::Method;
use serde_json::json;
use sqlx::PgPool;

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn an_address_is_invited_again_and_no_more(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let token = token_of(&console, &console.ada().await).await;
    let groups = console
        .ask(Method::GET, "/api/v1/groups?search=read", &token)
        .await
        .json();
    let read = groups["items"][0]["id"].as_str().unwrap();
    let asked = json!({ "email": "New@example.test", "groups": [read] });
    let invited = console
        .tell(Method::POST, "/api/v1/invitations", &token, &asked)
        .await;
    assert_eq!(invited.status, 201, "{}", invited.body);
    let id = invited.json()["id"].as_str().unwrap().to_owned();
    let place = invited.header("location");
    assert_eq!(place, format!("/api/v1/users/{id}"));
    let person = console.ask(Method::GET, place, &token).await.json();
    assert_eq!(
        (&person["status"], &person["groups"]),
        (&json!("invited"), &json!([{ "id": read, "name": "read" }]))
    );
    let member = format!("/api/v1/groups/{read}/members/{id}");
    let early = console.tell(Method::PUT, &member, &token, &json!({})).await;
    assert_eq!(early.status, 422);
    assert!(early.body.contains("has not accepted"), "{}", early.body);
    let again = console
        .tell(Method::POST, "/api/v1/invitations", &token, &asked)
        .await;
    assert_eq!(
        (again.status.as_u16(), &again.json()["details"][0]["field"]),
        (422, &json!("email"))
    );
    let wrong = json!({ "email": "nobody", "groups": [] });
    let wrong = console
        .tell(Method::POST, "/api/v1/invitations", &token, &wrong)
        .await;
    assert_eq!(
        (wrong.status.as_u16(), &wrong.json()["details"][0]["field"]),
        (422, &json!("email"))
    );

    let at = |what: &str| format!("/api/v1/invitations/{id}{what}");
    let link = console.ask(Method::POST, &at("/link"), &token).await.json();
    let link = link["link"].as_str().unwrap();
    assert!(link.starts_with(&console.origin), "{link}");
    let put = console
        .tell(Method::PUT, &at("/groups"), &token, &json!({ "groups": [] }))
        .await;
    assert_eq!(put.status, 204, "{}", put.body);
    let person = console.ask(Method::GET, place, &token).await.json();
    assert_eq!(person["groups"], json!([]));
    assert_eq!(
        console.ask(Method::POST, &at("/resend"), &token).await.status,
        204
    );
    let path = link.strip_prefix(console.origin.as_str()).unwrap();
    let old = console.stranger().open(path).await;
    assert_eq!(old.status, 410, "a link that was replaced");
    assert_eq!(console.ask(Method::DELETE, &at(""), &token).await.status, 204);
    assert_eq!(console.ask(Method::DELETE, &at(""), &token).await.status, 404);
    assert_eq!(db_count(&pool, "users").await, 1);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn a_list_of_people_is_answered_line_by_line_and_sent_after_the_yes(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let token = token_of(&console, &console.ada().await).await;
    let asked = json!({ "list": "ben@example.test,read\nnobody\ncy@example.test\n" });
    let drafted = console
        .tell(Method::POST, "/api/v1/invitation-lists", &token, &asked)
        .await;
    assert_eq!(drafted.status, 201, "{}", drafted.body);
    let (place, list) = (drafted.header("location"), drafted.json());
    assert_eq!(
        (&list["stage"], &list["counts"]["waiting"]),
        (&json!("draft"), &json!(2))
    );
    assert_eq!(
        (&list["lines"][0]["groups"], &list["lines"][0]["reason"]),
        (&json!(["read"]), &json!(null))
    );
    assert_eq!(
        (&list["lines"][1]["outcome"], &list["lines"][1]["line"]),
        (&json!("refused"), &json!(2))
    );
    assert_eq!(db_count(&pool, "invitations").await, 0);
    let ask = async |method: Method, what: &str| console.ask(method, &format!("{place}{what}"), &token).await;
    assert_eq!(ask(Method::POST, "/retry").await.status, 409);
    for _ in 0..2 {
        assert_eq!(ask(Method::POST, "/start").await.status, 204);
    }
    console.backend.do_due_jobs().await.unwrap();
    let sent = ask(Method::GET, "").await.json();
    assert_eq!(
        (&sent["stage"], &sent["counts"]["invited"]),
        (&json!("done"), &json!(2))
    );
    assert!(sent["lines"][0]["user"].is_string());
    assert_eq!(db_count(&pool, "invitations").await, 2);
    assert_eq!(ask(Method::DELETE, "").await.json()["code"], "list_started");
    let other = console
        .tell(
            Method::POST,
            "/api/v1/invitation-lists",
            &token,
            &json!({ "list": "di@example.test" }),
        )
        .await;
    let draft = other.header("location");
    assert_eq!(console.ask(Method::DELETE, draft, &token).await.status, 204);
    assert_eq!(console.ask(Method::DELETE, draft, &token).await.status, 404);
    // More than other questions may have, and within what a list may.
    let domain = format!("{}.example.test", "x".repeat(60));
    let many: Vec<_> = (0..900)
        .map(|n| format!("somebody-with-quite-a-long-address-{n:04}@{domain}"))
        .collect();
    let many = many.join("\n");
    assert!(many.len() > 64 * 1024);
    let many = console
        .tell(
            Method::POST,
            "/api/v1/invitation-lists",
            &token,
            &json!({ "list": many }),
        )
        .await;
    assert_eq!(
        (many.status.as_u16(), &many.json()["counts"]["waiting"]),
        (201, &json!(900))
    );
}
