//! The requests of Entra ID's provisioning service, as its documentation shows them.

use super::{Provider, refused, scim};
use crate::{
    identity_provider::{deploy, typed},
    visitor::TestConsole,
};
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::PgPool;

fn user() -> Value {
    json!({
        "schemas": [
            "urn:ietf:params:scim:schemas:core:2.0:User",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
        ],
        "externalId": "0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef",
        "userName": "Test_User_ab6490ee@example.test",
        "active": true,
        "displayName": "lennay",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": { "department": "bob" },
        "emails": [{ "primary": true, "type": "work", "value": "Test_User_fd0ea19b@example.test" }],
        "meta": { "resourceType": "User" },
        "name": { "formatted": "givenName familyName", "familyName": "familyName", "givenName": "givenName" },
        "roles": []
    })
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn a_person_is_matched_added_changed_and_soft_deleted(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    deploy(&console, &ada, typed()).await;
    let entra = Provider::of(&console, &ada, "Entra ID").await;
    // Its connection test asks for somebody who does not exist.
    let nobody = entra
        .look_up("Users", "userName eq \"1f0a3c8e-4f2f-4d5a-9b58-cb5d3a2a5f0d\"")
        .await;
    assert_eq!(nobody["totalResults"], 0);
    let made = entra.post("/Users", user()).await;
    let path = format!("/Users/{}", made["id"].as_str().unwrap());
    for filter in [
        "userName eq \"test_user_ab6490ee@example.test\"",
        "externalId eq \"0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef\"",
        "emails[type eq \"work\"].value eq \"Test_User_ab6490ee@example.test\"",
    ] {
        let found = entra.look_up("Users", filter).await;
        assert_eq!(found["Resources"], json!([made]), "{filter}");
    }
    let changed = entra
        .patch(&path, json!([
            { "op": "Replace", "path": "name.familyName", "value": "updatedFamilyName" },
            { "op": "Replace", "path": "displayName", "value": "other" },
            { "op": "Replace", "path": "emails[type eq \"work\"].value", "value": "other@example.test" },
            { "op": "Add", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department", "value": "x" },
        ]))
        .await;
    let changed = scim(&changed, 200);
    assert_eq!(changed["name"]["formatted"], "givenName updatedFamilyName");
    assert_eq!(changed["emails"], made["emails"]);
    let off = entra
        .patch(
            &path,
            json!([{ "op": "Replace", "path": "active", "value": "False" }]),
        )
        .await;
    assert_eq!(scim(&off, 200)["active"], false);
    assert_eq!(entra.get(&path).await["active"], false);
    let on = entra
        .patch(
            &path,
            json!([{ "op": "Replace", "path": "active", "value": "True" }]),
        )
        .await;
    assert_eq!(scim(&on, 200)["active"], true);
    assert_eq!(entra.send(Method::DELETE, &path, None).await.status, 204);
    refused(&entra.send(Method::DELETE, &path, None).await, 404, "");
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn a_group_is_kept_without_its_members_being_read(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    deploy(&console, &ada, typed()).await;
    let entra = Provider::of(&console, &ada, "Entra ID").await;
    let id = entra.post("/Users", user()).await["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let group = json!({
        "schemas": [
            "urn:ietf:params:scim:schemas:core:2.0:Group",
            "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"
        ],
        "externalId": "8aa1a0c0-c4c3-4bc0-b4a5-2ef676900159",
        "displayName": "displayName",
        "meta": { "resourceType": "Group" }
    });
    let made = entra.post("/Groups", group).await;
    let group = made["id"].as_str().unwrap();
    let path = format!("/Groups/{group}");
    let found = entra
        .get("/Groups?excludedAttributes=members&filter=displayName%20eq%20%22displayName%22")
        .await;
    assert_eq!(found["totalResults"], 1);
    assert!(found["Resources"][0].get("members").is_none());
    let add = json!([{ "op": "Add", "path": "members", "value": [{ "$ref": null, "value": id }] }]);
    let answer = entra.patch(&path, add).await;
    assert_eq!((answer.status.as_u16(), answer.body.as_str()), (204, ""));
    let is_member = format!("id eq \"{group}\" and members eq \"{id}\"");
    assert_eq!(entra.look_up("Groups", &is_member).await["totalResults"], 1);
    let remove = json!([{ "op": "Remove", "path": "members", "value": [{ "$ref": null, "value": id }] }]);
    assert_eq!(entra.patch(&path, remove).await.status, 204);
    assert_eq!(entra.look_up("Groups", &is_member).await["totalResults"], 0);
    let rename = json!([{ "op": "Replace", "path": "displayName", "value": "1879db59-3bdf-4490-ad68-ab880a269474updatedDisplayName" }]);
    assert_eq!(entra.patch(&path, rename).await.status, 204);
    let excluded = entra.get(&format!("{path}?excludedAttributes=members")).await;
    assert!(
        excluded["displayName"]
            .as_str()
            .unwrap()
            .ends_with("updatedDisplayName")
    );
    let nested = json!([{ "op": "Add", "path": "members", "value": [{ "value": group, "type": "Group" }] }]);
    refused(&entra.patch(&path, nested).await, 400, "invalidValue");
    assert_eq!(entra.send(Method::DELETE, &path, None).await.status, 204);
}
