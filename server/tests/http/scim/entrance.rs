//! Who gets in, with what, and what is not understood.

use super::{MEDIA_TYPE, Provider, refused, scim};
use crate::{
    api::{bearer, service_of, token_of},
    identity_provider::org_id,
    stage::{caller, db_count, eve},
    visitor::TestConsole,
};
use backend::Client;
use domain::scim::ScimPart;
use reqwest::{Method, header};
use serde_json::json;
use sqlx::PgPool;

const NOBODY: &str = "018f0000-0000-7000-8000-000000000001";

/// Everything that can be asked, with a body where one belongs.
fn questions() -> Vec<(Method, String)> {
    let mut all = Vec::new();
    for place in ["Users", "Groups"] {
        all.push((Method::GET, format!("/{place}")));
        all.push((Method::POST, format!("/{place}")));
        for method in [Method::GET, Method::PUT, Method::PATCH, Method::DELETE] {
            all.push((method, format!("/{place}/{NOBODY}")));
        }
    }
    for place in [
        "ServiceProviderConfig",
        "ResourceTypes",
        "ResourceTypes/User",
        "Schemas",
    ] {
        all.push((Method::GET, format!("/{place}")));
    }
    all
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn nothing_but_a_token_of_the_organization_gets_an_answer(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    let eve = eve(&console).await;
    let okta = Provider::of(&console, &ada, "Okta").await;
    let others = Provider::of(&console, &eve, "Okta").await;
    let by_ada = caller(&console, &ada).await;
    let (gone, deleted) = console.backend.create_scim_token(&by_ada, "Gone").await.unwrap();
    console.backend.delete_scim_token(&by_ada, gone).await.unwrap();
    let (_, service) = service_of(&console, &ada).await;
    let before = db_count(&pool, "users").await;
    for presented in [
        String::new(),
        bearer(""),
        bearer("usher_scim_nothing"),
        bearer(&others.token),
        bearer(deleted.expose()),
        bearer(&token_of(&console, &ada).await),
        bearer(&service),
        format!("Basic {}", okta.token),
        okta.token.clone(),
    ] {
        for (method, path) in questions() {
            // With the cookie of an administrator, which does not count here.
            let mut request = ada
                .request(method.clone(), &format!("{}{path}", okta.base))
                .header(header::CONTENT_TYPE, MEDIA_TYPE)
                .body(json!({ "userName": "grace@example.test", "Operations": [] }).to_string());
            if !presented.is_empty() {
                request = request.header(header::AUTHORIZATION, &presented);
            }
            let answer = ada.send(request).await;
            refused(&answer, 401, "");
            assert_eq!(
                answer.header("www-authenticate"),
                "Bearer realm=\"usher\"",
                "{method} {path}"
            );
        }
    }
    assert_eq!(db_count(&pool, "users").await, before);
    let answer = Provider {
        base: "/scim/ffffff".into(),
        ..okta
    };
    refused(&answer.send(Method::GET, "/Users", None).await, 401, "");
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn what_is_switched_off_or_closed_is_refused_at_once(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let eve = eve(&console).await;
    let okta = Provider::of(&console, &eve, "Okta").await;
    let by = caller(&console, &eve).await;
    for (part, off, on) in [
        (ScimPart::Users, "/Users", "/Groups"),
        (ScimPart::Groups, "/Groups", "/Users"),
    ] {
        console.backend.switch_scim(&by, part, false).await.unwrap();
        for (method, path) in questions().into_iter().filter(|(_, path)| path.starts_with(off)) {
            let body = json!({
                "userName": "grace@example.test", "displayName": "Team", "Operations": [],
                "name": { "givenName": "Grace", "familyName": "Hopper" }
            });
            let answer = okta.send(method, &path, Some(body)).await;
            refused(&answer, 403, "");
            assert!(answer.body.contains("An IAM Admin switches it on"));
        }
        assert_eq!(okta.send(Method::GET, on, None).await.status, 200);
        assert_eq!(
            okta.send(Method::GET, "/ServiceProviderConfig", None)
                .await
                .status,
            200
        );
        console.backend.switch_scim(&by, part, true).await.unwrap();
    }
    let closed = org_id(&console, &eve).await;
    console
        .backend
        .close_organization(&Client::command_line(), &closed)
        .await
        .unwrap();
    refused(&okta.send(Method::GET, "/Users", None).await, 401, "");
    assert_eq!(ada.open("/").await.status, 200);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn what_is_another_organizations_is_not_there(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let eve = eve(&console).await;
    let (okta, others) = (
        Provider::of(&console, &ada, "Okta").await,
        Provider::of(&console, &eve, "Okta").await,
    );
    let user = others.get("/Users").await["Resources"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let group = others.post("/Groups", json!({ "displayName": "Team" })).await;
    let group = group["id"].as_str().unwrap();
    for path in [
        format!("/Users/{user}"),
        format!("/Groups/{group}"),
        "/Users/x".into(),
        "/Groups/x".into(),
    ] {
        for method in [Method::GET, Method::PUT, Method::PATCH, Method::DELETE] {
            let body = json!({ "displayName": "Mine", "Operations": [] });
            refused(&okta.send(method, &path, Some(body)).await, 404, "");
        }
    }
    for filter in [
        format!("id eq \"{user}\""),
        "userName eq \"eve@other.test\"".into(),
    ] {
        assert_eq!(okta.look_up("Users", &filter).await["totalResults"], 0);
    }
    let own = okta.post("/Groups", json!({ "displayName": "Team" })).await;
    let path = format!("/Groups/{}", own["id"].as_str().unwrap());
    let add = json!([{ "op": "add", "path": "members", "value": [{ "value": user }] }]);
    refused(&okta.patch(&path, add).await, 400, "invalidValue");
    let taken = json!({ "userName": "EVE@other.test", "name": { "givenName": "E", "familyName": "V" } });
    let taken = okta.send(Method::POST, "/Users", Some(taken)).await;
    refused(&taken, 409, "uniqueness");
    assert!(taken.body.contains("already belongs to an account"));
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn what_is_not_understood_is_refused_and_changes_nothing(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    let okta = Provider::of(&console, &ada, "Okta").await;
    let entries = db_count(&pool, "audit").await;
    for path in [
        "/Users?filter=userName%20sw%20%22a%22",
        "/Users?filter=title%20eq%20%22a%22",
        "/Users?filter=active%20eq%20%22perhaps%22",
        "/Users?filter=emails%5Btype%20eq%20%22home%22%5D.value%20eq%20%22a%22",
        "/Users?filter=",
        "/Groups?filter=userName%20eq%20%22a%22",
        "/Groups?filter=members%5Bvalue%20eq%20%22a%22%5D%20eq%20%22a%22",
    ] {
        refused(&okta.send(Method::GET, path, None).await, 400, "invalidFilter");
    }
    refused(
        &okta.send(Method::GET, "/Users?count=many", None).await,
        400,
        "invalidValue",
    );
    for (body, kind) in [
        (json!({}), "invalidValue"),
        (json!({ "userName": "nobody" }), "invalidValue"),
        (json!({ "userName": 7 }), "invalidValue"),
        (
            json!({ "userName": "grace@example.test", "active": false }),
            "invalidValue",
        ),
        (
            json!({ "userName": "grace@example.test", "name": { "givenName": "a\u{0}b" } }),
            "invalidValue",
        ),
        (json!([]), "invalidSyntax"),
    ] {
        refused(&okta.send(Method::POST, "/Users", Some(body)).await, 400, kind);
    }
    refused(
        &okta.send(Method::POST, "/Groups", Some(json!({}))).await,
        400,
        "invalidValue",
    );
    let admin = json!({ "displayName": "ADMIN" });
    refused(
        &okta.send(Method::POST, "/Groups", Some(admin)).await,
        409,
        "uniqueness",
    );
    refused(&okta.send(Method::PUT, "/Users", Some(json!({}))).await, 405, "");
    refused(&okta.send(Method::GET, "/Nothing", None).await, 404, "");
    refused(&okta.send(Method::POST, "/Bulk", Some(json!({}))).await, 404, "");
    let huge = json!({ "userName": "x".repeat(1024 * 1024) });
    refused(&okta.send(Method::POST, "/Users", Some(huge)).await, 413, "");
    let stranger = console.stranger();
    let request = stranger
        .request(Method::POST, &format!("{}/Users", okta.base))
        .header(header::AUTHORIZATION, bearer(&okta.token))
        .header(header::CONTENT_TYPE, "text/plain")
        .body("{}");
    refused(&stranger.send(request).await, 415, "");
    assert_eq!(db_count(&pool, "audit").await, entries);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn entity_tags_tell_what_is_known_and_guard_what_is_changed(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let okta = Provider::of(&console, &ada, "Okta").await;
    let shown = okta.get("/Users?count=1").await["Resources"][0].clone();
    let path = format!("/Users/{}", shown["id"].as_str().unwrap());
    let tag = shown["meta"]["version"].as_str().unwrap();
    let known = okta
        .send_with(Method::GET, &path, None, &[("if-none-match", tag)])
        .await;
    assert_eq!((known.status.as_u16(), known.header("etag")), (304, tag));
    let change = json!({ "Operations": [{ "op": "replace", "path": "name.familyName", "value": "King" }] });
    let first = okta
        .send_with(Method::PATCH, &path, Some(change.clone()), &[("if-match", tag)])
        .await;
    assert_eq!(scim(&first, 200)["displayName"], "Ada King");
    let second = okta
        .send_with(Method::PATCH, &path, Some(change), &[("if-match", tag)])
        .await;
    refused(&second, 412, "");
    let gone = okta
        .send_with(Method::DELETE, &path, None, &[("if-match", tag)])
        .await;
    refused(&gone, 412, "");
    // What can't be read is no leave to go on.
    for unreadable in ["W/\"é\"", "", "none"] {
        let answer = okta
            .send_with(Method::DELETE, &path, None, &[("if-match", unreadable)])
            .await;
        refused(&answer, 412, "");
    }
    let twice = [("if-match", "*"), ("if-match", "*")];
    refused(
        &okta.send_with(Method::DELETE, &path, None, &twice).await,
        412,
        "",
    );
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn an_identity_provider_that_asks_too_much_is_told_for_how_long_to_wait(pool: PgPool) {
    let console = TestConsole::start_with(pool, &[("throttle_questions_scim", "2")]).await;
    let ada = console.ada().await;
    let (okta, entra) = (
        Provider::of(&console, &ada, "Okta").await,
        Provider::of(&console, &ada, "Entra ID").await,
    );
    for left in [1, 0] {
        let answer = okta.send(Method::GET, "/Users", None).await;
        let told = answer.header("ratelimit");
        assert!(told.starts_with(&format!("\"credential\";r={left};t=")), "{told}");
    }
    let late = okta.send(Method::GET, "/Users", None).await;
    refused(&late, 429, "");
    assert!(late.header("retry-after").parse::<u32>().unwrap() <= 30);
    assert_eq!(entra.send(Method::GET, "/Users", None).await.status, 200);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn brackets_without_end_are_refused_and_the_server_goes_on(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let okta = Provider::of(&console, &ada, "Okta").await;
    let nested = "a[".repeat(20_000);
    let filter = format!("/Users?filter={}", "a%5B".repeat(5_000));
    refused(&okta.send(Method::GET, &filter, None).await, 400, "invalidFilter");
    let user = okta.get("/Users?count=1").await["Resources"][0]["id"].clone();
    let path = format!("/Users/{}", user.as_str().unwrap());
    for operation in [
        json!({ "op": "replace", "path": nested, "value": 1 }),
        json!({ "op": "replace", "value": { nested.as_str(): 1 } }),
    ] {
        let body = json!({ "Operations": [operation] });
        let answer = okta.send(Method::PATCH, &path, Some(body)).await;
        assert_eq!(answer.status, 400, "{}", answer.body);
    }
    assert_eq!(okta.send(Method::GET, &path, None).await.status, 200);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn what_can_be_done_is_described(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let okta = Provider::of(&console, &ada, "Okta").await;
    let config = okta.get("/ServiceProviderConfig").await;
    assert_eq!(
        (&config["patch"]["supported"], &config["bulk"]["supported"]),
        (&json!(true), &json!(false))
    );
    for (place, count) in [("ResourceTypes", 2), ("Schemas", 2)] {
        let all = okta.get(&format!("/{place}")).await;
        assert_eq!(all["totalResults"], count);
        for one in all["Resources"].as_array().unwrap() {
            let location = one["meta"]["location"].as_str().unwrap();
            let path = location
                .strip_prefix(&format!("{}{}", console.origin, okta.base))
                .unwrap();
            assert_eq!(&okta.get(path).await, one);
        }
    }
    refused(&okta.send(Method::GET, "/Schemas/none", None).await, 404, "");
}
