//! `GET /v1beta1/auth/whoami`.

use super::{WHOAMI, bearer, token_of};
use crate::{
    stage::{colleague, deactivate, eve, id_of, settings},
    visitor::TestConsole,
};
use reqwest::{Method, header};
use serde_json::json;
use sqlx::PgPool;

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn a_token_tells_who_it_acts_as_and_what_they_may_do(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let ben = colleague(&console, &ada, "ben@example.test", &["metrics", "write"]).await;
    let token = token_of(&console, &ben).await;
    let answer = console.whoami(&token).await;
    assert_eq!(answer.status, 200);
    let org_id = settings(&ben).await.org_id;
    let expected = json!({ "principal": {
        "uid": id_of(&console, "ben@example.test").await,
        "orgUid": org_id.as_str(),
        "groups": ["metrics", "write"],
        "consoleActions": [
            "buckets.create", "buckets.delete", "buckets.edit", "buckets.view", "clusters.create", "clusters.delete",
            "clusters.edit", "clusters.view", "dashboards.view", "logs.view", "metrics.view", "tokens.create",
            "tokens.delete", "tokens.view"
        ]
    } });
    assert_eq!(answer.json(), expected);
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("set-cookie"), "");
}

/// DEACT-02: whatever is wrong with a token, the answer is that of one which never was.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn deact_02_a_token_of_a_deactivated_person_is_as_unknown_as_one_that_never_was(pool: PgPool) {
    let (console, other) = (
        TestConsole::start(pool.clone()).await,
        TestConsole::start(pool.clone()).await,
    );
    let ada = console.ada().await;
    let ben = colleague(&console, &ada, "ben@example.test", &["write"]).await;
    let token = token_of(&console, &ben).await;
    let expired = token_of(&console, &ada).await;
    sqlx::query("update access_tokens set expires_at = created_at + interval '1 millisecond' where user_id <> $1::uuid")
        .bind(id_of(&console, "ben@example.test").await)
        .execute(&pool)
        .await
        .unwrap();
    for server in [&console, &other] {
        assert_eq!(server.whoami(&token).await.status, 200);
    }
    assert_eq!(deactivate(&console, &ada, "ben@example.test").await.status, 200);
    let unknown = console
        .whoami("usher_0000000000000000000000000000000000000000000000000")
        .await;
    assert_eq!(unknown.status, 401);
    assert!(
        unknown
            .header("www-authenticate")
            .contains("error=\"invalid_token\"")
    );
    for server in [&console, &other] {
        for token in [&token, &expired] {
            let answer = server.whoami(token).await;
            assert_eq!(
                (answer.status, &answer.body, answer.lasting_headers()),
                (unknown.status, &unknown.body, unknown.lasting_headers())
            );
        }
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn ses_10_a_token_counts_in_its_header_and_nowhere_else(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let token = token_of(&console, &ada).await;
    let session = ada.cookie("usher").unwrap();
    let plain = || console.stranger().request(Method::GET, WHOAMI);
    let authorization = |value: &str| plain().header(header::AUTHORIZATION, value.to_owned());
    for refused in [
        plain(),
        plain().header(header::COOKIE, format!("usher={token}; token={token}")),
        plain().header("x-access-token", &token),
        plain().header("x-api-key", &token),
        console.stranger().request(
            Method::GET,
            &format!("{WHOAMI}?access_token={token}&token={token}"),
        ),
        authorization(&token),
        authorization(&format!("Token {token}")),
        authorization(&format!("Basic {token}")),
        authorization(&bearer(&session)),
        authorization(&bearer(&token)).header(header::AUTHORIZATION, bearer(&token)),
        // A session is no token, wherever it stands.
        ada.request(Method::GET, WHOAMI),
    ] {
        let answer = console.stranger().send(refused).await;
        assert_eq!(answer.status, 401);
        assert_eq!(answer.json()["code"], "unauthenticated");
        assert!(answer.header("www-authenticate").starts_with("Bearer realm="));
    }
    assert_eq!(console.whoami(&token).await.status, 200);

    // And a token is no session: neither as a cookie nor in its own header.
    let thief = console.stranger();
    thief.set_cookie("usher", &token);
    assert_eq!(thief.open("/organization/users").await.redirect().0, 303);
    assert_eq!(thief.call("/api/account/settings", &[]).await.status, 401);
    let page = console
        .stranger()
        .request(Method::GET, "/organization/users")
        .header(header::AUTHORIZATION, bearer(&token));
    assert_eq!(console.stranger().send(page).await.redirect().0, 303);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn ses_10_whose_a_token_is_comes_from_the_session_and_its_secret_is_shown_once(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    let ben = colleague(&console, &ada, "ben@example.test", &["write"]).await;
    let adas = id_of(&console, "ada@example.test").await;
    let fields = [
        ("name", "Mine"),
        ("expires", "one_month"),
        ("user", &adas),
        ("user_id", &adas),
        ("organization", "000000"),
        ("expires_at", "2999-01-01"),
        ("roles", "iam-admin"),
    ];
    let made = ben.post("/tokens", "/api/tokens/create", &fields).await;
    assert_eq!(made.redirect(), (303, "/tokens?dialog=secret"));
    let flash = ben.cookie("flash").unwrap();
    let shown = ben.open("/tokens?dialog=secret").await;
    let (_, rest) = shown.body.split_once("usher_").unwrap();
    let secret = format!("usher_{}", &rest[..49]);
    let whoami = console.whoami(&secret).await.json();
    assert_eq!(
        whoami["principal"]["uid"],
        id_of(&console, "ben@example.test").await
    );
    // Whoever copied the cookie has it no longer than the browser.
    console.advance(app::request::FLASH_SECONDS);
    ben.set_cookie("flash", &flash);
    let late = ben.open("/tokens?dialog=secret").await;
    assert!(late.status == 200 && !late.body.contains(&secret));
    let again = ben.open("/tokens?dialog=secret").await;
    assert!(again.status == 200 && !again.body.contains(&secret));
    assert!(
        !crate::stage::db_holds(&pool, &secret).await && !crate::stage::db_holds(&pool, &secret[6..]).await
    );
    for page in ["/tokens", "/account/settings"] {
        assert!(!ben.open(page).await.body.contains(&secret[6..]));
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn ses_11_a_role_that_is_lost_is_lost_to_every_token_at_the_next_call(pool: PgPool) {
    let (console, other) = (
        TestConsole::start(pool.clone()).await,
        TestConsole::start(pool.clone()).await,
    );
    let ada = console.ada().await;
    let ben = colleague(&console, &ada, "ben@example.test", &["write", "metrics"]).await;
    let tokens = [token_of(&console, &ben).await, token_of(&console, &ben).await];
    sqlx::query("delete from memberships m using groups g where g.id = m.group_id and g.name = 'write'")
        .execute(&pool)
        .await
        .unwrap();
    for server in [&console, &other] {
        for token in &tokens {
            let principal = &server.whoami(token).await.json()["principal"];
            assert_eq!(principal["groups"], json!(["metrics"]));
            assert_eq!(
                principal["consoleActions"],
                json!(["dashboards.view", "logs.view", "metrics.view"])
            );
        }
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn ses_10_a_token_is_made_in_a_session_and_deleted_by_its_person_or_an_administrator(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    let ben = colleague(&console, &ada, "ben@example.test", &["write"]).await;
    let cleo = colleague(&console, &ada, "cleo@example.test", &["write"]).await;
    let eve = eve(&console).await;
    let token = token_of(&console, &ben).await;
    let by_token = console
        .stranger()
        .request(Method::POST, "/api/tokens/create")
        .header(header::AUTHORIZATION, bearer(&token))
        .header(header::ORIGIN, &console.origin)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body("name=More&expires=never");
    assert_eq!(console.stranger().send(by_token).await.status, 401);
    let id: sqlx::types::Uuid = sqlx::query_scalar("select id from access_tokens")
        .fetch_one(&pool)
        .await
        .unwrap();
    let (id, user) = (id.to_string(), id_of(&console, "ben@example.test").await);
    let fields = [("token", id.as_str()), ("user", &user)];
    for (person, own, any) in [(&cleo, 404, 403), (&eve, 404, 404)] {
        assert_eq!(person.call("/api/tokens/delete", &fields).await.status, own);
        assert_eq!(person.call("/api/tokens/delete_of", &fields).await.status, any);
    }
    assert_eq!(console.whoami(&token).await.status, 200);
    assert_eq!(ada.call("/api/tokens/delete_of", &fields).await.status, 200);
    assert_eq!(console.whoami(&token).await.status, 401);
}
