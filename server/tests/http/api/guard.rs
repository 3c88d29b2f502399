//! A service of the tests' own, as others would write it: one resource is guarded by introspection, one by a decision. What
//! is taken from a person is taken from them there, too, by the next request.

use super::{bearer, service_of, token_of};
use crate::{
    stage::{colleague, deactivate, reactivate},
    visitor::{TestConsole, encoded},
};
use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::get,
};
use reqwest::header;
use serde_json::{Value, json};
use sqlx::PgPool;
use std::time::{Duration, Instant};
use tokio::{net::TcpListener, task::JoinSet};

/// Which console it asks, and with what credential.
#[derive(Clone)]
struct Guard {
    console: String,
    credential: String,
    client: reqwest::Client,
}

impl Guard {
    /// Starts it; the address of its two resources.
    async fn start(console: &TestConsole, secret: &str) -> String {
        let guard = Self {
            console: console.url.clone(),
            credential: bearer(secret),
            client: reqwest::Client::new(),
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new()
            .route("/clusters", get(Self::clusters))
            .route("/metrics", get(Self::metrics))
            .with_state(guard);
        tokio::spawn(async move { axum::serve(listener, router).await });
        address
    }

    async fn ask(&self, path: &str, kind: &str, body: String) -> Option<Value> {
        let asked = self
            .client
            .post(format!("{}{path}", self.console))
            .header(header::AUTHORIZATION, &self.credential)
            .header(header::CONTENT_TYPE, kind)
            .body(body);
        let answer = asked.send().await.ok()?.error_for_status().ok()?;
        serde_json::from_str(&answer.text().await.ok()?).ok()
    }

    /// By introspection: whoever has the scope may look.
    async fn metrics(State(guard): State<Self>, headers: HeaderMap) -> StatusCode {
        let body = encoded(&[("token", token_in(&headers))]);
        let kind = "application/x-www-form-urlencoded";
        let Some(found) = guard.ask(super::INTROSPECT, kind, body).await else {
            return StatusCode::BAD_GATEWAY;
        };
        let scope = found["scope"].as_str().unwrap_or_default();
        if found["active"] != true {
            StatusCode::UNAUTHORIZED
        } else if scope.split(' ').any(|key| key == "metrics.view") {
            StatusCode::OK
        } else {
            StatusCode::FORBIDDEN
        }
    }

    /// By a decision.
    async fn clusters(State(guard): State<Self>, headers: HeaderMap) -> StatusCode {
        let question =
            json!({ "principal": { "token": token_in(&headers) }, "actions": ["clusters.create"] });
        let Some(answer) = guard
            .ask(super::DECISIONS, "application/json", question.to_string())
            .await
        else {
            return StatusCode::BAD_GATEWAY;
        };
        match (&answer["principal"], &answer["decisions"][0]["allowed"]) {
            (Value::Null, _) => StatusCode::UNAUTHORIZED,
            (_, Value::Bool(true)) => StatusCode::OK,
            _ => StatusCode::FORBIDDEN,
        }
    }
}

fn token_in(headers: &HeaderMap) -> &str {
    let value = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    value
        .and_then(|value| value.strip_prefix("Bearer "))
        .unwrap_or_default()
}

/// When a request began, and what was answered.
type Seen = (Instant, String, u16);

/// Fifty requests a second to all of these, in turn, until told to stop.
async fn storm(
    resources: Vec<String>,
    token: String,
    mut stop: tokio::sync::oneshot::Receiver<()>,
) -> Vec<Seen> {
    let client = reqwest::Client::new();
    let mut under_way = JoinSet::new();
    let mut pace = tokio::time::interval(Duration::from_millis(20));
    for resource in resources.iter().cycle() {
        tokio::select! {
            _ = &mut stop => break,
            _ = pace.tick() => {}
        }
        let (client, resource, token) = (client.clone(), resource.clone(), bearer(&token));
        under_way.spawn(async move {
            let began = Instant::now();
            let asked = client
                .get(&resource)
                .header(header::AUTHORIZATION, token)
                .send()
                .await;
            (began, resource, asked.unwrap().status().as_u16())
        });
    }
    under_way.join_all().await
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn deact_02_services_refuse_a_person_from_the_request_after_their_deactivation_on(pool: PgPool) {
    let (console, other) = (
        TestConsole::start(pool.clone()).await,
        TestConsole::start(pool.clone()).await,
    );
    let ada = console.ada().await;
    let ben = colleague(&console, &ada, "ben@example.test", &["write", "metrics"]).await;
    let token = token_of(&console, &ben).await;
    let (_, secret) = service_of(&console, &ada).await;
    let mut resources = Vec::new();
    for server in [&console, &other] {
        let guard = Guard::start(server, &secret).await;
        resources.extend([format!("{guard}/clusters"), format!("{guard}/metrics")]);
    }
    let (stop, stopped) = tokio::sync::oneshot::channel();
    let storm = tokio::spawn(storm(resources.clone(), token.clone(), stopped));
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(deactivate(&console, &ada, "ben@example.test").await.status, 200);
    let out = Instant::now();
    tokio::time::sleep(Duration::from_secs(1)).await;
    stop.send(()).unwrap();
    let seen = storm.await.unwrap();
    for resource in &resources {
        let of = |later: bool| {
            let answers = seen
                .iter()
                .filter(|(began, of, _)| of == resource && (*began >= out) == later);
            answers.map(|(.., status)| *status).collect::<Vec<_>>()
        };
        let (before, after) = (of(false), of(true));
        assert!(
            before.contains(&200) && before.iter().all(|status| [200, 401].contains(status)),
            "{before:?}"
        );
        assert!(
            after.len() >= 5 && after.iter().all(|status| *status == 401),
            "{resource}: {after:?}"
        );
    }

    reactivate(&console, &ada, "ben@example.test").await;
    let client = reqwest::Client::new();
    let ask = async |resource: &str, token: &str| {
        let asked = client.get(resource).header(header::AUTHORIZATION, bearer(token));
        asked.send().await.unwrap().status().as_u16()
    };
    // Ada is active and holds another half of the roles.
    let adas = token_of(&console, &ada).await;
    for resource in &resources {
        assert_eq!(ask(resource, &token).await, 200);
        let expected = if resource.ends_with("metrics") { 403 } else { 200 };
        assert_eq!(ask(resource, &adas).await, expected);
        assert_eq!(ask(resource, "x").await, 401);
    }
}
