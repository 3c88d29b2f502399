//! What programs ask: by an access token who it acts as, and by the credential of a service who a token belongs to and what
//! somebody may do.

mod access;
mod decisions;
mod documents;
mod errors;
mod guard;
mod introspection;
mod invitations;
mod limits;
mod matrix;
mod openapi;
mod schemathesis;
mod users;
mod whoami;

use crate::{
    stage::caller,
    visitor::{Answer, TestConsole, Visitor, encoded},
};
use reqwest::{Method, RequestBuilder, header};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU32, Ordering};

pub(crate) const WHOAMI: &str = "/v1beta1/auth/whoami";
pub(crate) const INTROSPECT: &str = "/oauth2/introspect";
pub(crate) const DECISIONS: &str = "/api/v1/decisions";

/// A name that no other has.
fn unlike_any(kind: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    format!("{kind} {}", NEXT.fetch_add(1, Ordering::SeqCst))
}

/// An access token of somebody, without an end.
pub(crate) async fn token_of(console: &TestConsole, person: &Visitor) -> String {
    let caller = caller(console, person).await;
    let name = unlike_any("Token");
    let made = console.backend.create_token(&caller, &name, "never", "").await;
    made.unwrap().expose().to_owned()
}

/// The same of somebody who may make none: it was an administrator's.
pub(crate) async fn db_token_for(console: &TestConsole, admin: &Visitor, email: &str) -> String {
    let token = token_of(console, admin).await;
    sqlx::query(
        "update access_tokens set user_id = (select id from users where email = $1)
         where id = (select id from access_tokens order by created_at desc limit 1)",
    )
    .bind(email)
    .execute(&console.pool)
    .await
    .unwrap();
    token
}

/// The id and the secret of a new service.
pub(crate) async fn service_of(console: &TestConsole, admin: &Visitor) -> (String, String) {
    let caller = caller(console, admin).await;
    let name = unlike_any("Service");
    let (id, secret) = console.backend.create_service(&caller, &name).await.unwrap();
    (id.to_string(), secret.expose().to_owned())
}

/// The id of a new token for SCIM.
pub(crate) async fn scim_token_of(console: &TestConsole, admin: &Visitor) -> String {
    let caller = caller(console, admin).await;
    let name = unlike_any("Provider");
    let (id, _) = console.backend.create_scim_token(&caller, &name).await.unwrap();
    id.to_string()
}

pub(crate) fn bearer(secret: &str) -> String {
    format!("Bearer {secret}")
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.header("content-type"), "application/json", "{}", self.body);
        serde_json::from_str(&self.body).unwrap()
    }
}

impl TestConsole {
    /// A program that brings this header, or none, and no cookie.
    fn program(&self, method: Method, path: &str, authorization: &str) -> RequestBuilder {
        let request = self.stranger().request(method, path);
        match authorization {
            "" => request,
            some => request.header(header::AUTHORIZATION, some),
        }
    }

    /// Asks by an access token, without a body.
    pub(crate) async fn ask(&self, method: Method, path: &str, token: &str) -> Answer {
        let request = self.program(method, path, &bearer(token));
        self.stranger().send(request).await
    }

    /// The same with one in JSON.
    pub(crate) async fn tell(&self, method: Method, path: &str, token: &str, body: &Value) -> Answer {
        let request = self
            .program(method, path, &bearer(token))
            .header(header::CONTENT_TYPE, "application/json")
            .body(body.to_string());
        self.stranger().send(request).await
    }

    /// With one header more than a question has.
    pub(crate) async fn tell_with(
        &self,
        (method, path): (Method, &str),
        token: &str,
        (name, value): (&str, &str),
        body: &Value,
    ) -> Answer {
        let request: RequestBuilder = self
            .program(method, path, &bearer(token))
            .header(header::CONTENT_TYPE, "application/json")
            .header(name, value)
            .body(body.to_string());
        self.stranger().send(request).await
    }

    pub(crate) async fn group(&self, token: &str, name: &str) -> String {
        let made = self
            .tell(Method::POST, "/api/v1/groups", token, &json!({ "name": name }))
            .await;
        assert_eq!(made.status, 201, "{}", made.body);
        made.json()["id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn whoami(&self, token: &str) -> Answer {
        let request = self.program(Method::GET, WHOAMI, &bearer(token));
        self.stranger().send(request).await
    }

    pub(crate) async fn introspect(&self, authorization: &str, token: &str) -> Answer {
        let form = "application/x-www-form-urlencoded";
        let request = self
            .program(Method::POST, INTROSPECT, authorization)
            .header(header::CONTENT_TYPE, form)
            .body(encoded(&[("token", token)]));
        self.stranger().send(request).await
    }

    pub(crate) async fn decide(&self, authorization: &str, question: &Value) -> Answer {
        let request = self
            .program(Method::POST, DECISIONS, authorization)
            .header(header::CONTENT_TYPE, "application/json")
            .body(question.to_string());
        self.stranger().send(request).await
    }
}
