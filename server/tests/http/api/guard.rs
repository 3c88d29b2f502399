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
use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};
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

/// When a request began, which resource it asked for, and what was answered.
type Seen = (Instant, String, u16);

/// Fifty requests a second to all of these, in turn, for as long as this is there.
struct Storm {
    seen: Arc<Mutex<Vec<Seen>>>,
    requests: JoinSet<()>,
}

impl Storm {
    fn begin(resources: &[String], token: &str) -> Self {
        let seen = Arc::<Mutex<Vec<Seen>>>::default();
        let (kept, resources, token) = (seen.clone(), resources.to_vec(), bearer(token));
        let client = reqwest::Client::new();
        let mut requests = JoinSet::new();
        requests.spawn(async move {
            let mut under_way = JoinSet::new();
            let mut pace = tokio::time::interval(Duration::from_millis(20));
            for resource in resources.into_iter().cycle() {
                pace.tick().await;
                let request = client.get(&resource).header(header::AUTHORIZATION, &token);
                let kept = kept.clone();
                under_way.spawn(async move {
                    let began = Instant::now();
                    let status = request.send().await.unwrap().status().as_u16();
                    kept.lock().unwrap().push((began, resource, status));
                });
            }
        });
        Self { seen, requests }
    }

    /// What one resource answered to requests that began before a moment, and to those after it.
    fn of(&self, resource: &str, moment: Instant) -> (Vec<u16>, Vec<u16>) {
        let (mut before, mut after) = (Vec::new(), Vec::new());
        for (began, _, status) in self
            .seen
            .lock()
            .unwrap()
            .iter()
            .filter(|(_, of, _)| of == resource)
        {
            let side = if *began < moment { &mut before } else { &mut after };
            side.push(*status);
        }
        (before, after)
    }

    /// Waits until each has answered so often to requests that began after a moment.
    async fn until(&mut self, resources: &[String], moment: Instant, often: usize) {
        while resources
            .iter()
            .any(|resource| self.of(resource, moment).1.len() < often)
        {
            assert!(self.requests.try_join_next().is_none(), "the storm has ended");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
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
    let began = Instant::now();
    let mut storm = Storm::begin(&resources, &token);
    storm.until(&resources, began, 10).await;
    assert_eq!(deactivate(&console, &ada, "ben@example.test").await.status, 200);
    let out = Instant::now();
    storm.until(&resources, out, 10).await;
    for resource in &resources {
        let (before, after) = storm.of(resource, out);
        assert!(
            before.contains(&200) && before.iter().all(|status| [200, 401].contains(status)),
            "{resource}: {before:?}"
        );
        assert!(after.iter().all(|status| *status == 401), "{resource}: {after:?}");
    }
    drop(storm);

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
