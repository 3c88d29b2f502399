//! What Usher tells those who watch it, in the text format of `OpenMetrics`: at a listener of its own and never at the
//! public one. Numbers only; no label comes from a request as it was sent.

use crate::{Console, telemetry::causes};
use axum::{
    Router,
    extract::State,
    response::{IntoResponse, Response},
    routing::get,
};
use backend::installation::Counts;
use http::{Method, StatusCode, header};
use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram, info::Info},
    registry::{Registry, Unit},
};
use std::time::{Duration, Instant};
use time::OffsetDateTime;
use tokio::{net::TcpListener, sync::Mutex, task::JoinHandle, time::timeout};

/// Numbers out of the database are at most that old, however many ask.
const FRESH: Duration = Duration::from_secs(10);
/// Those who ask give up after ten seconds.
const PATIENCE: Duration = Duration::from_secs(2);
const KIND: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    method: &'static str,
    /// The pattern of the route.
    route: String,
    status: &'static str,
}

pub(crate) struct Metrics {
    requests: Family<RequestLabels, Counter>,
    durations: Family<RequestLabels, Histogram, fn() -> Histogram>,
    counted: Mutex<Option<Counted>>,
}

struct Counted {
    at: Instant,
    /// `None`: the database did not say.
    counts: Option<Counts>,
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            requests: Family::default(),
            durations: Family::new_with_constructor(|| {
                Histogram::new([
                    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
                ])
            }),
            counted: Mutex::default(),
        }
    }
}

impl Metrics {
    pub(crate) fn request(&self, method: &Method, route: &str, status: StatusCode, took: Duration) {
        let labels = RequestLabels {
            method: known_method(method),
            route: route.to_owned(),
            status: class(status),
        };
        self.durations.get_or_create(&labels).observe(took.as_secs_f64());
        self.requests.get_or_create(&labels).inc();
    }

    /// One question to the database at a time, and its answer for all who ask within the next seconds.
    async fn count(&self, console: &Console) -> Option<Counts> {
        let mut counted = self.counted.lock().await;
        if let Some(Counted { at, counts }) = &*counted
            && at.elapsed() < FRESH
        {
            return counts.clone();
        }
        let counts = match timeout(PATIENCE, console.backend.count()).await {
            Ok(Ok(counts)) => Some(counts),
            Ok(Err(error)) => {
                tracing::warn!(
                    cause = causes(&error),
                    "the database can't be asked for the metrics"
                );
                None
            }
            Err(_) => None,
        };
        *counted = Some(Counted {
            at: Instant::now(),
            counts: counts.clone(),
        });
        counts
    }
}

/// A client may invent methods without end, and each would be a series.
fn known_method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        _ => "other",
    }
}

fn class(status: StatusCode) -> &'static str {
    match status.as_u16() {
        100..=199 => "1xx",
        200..=299 => "2xx",
        300..=399 => "3xx",
        400..=499 => "4xx",
        _ => "5xx",
    }
}

/// What answers at `metrics_listen`.
pub fn router(console: &Console) -> Router {
    Router::new()
        .route("/metrics", get(tell))
        .with_state(console.clone())
}

/// Answers until it is aborted. Without the care that the public listener takes: its network is the operator's.
pub(crate) fn serve(listener: TcpListener, console: &Console) -> JoinHandle<()> {
    let router = router(console);
    tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, router).await {
            tracing::error!(%error, "the metrics can't be served any more");
        }
    })
}

async fn tell(State(console): State<Console>) -> Response {
    // Made anew each time: what is not known is left out, in place of a number of before.
    let mut registry = Registry::with_prefix("usher");
    let metrics = &console.metrics;
    registry.register(
        "build",
        "The program",
        Info::new([("version", env!("CARGO_PKG_VERSION"))]),
    );
    registry.register("http_requests", "Requests answered", metrics.requests.clone());
    registry.register_with_unit(
        "http_request_duration",
        "How long requests took",
        Unit::Seconds,
        metrics.durations.clone(),
    );
    console.backend.metrics().register(&mut registry);
    let (connections, idle) = console.backend.connections();
    gauge(
        &mut registry,
        "database_connections",
        "Connections that this server has to the database",
        connections.into(),
    );
    gauge(
        &mut registry,
        "database_connections_idle",
        "Those of them that nobody uses",
        i64::try_from(idle).unwrap_or(i64::MAX),
    );
    gauge(
        &mut registry,
        "database_connections_allowed",
        "Connections to the database that this server may have",
        console.database_connections.into(),
    );
    let counts = metrics.count(&console).await;
    gauge(
        &mut registry,
        "database_up",
        "Whether the database answered, in the last ten seconds",
        counts.is_some().into(),
    );
    if let Some(counts) = counts {
        count(&mut registry, &counts, console.backend.now());
    }
    let mut text = String::new();
    match encode(&mut text, &registry) {
        Ok(()) => ([(header::CONTENT_TYPE, KIND)], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "the metrics can't be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// Of the whole installation: each of several servers says the same.
fn count(registry: &mut Registry, counts: &Counts, now: OffsetDateTime) {
    gauge(registry, "sessions", "Open sessions", counts.sessions);
    gauge(
        registry,
        "outbox_queued",
        "Mails that wait to be sent",
        counts.mails_queued,
    );
    gauge(
        registry,
        "outbox_failed",
        "Mails that were given up",
        counts.mails_failed,
    );
    let oldest = counts
        .oldest_queued_mail
        .map_or(0, |since| (now - since).whole_seconds().max(0));
    gauge(
        registry,
        "outbox_oldest_seconds",
        "How long the oldest of the waiting mails has waited",
        oldest,
    );
}

fn gauge(registry: &mut Registry, name: &str, help: &str, value: i64) {
    let gauge = Gauge::<i64>::default();
    gauge.set(value);
    registry.register(name, help, gauge);
}
