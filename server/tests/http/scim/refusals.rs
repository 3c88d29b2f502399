//! What an identity provider is refused for a reason that people don't meet, each in its words.

use super::{Provider, scim};
use crate::{
    stage::{caller, colleague, deactivate, id_of},
    visitor::{TestConsole, Visitor},
};
use domain::{refusal::Refusal, scim::ScimPart};
use reqwest::Method;
use serde_json::{Value, json};

/// Their names. One token for SCIM is there afterwards.
pub(crate) async fn by_scim(console: &TestConsole, ada: &Visitor) -> Vec<String> {
    colleague(console, ada, "put.out@example.test", &[]).await;
    deactivate(console, ada, "put.out@example.test").await;
    let okta = Provider::of(console, ada, "Okta").await;
    let own = format!("/Users/{}", id_of(console, "ada@example.test").await);
    let out = format!("/Users/{}", id_of(console, "put.out@example.test").await);
    let mut reached = Vec::new();
    let mut refuses = async |method: Method, path: &str, body: Value, status: u16, why: Refusal| {
        let answer = okta.send(method, path, Some(body)).await;
        assert_eq!(scim(&answer, status)["detail"], why.sentence());
        reached.push(format!("{why:?}"));
    };
    let moved = json!({ "userName": "other@example.test" });
    refuses(Method::PUT, &own, moved, 400, Refusal::ScimAddressStays).await;
    let idle = json!({ "userName": "new@example.test", "active": false });
    refuses(Method::POST, "/Users", idle, 400, Refusal::ScimNewIsActive).await;
    let back = json!({ "active": true });
    refuses(Method::PUT, &out, back, 409, Refusal::DeactivatedByHand).await;
    let by = caller(console, ada).await;
    for (part, path, why) in [
        (ScimPart::Users, "/Users", Refusal::ScimUsersOff),
        (ScimPart::Groups, "/Groups", Refusal::ScimGroupsOff),
    ] {
        console.backend.switch_scim(&by, part, false).await.unwrap();
        refuses(
            Method::POST,
            path,
            json!({ "userName": "new@example.test" }),
            403,
            why,
        )
        .await;
    }
    reached
}
