//! The requests of Okta's SCIM client, as its documentation shows them.

use super::{Provider, refused, scim};
use crate::{
    api::token_of,
    identity_provider::{deploy, typed},
    stage::colleague,
    visitor::TestConsole,
};
use domain::access::Role;
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::PgPool;

fn grace() -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": "grace@example.test",
        "name": { "givenName": "Grace", "familyName": "Hopper" },
        "emails": [{ "primary": true, "value": "grace@example.test", "type": "work" }],
        "displayName": "Grace Hopper",
        "locale": "en-US",
        "externalId": "00ujl29u0le5T6Aj10h7",
        "groups": [],
        "password": "1mz050nq",
        "active": true
    })
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn a_person_is_looked_up_added_replaced_and_deactivated(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    deploy(&console, &ada, typed()).await;
    let okta = Provider::of(&console, &ada, "Okta").await;
    let none = okta
        .get("/Users?filter=userName%20eq%20%22grace%40example.test%22&startIndex=1&count=100")
        .await;
    assert_eq!(
        (&none["totalResults"], &none["Resources"]),
        (&json!(0), &json!([]))
    );

    let made = okta.post("/Users", grace()).await;
    assert_eq!(made["userName"], "grace@example.test");
    assert_eq!(
        (&made["active"], &made["externalId"]),
        (&json!(true), &json!("00ujl29u0le5T6Aj10h7"))
    );
    assert!(made.get("password").is_none());
    let again = okta.send(Method::POST, "/Users", Some(grace())).await;
    refused(&again, 409, "uniqueness");
    // Nobody there has a button for it.
    assert!(!again.body.contains("resend"), "{}", again.body);
    let path = format!("/Users/{}", made["id"].as_str().unwrap());
    assert_eq!(okta.get(&path).await, made);

    let mut married = made.clone();
    married["name"]["familyName"] = json!("Murray");
    let replaced = scim(&okta.send(Method::PUT, &path, Some(married)).await, 200);
    assert_eq!(replaced["displayName"], "Grace Murray");
    assert_ne!(replaced["meta"]["version"], made["meta"]["version"]);
    let mut moved = made.clone();
    moved["userName"] = json!("other@example.test");
    refused(
        &okta.send(Method::PUT, &path, Some(moved)).await,
        400,
        "mutability",
    );

    let off = okta
        .patch(&path, json!([{ "op": "replace", "value": { "active": false } }]))
        .await;
    assert_eq!(scim(&off, 200)["active"], false);
    let on = okta
        .patch(&path, json!([{ "op": "replace", "value": { "active": true } }]))
        .await;
    assert_eq!(scim(&on, 200)["active"], true);
    assert_eq!(okta.send(Method::DELETE, &path, None).await.status, 204);
    refused(&okta.send(Method::GET, &path, None).await, 404, "");
    assert_eq!(
        okta.look_up("Users", "userName eq \"grace@example.test\"").await["totalResults"],
        0
    );
    // Assigned again: the same person.
    assert_eq!(okta.post("/Users", grace()).await["id"], made["id"]);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn whoever_is_unassigned_is_out_with_their_next_request(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let ben = colleague(&console, &ada, "ben@example.test", &["write"]).await;
    let token = token_of(&console, &ben).await;
    let okta = Provider::of(&console, &ada, "Okta").await;
    assert_eq!(console.whoami(&token).await.status, 200);
    assert_eq!(ben.open("/").await.status, 200);
    let found = okta.look_up("Users", "userName eq \"BEN@example.test\"").await;
    let path = format!("/Users/{}", found["Resources"][0]["id"].as_str().unwrap());
    let off = okta
        .patch(&path, json!([{ "op": "replace", "value": { "active": false } }]))
        .await;
    assert_eq!(off.status, 200);
    assert_eq!(console.whoami(&token).await.status, 401);
    assert_eq!(
        ben.open("/").await.redirect(),
        (303, "/sign-in?notice=session-ended")
    );
    // The last administrator stays, and Okta shows its administrators why.
    let found = okta.look_up("Users", "userName eq \"ada@example.test\"").await;
    let path = format!("/Users/{}", found["Resources"][0]["id"].as_str().unwrap());
    let off = okta
        .patch(&path, json!([{ "op": "replace", "value": { "active": false } }]))
        .await;
    refused(&off, 409, "");
    assert!(off.body.contains("last active IAM Admin"));
    assert_eq!(ada.open("/").await.status, 200);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn a_group_is_pushed_and_gives_what_a_policy_gives_it(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let ben = colleague(&console, &ada, "ben@example.test", &[]).await;
    let okta = Provider::of(&console, &ada, "Okta").await;
    let found = okta.look_up("Users", "userName eq \"ben@example.test\"").await;
    let id = found["Resources"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(
        okta.look_up("Groups", "displayName eq \"Cluster team\"").await["totalResults"],
        0
    );
    let team = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "Cluster team", "members": []
    });
    let made = okta.post("/Groups", team).await;
    let group = made["id"].as_str().unwrap();
    crate::stage::new_policy(&console, &ada, "Clusters", &[Role::IamViewer], group).await;
    let path = format!("/Groups/{group}");
    assert_eq!(ben.open("/organization/users").await.status, 403);
    let add = json!([{ "op": "add", "path": "members", "value": [{ "value": id, "display": "ben@example.test" }] }]);
    assert_eq!(okta.patch(&path, add).await.status, 204);
    assert_eq!(ben.open("/organization/users").await.status, 200);
    let shown = okta.get(&path).await;
    assert_eq!(shown["members"][0]["value"], id.as_str());
    assert_eq!(shown["members"][0]["display"], "ben@example.test");
    let rename = json!([{ "op": "replace", "value": { "id": group, "displayName": "Clusters" } }]);
    assert_eq!(okta.patch(&path, rename).await.status, 204);
    let remove = json!([{ "op": "remove", "path": format!("members[value eq \"{id}\"]") }]);
    assert_eq!(okta.patch(&path, remove).await.status, 204);
    assert_eq!(ben.open("/organization/users").await.status, 403);
    let all = json!([{ "op": "replace", "path": "members", "value": [{ "value": id }] }]);
    assert_eq!(okta.patch(&path, all).await.status, 204);
    assert_eq!(ben.open("/organization/users").await.status, 200);
    let mut whole = okta.get(&path).await;
    whole["members"] = json!([]);
    assert_eq!(
        scim(&okta.send(Method::PUT, &path, Some(whole)).await, 200)["displayName"],
        "Clusters"
    );
    assert_eq!(ben.open("/organization/users").await.status, 403);
    assert_eq!(okta.send(Method::DELETE, &path, None).await.status, 204);
    refused(&okta.send(Method::GET, &path, None).await, 404, "");
}
