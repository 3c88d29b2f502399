//! SCIM, as identity providers speak it: the requests of Okta and Entra ID in their order and shape, and everybody who
//! presents something else.

mod documents;
mod entra;
mod entrance;
mod okta;
mod refusals;

pub(crate) use refusals::by_scim;

use crate::{
    identity_provider::org_id,
    stage::caller,
    visitor::{Answer, TestConsole, Visitor},
};
use domain::scim::ScimPart;
use reqwest::{Method, header};
use serde_json::{Value, json};

const MEDIA_TYPE: &str = "application/scim+json";

/// An identity provider with a token.
struct Provider<'a> {
    console: &'a TestConsole,
    base: String,
    token: String,
}

impl<'a> Provider<'a> {
    /// Whose people and groups are taken.
    async fn of(console: &'a TestConsole, admin: &Visitor, name: &str) -> Self {
        let by = caller(console, admin).await;
        for part in ScimPart::ALL {
            console.backend.switch_scim(&by, part, true).await.unwrap();
        }
        let (_, secret) = console.backend.create_scim_token(&by, name).await.unwrap();
        Self {
            console,
            base: format!("/scim/{}", org_id(console, admin).await),
            token: secret.expose().to_owned(),
        }
    }

    /// Where it asks, and with what.
    fn access(&self) -> (String, String) {
        (format!("{}{}", self.console.url, self.base), self.token.clone())
    }

    async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        self.send_with(method, path, body, &[]).await
    }

    async fn send_with(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
        headers: &[(&str, &str)],
    ) -> Answer {
        let stranger = self.console.stranger();
        let mut request = stranger
            .request(method, &format!("{}{path}", self.base))
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token));
        if let Some(body) = body {
            request = request
                .header(header::CONTENT_TYPE, MEDIA_TYPE)
                .body(body.to_string());
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        stranger.send(request).await
    }

    async fn get(&self, path: &str) -> Value {
        let answer = self.send(Method::GET, path, None).await;
        scim(&answer, 200)
    }

    /// Whatever is found by a filter.
    async fn look_up(&self, place: &str, filter: &str) -> Value {
        self.get(&format!(
            "/{place}?filter={}",
            filter.replace('"', "%22").replace(' ', "%20")
        ))
        .await
    }

    async fn post(&self, place: &str, body: Value) -> Value {
        let answer = self.send(Method::POST, place, Some(body)).await;
        let made = scim(&answer, 201);
        assert_eq!(answer.header("location"), made["meta"]["location"]);
        assert_eq!(answer.header("etag"), made["meta"]["version"]);
        made
    }

    async fn patch(&self, path: &str, operations: Value) -> Answer {
        let body = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations
        });
        self.send(Method::PATCH, path, Some(body)).await
    }
}

/// A body of SCIM.
fn scim(answer: &Answer, status: u16) -> Value {
    assert_eq!(answer.status.as_u16(), status, "{}", answer.body);
    assert_eq!(answer.header("content-type"), MEDIA_TYPE);
    assert_eq!(answer.header("cache-control"), "no-store");
    serde_json::from_str(&answer.body).unwrap()
}

/// An error, by its word; empty: it has none.
fn refused(answer: &Answer, status: u16, kind: &str) {
    let error = scim(answer, status);
    assert_eq!(
        error["schemas"],
        json!(["urn:ietf:params:scim:api:messages:2.0:Error"])
    );
    assert_eq!(error["status"], status.to_string());
    assert_eq!(error["scimType"].as_str().unwrap_or_default(), kind);
    assert!(
        error["detail"]
            .as_str()
            .is_some_and(|detail| detail.ends_with('.')),
        "{error}"
    );
}
