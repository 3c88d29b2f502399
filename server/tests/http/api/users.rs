//! What administrators do by a token: people, tokens, the audit log.

use super::{DECISIONS, token_of};
use crate::{
    stage::{colleague, db_count, id_of, invite, sign_in},
    visitor::{PASSWORD, TestConsole},
};
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::PgPool;

fn emails(page: &Value) -> Vec<&str> {
    let items = page["items"].as_array().unwrap();
    items.iter().map(|item| item["email"].as_str().unwrap()).collect()
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn people_are_listed_searched_and_paged(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    invite(&console, &ada, "soon@example.test", &["read"]).await;
    let token = token_of(&console, &ada).await;
    let list = async |query: &str| {
        console
            .ask(Method::GET, &format!("/api/v1/users{query}"), &token)
            .await
            .json()
    };
    let all = list("").await;
    assert_eq!(emails(&all), ["ada@example.test", "soon@example.test"]);
    let (ada_row, soon) = (&all["items"][0], &all["items"][1]);
    assert_eq!(
        (
            &ada_row["status"],
            &ada_row["groups"][0]["name"],
            &ada_row["methods"],
            &ada_row["twoFactor"]
        ),
        (
            &json!("active"),
            &json!("admin"),
            &json!(["password"]),
            &json!(false)
        )
    );
    assert_eq!(
        (&soon["status"], &soon["invitation"]["delivery"]),
        (&json!("invited"), &json!("queued"))
    );
    assert_eq!(emails(&list("?status=invited").await), ["soon@example.test"]);
    assert_eq!(
        emails(&list("?search=love&twoFactor=false").await),
        ["ada@example.test"]
    );
    assert_eq!(
        emails(&list("?sort=email&descending=true").await),
        ["soon@example.test", "ada@example.test"]
    );

    sqlx::query(
        "insert into users (id, organization_id, email, email_key, first_name, last_name, status, created_at, activated_at)
         select gen_random_uuid(), organization_id, 'p' || n || '@crowd.test', 'p' || n || '@crowd.test', 'P', n::text,
                'active', now(), now()
         from users, generate_series(1, 120) n where email = 'ada@example.test'",
    )
    .execute(&pool)
    .await
    .unwrap();
    let mut seen = Vec::new();
    let mut page = list("").await;
    loop {
        seen.extend(emails(&page).into_iter().map(str::to_owned));
        match page["next"].as_str() {
            Some(next) => page = list(&format!("?cursor={next}")).await,
            None => break,
        }
    }
    assert_eq!(seen.len(), 122);
    let before = list(&format!("?cursor={}", page["previous"].as_str().unwrap())).await;
    assert_eq!(emails(&before), seen[50..100]);

    // Where nothing lies behind a place no list begins anew: whoever follows cursors would read everybody twice.
    let last = id_of(&console, "soon@example.test").await;
    let beyond = list(&format!("?sort=email&cursor=after-{last}")).await;
    assert_eq!(beyond, json!({ "items": [], "next": null, "previous": null }));

    for (query, field) in [
        ("?status=asleep", "status"),
        ("?state=active", "state"),
        ("?twoFactor=maybe", "twoFactor"),
        ("?cursor=1", "cursor"),
        ("?cursor=after-1", "cursor"),
        ("?search=%00", "search"),
        (&format!("?search={}", "x".repeat(101)), "search"),
    ] {
        let answer = console
            .ask(Method::GET, &format!("/api/v1/users{query}"), &token)
            .await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json()["details"][0]["field"]),
            (400, &json!(field)),
            "{query}"
        );
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn a_person_is_deactivated_and_reactivated_by_a_token_and_the_log_says_by_which(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    let ben = colleague(&console, &ada, "ben@example.test", &["write"]).await;
    let bens = token_of(&console, &ben).await;
    let token = token_of(&console, &ada).await;
    let id = id_of(&console, "ben@example.test").await;
    let found = console
        .ask(Method::GET, &format!("/api/v1/users/{id}"), &token)
        .await
        .json();
    assert_eq!(
        (&found["status"], &found["stops"]["tokens"]),
        (&json!("active"), &json!(1))
    );
    let because = &found["roles"][0]["because"][0];
    assert_eq!(
        (&because["policyName"], &because["groupName"]),
        (&json!("Default write"), &json!("write"))
    );

    let group = &found["groups"][0];
    assert_eq!(group["name"], "write");
    let place = format!("/api/v1/groups/{}", group["id"].as_str().unwrap());
    assert_eq!(
        console.ask(Method::GET, &place, &token).await.json()["name"],
        "write"
    );

    let act = async |act: &str, body: Value| {
        let path = format!("/api/v1/users/{id}/{act}");
        console.tell(Method::POST, &path, &token, &body).await
    };
    let long = act("deactivate", json!({ "reason": "x".repeat(201) })).await;
    assert_eq!(
        (long.status.as_u16(), &long.json()["details"][0]["field"]),
        (422, &json!("reason"))
    );
    for nonsense in [
        json!({ "why": "gone" }),
        json!(["gone", true]),
        json!(null),
        json!("gone"),
    ] {
        let answer = act("deactivate", nonsense.clone()).await;
        assert_eq!(answer.status, 400, "{nonsense}");
        assert!(
            !answer.body.contains("struct ") && !answer.body.contains("deserialize"),
            "{}",
            answer.body
        );
    }
    assert_eq!(act("deactivate", json!({ "reason": "Left" })).await.status, 204);
    assert_eq!(
        act("deactivate", json!({ "reason": "Left" })).await.status,
        204,
        "again does nothing"
    );
    assert_eq!(console.whoami(&bens).await.status, 401);
    assert_eq!(
        sign_in(&console.stranger(), "ben@example.test", PASSWORD)
            .await
            .redirect(),
        (303, "/sign-in")
    );
    assert_eq!(act("reactivate", json!({})).await.status, 204);
    assert_eq!(console.whoami(&bens).await.status, 200);
    assert_eq!(
        act("deactivate", json!({ "deleteTokens": true })).await.status,
        204
    );
    assert_eq!(act("reactivate", json!({})).await.status, 204);
    assert_eq!(console.whoami(&bens).await.status, 401);
    // What can be left out of the body can be left out with it.
    let bare = format!("/api/v1/users/{id}/deactivate");
    assert_eq!(console.ask(Method::POST, &bare, &token).await.status, 204);
    assert_eq!(act("reactivate", json!({})).await.status, 204);

    let log = console
        .ask(Method::GET, "/api/v1/audit?action=users.deactivate", &token)
        .await
        .json();
    let entries = log["items"].as_array().unwrap();
    assert_eq!(entries.len(), 3, "one for each that did something");
    let actor = entries[2]["actor"].as_str().unwrap();
    assert!(
        actor.starts_with("ada@example.test, by the token Token "),
        "{actor}"
    );
    assert_eq!(entries[2]["actorId"], id_of(&console, "ada@example.test").await);
    let status = json!({ "key": "status", "before": "active", "after": "deactivated" });
    assert!(entries[2]["changes"].as_array().unwrap().contains(&status));
    for query in [
        "?action=moons.land",
        "?from=2026-02-30",
        "?actorId=1",
        "?cursor=after-x",
        "?result=maybe",
    ] {
        let answer = console
            .ask(Method::GET, &format!("/api/v1/audit{query}"), &token)
            .await;
        assert_eq!(answer.status, 400, "{query}");
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn the_last_administrator_stays_whatever_asks(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let token = token_of(&console, &ada).await;
    let path = format!(
        "/api/v1/users/{}/deactivate",
        id_of(&console, "ada@example.test").await
    );
    let answer = console.tell(Method::POST, &path, &token, &json!({})).await;
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["code"]),
        (409, &json!("last_administrator"))
    );
    assert_eq!(console.whoami(&token).await.status, 200);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn tokens_are_listed_without_their_secrets_and_deleted(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let ben = colleague(&console, &ada, "ben@example.test", &["write"]).await;
    let (bens, token) = (token_of(&console, &ben).await, token_of(&console, &ada).await);
    let own = console.ask(Method::GET, "/api/v1/tokens", &bens).await;
    let own = own.json();
    assert_eq!(own["items"].as_array().unwrap().len(), 1);
    let mine = &own["items"][0];
    assert_eq!(
        (&mine["status"], &mine["expires"]),
        (&json!("active"), &Value::Null)
    );
    assert!(mine["lastUsed"].is_string(), "by this question");
    let all = console
        .ask(Method::GET, "/api/v1/organization/tokens?search=ben", &token)
        .await;
    assert!(!all.body.contains("usher_"));
    let all = all.json();
    assert_eq!(
        (&all["items"][0]["id"], &all["items"][0]["userEmail"]),
        (&mine["id"], &json!("ben@example.test"))
    );
    let none = console
        .ask(Method::GET, "/api/v1/organization/tokens?show=expired", &token)
        .await
        .json();
    assert_eq!(none["items"], json!([]));
    let path = format!("/api/v1/tokens/{}", mine["id"].as_str().unwrap());
    assert_eq!(console.ask(Method::DELETE, &path, &bens).await.status, 204);
    assert_eq!(
        console.ask(Method::DELETE, &path, &bens).await.status,
        401,
        "it was the one that asked"
    );

    let second = token_of(&console, &ben).await;
    let user = id_of(&console, "ben@example.test").await;
    let theirs = format!("/api/v1/users/{user}/tokens");
    let listed = console.ask(Method::GET, &theirs, &token).await.json();
    let path = format!("{theirs}/{}", listed["items"][0]["id"].as_str().unwrap());
    assert_eq!(console.ask(Method::DELETE, &path, &token).await.status, 204);
    assert_eq!(console.ask(Method::DELETE, &path, &token).await.status, 404);
    assert_eq!(console.whoami(&second).await.status, 401);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn of_the_same_act_many_times_at_once_one_is_done(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    let ben = colleague(&console, &ada, "ben@example.test", &["write"]).await;
    token_of(&console, &ben).await;
    let token = token_of(&console, &ada).await;
    let user = id_of(&console, "ben@example.test").await;
    let theirs = format!("/api/v1/users/{user}/tokens");
    let listed = console.ask(Method::GET, &theirs, &token).await.json();
    let path = format!("{theirs}/{}", listed["items"][0]["id"].as_str().unwrap());
    let answers = join_all((0..8).map(|_| console.ask(Method::DELETE, &path, &token))).await;
    let mut statuses: Vec<_> = answers.iter().map(|answer| answer.status.as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 404, 404, 404, 404, 404, 404, 404]);
    let path = format!("/api/v1/users/{user}/deactivate");
    let body = json!({});
    let answers = join_all((0..8).map(|_| console.tell(Method::POST, &path, &token, &body))).await;
    assert!(answers.iter().all(|answer| answer.status == 204));
    for action in ["tokens.delete_any", "users.deactivate"] {
        assert_eq!(
            db_count(&pool, &format!("audit where action = '{action}'")).await,
            1,
            "{action}"
        );
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn a_token_asks_nothing_that_is_for_services_and_a_service_nothing_that_is_for_people(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let (_, secret) = super::service_of(&console, &ada).await;
    let token = token_of(&console, &ada).await;
    assert_eq!(
        console
            .tell(Method::POST, DECISIONS, &token, &json!({}))
            .await
            .status,
        401
    );
    for path in ["/api/v1/users", "/api/v1/audit", "/v1beta1/auth/whoami"] {
        assert_eq!(
            console.ask(Method::GET, path, &secret).await.status,
            401,
            "{path}"
        );
    }
    for path in ["/api/v1/tokens", "/api/v1/roles", "/v1beta1/auth/whoami"] {
        let asked = console
            .ask(Method::GET, &format!("{path}?show=expired"), &token)
            .await;
        assert_eq!(asked.status, 400, "{path} takes no parameter");
    }
}
