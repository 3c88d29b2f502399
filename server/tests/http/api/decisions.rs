//! `POST /api/v1/decisions`.

use super::{DECISIONS, bearer, service_of, token_of};
use crate::{
    stage::{colleague, deactivate, eve, id_of, reactivate, settings},
    visitor::TestConsole,
};
use reqwest::{Method, header};
use serde_json::{Value, json};
use sqlx::PgPool;

fn reasons(answer: &Value) -> Vec<&str> {
    let decisions = answer["decisions"].as_array().unwrap();
    for decision in decisions {
        let allowed = ["role_held", "about_themselves"].contains(&decision["reason"].as_str().unwrap());
        assert_eq!(decision["allowed"], allowed);
    }
    decisions
        .iter()
        .map(|decision| decision["reason"].as_str().unwrap())
        .collect()
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn each_act_is_decided_with_its_reason_in_the_order_of_the_question(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let ben = colleague(&console, &ada, "ben@example.test", &["write"]).await;
    let (_, secret) = service_of(&console, &ada).await;
    let token = token_of(&console, &ben).await;
    let id = id_of(&console, "ben@example.test").await;
    let actions = [
        "clusters.create",
        "notifications.view",
        "clusters.fly",
        "account.choose_theme",
    ];
    for principal in [
        json!({ "token": token }),
        json!({ "uid": id }),
        json!({ "email": "BEN@example.test" }),
    ] {
        let question = json!({ "principal": principal, "actions": actions });
        let answer = console.decide(&bearer(&secret), &question).await;
        assert_eq!(answer.header("cache-control"), "no-store");
        let org_id = settings(&ben).await.org_id;
        let expected = json!({
            "principal": { "uid": id, "email": "ben@example.test", "orgUid": org_id.as_str() },
            "decisions": [
                { "action": "clusters.create", "allowed": true, "reason": "role_held",
                  "message": "Allowed by the role CKS Admin.", "roles": ["cks-admin"] },
                { "action": "notifications.view", "allowed": false, "reason": "role_missing",
                  "message": "It needs the role Notifications Viewer or Notifications Admin.",
                  "roles": ["notifications-viewer", "notifications-admin"] },
                { "action": "clusters.fly", "allowed": false, "reason": "unknown_action",
                  "message": "No role allows such an action. Look for a typing error.", "roles": [] },
                { "action": "account.choose_theme", "allowed": true, "reason": "about_themselves",
                  "message": "Everybody may do this about themselves.", "roles": [] },
            ]
        });
        assert_eq!(answer.json(), expected);
    }
    let question = json!({ "principal": { "uid": id }, "actions": actions });
    let ask = async || console.decide(&bearer(&secret), &question).await.json();
    deactivate(&console, &ada, "ben@example.test").await;
    let answer = ask().await;
    assert_eq!(
        (&answer["principal"], reasons(&answer)),
        (&Value::Null, vec!["not_active"; 4])
    );
    reactivate(&console, &ada, "ben@example.test").await;
    assert_eq!(reasons(&ask().await)[0], "role_held");
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn org_01_people_of_another_organization_are_as_unknown_as_nobody(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let (ada, eve) = (console.ada().await, eve(&console).await);
    let (_, hers) = service_of(&console, &eve).await;
    let token = token_of(&console, &ada).await;
    let actions = json!(["users.view"]);
    let nobody = json!({ "principal": { "uid": uuid::Uuid::max().to_string() }, "actions": actions });
    let unknown = console.decide(&bearer(&hers), &nobody).await;
    assert_eq!(reasons(&unknown.json()), ["not_active"]);
    for principal in [
        json!({ "token": token }),
        json!({ "uid": id_of(&console, "ada@example.test").await }),
        json!({ "email": "ada@example.test" }),
        json!({ "email": "no address" }),
        json!({ "token": "" }),
    ] {
        let question = json!({ "principal": principal, "actions": actions });
        let answer = console.decide(&bearer(&hers), &question).await;
        assert_eq!(
            (answer.status, &answer.body),
            (unknown.status, &unknown.body),
            "{principal}"
        );
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn a_hundred_acts_are_decided_at_once_and_not_one_more(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let (_, secret) = service_of(&console, &ada).await;
    let about = json!({ "email": "ada@example.test" });
    let ask = async |count: usize| {
        let question = json!({ "principal": about, "actions": vec!["users.view"; count] });
        console.decide(&bearer(&secret), &question).await
    };
    assert_eq!(reasons(&ask(100).await.json()).len(), 100);
    for count in [0, 101] {
        let answer = ask(count).await;
        assert_eq!(answer.status, 400);
        let details = json!([{ "field": "actions", "message": "Name 1 to 100 actions." }]);
        assert_eq!(answer.json()["details"], details);
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn a_question_that_makes_no_sense_is_answered_with_why(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let (_, secret) = service_of(&console, &ada).await;
    let token = token_of(&console, &ada).await;
    for (question, field) in [
        (json!({}), "principal"),
        (json!([]), "body"),
        (json!([{ "email": "a@b.c" }, ["a"]]), "body"),
        (
            json!({ "principal": [null, null, "a@b.c"], "actions": ["a"] }),
            "principal",
        ),
        (
            json!({ "principal": { "uid": "1" }, "actions": ["a"] }),
            "principal.uid",
        ),
        (json!({ "principal": {}, "actions": ["a"] }), "principal"),
        (
            json!({ "principal": { "uid": "1", "email": "a@b.c" }, "actions": ["a"] }),
            "principal",
        ),
        (
            json!({ "principal": { "email": "a@b.c" }, "actions": "a" }),
            "actions",
        ),
        (
            json!({ "principal": { "email": "a@b.c" }, "actions": [1] }),
            "actions[0]",
        ),
        (
            json!({ "principal": { "email": "a@b.c" }, "actions": ["a"], "organization": "x" }),
            "organization",
        ),
        (
            json!({ "principal": { "email": "a@b.c", "roles": ["iam-admin"] }, "actions": ["a"] }),
            "roles",
        ),
    ] {
        let answer = console.decide(&bearer(&secret), &question).await;
        assert_eq!(answer.status, 400, "{question}");
        let error = answer.json();
        assert_eq!(
            (&error["code"], &error["details"][0]["field"]),
            (&json!("invalid"), &json!(field)),
            "{question}"
        );
    }
    let without_kind = console
        .program(Method::POST, DECISIONS, &bearer(&secret))
        .body("{}");
    let answer = console.stranger().send(without_kind).await;
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["code"]),
        (415, &json!("unsupported_media_type"))
    );
    let broken = console
        .program(Method::POST, DECISIONS, &bearer(&secret))
        .header(header::CONTENT_TYPE, "application/json")
        .body("{\"principal\":");
    assert_eq!(console.stranger().send(broken).await.status, 400);
    // The credential is judged first, and a person's is none here.
    for refused in [bearer(&token), String::new()] {
        assert_eq!(console.decide(&refused, &json!({})).await.status, 401);
    }
}
