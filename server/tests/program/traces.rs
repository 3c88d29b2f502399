//! Traces as a collector receives them, and what becomes of the server when the collector is down or stalls.

use crate::usher::{HeldAddress, Usher};
use axum::{Router, body::Bytes, extract::State, routing::post};
use http::{HeaderMap, header};
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::{KeyValue, any_value::Value},
    trace::v1::{Span, span::SpanKind, status::StatusCode},
};
use prost::Message;
use reqwest::Client;
use std::{
    net::TcpListener as BlockingListener,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};
use tokio::{net::TcpListener, time::sleep};

const TOKEN: &str = "Secret-Token-Of-A-Link-0123456789-0123456789";
const THEIR_TRACE: u128 = 0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736;
const THEIR_SPAN: u64 = 0x00f0_67aa_0ba9_02b7;

/// Keeps all that is sent to it.
#[derive(Clone, Default)]
struct Collector(Arc<Mutex<Vec<(HeaderMap, Bytes)>>>);

impl Collector {
    /// With the address of its server.
    async fn start() -> (Self, String) {
        let collector = Self::default();
        let router = Router::new()
            .route(
                "/v1/traces",
                post(
                    async |State(Self(kept)): State<Self>, headers: HeaderMap, body: Bytes| {
                        kept.lock().unwrap().push((headers, body));
                    },
                ),
            )
            .with_state(collector.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let served = async move { axum::serve(listener, router).await.unwrap() };
        tokio::spawn(served);
        (collector, address)
    }

    fn exports(&self) -> Vec<ExportTraceServiceRequest> {
        let kept = self.0.lock().unwrap();
        kept.iter()
            .map(|(_, body)| ExportTraceServiceRequest::decode(body.clone()).unwrap())
            .collect()
    }

    fn spans(&self) -> Vec<Span> {
        let resources = self
            .exports()
            .into_iter()
            .flat_map(|export| export.resource_spans);
        let scopes = resources.flat_map(|resource| resource.scope_spans);
        scopes.flat_map(|scope| scope.spans).collect()
    }

    fn span(&self, name: &str) -> Span {
        let spans = self.spans();
        let names: Vec<_> = spans.iter().map(|span| &span.name).collect();
        let found = spans.iter().find(|span| span.name == name);
        found.unwrap_or_else(|| panic!("no {name} in {names:?}")).clone()
    }

    fn contains(&self, text: &str) -> bool {
        let kept = self.0.lock().unwrap();
        kept.iter()
            .any(|(_, body)| body.windows(text.len()).any(|window| window == text.as_bytes()))
    }
}

fn their_context(flags: &str) -> String {
    format!("00-{THEIR_TRACE:032x}-{THEIR_SPAN:016x}-{flags}")
}

fn attribute(attributes: &[KeyValue], name: &str) -> Option<String> {
    let found = attributes.iter().find(|attribute| attribute.key == name)?;
    match found.value.clone()?.value? {
        Value::StringValue(text) => Some(text),
        Value::IntValue(number) => Some(number.to_string()),
        other => panic!("{name} is {other:?}"),
    }
}

/// A page, a password and a mail. Returns the status and the id of the answer to the page.
async fn is_used(usher: &Usher, url: &str, set_up: &str) -> (String, String) {
    let client = Client::new();
    let page = client
        .get(format!("{url}/invitations/{TOKEN}?query=asked-for"))
        .header(header::COOKIE, "usher_session=Cookie-Of-Somebody")
        // Who is no proxy of ours decides nothing about our traces.
        .header("traceparent", their_context("00"))
        .send()
        .await
        .unwrap();
    let page_status = page.status().as_u16().to_string();
    let request_id = page.headers()["x-request-id"].to_str().unwrap().to_owned();
    client.get(format!("{url}/livez")).send().await.unwrap();
    let typed = format!(
        "token={set_up}&organization=Engines&first_name=Ada&last_name=Lovelace&email=ada%40example.test\
         &password=seven+owls+repair+my+piano"
    );
    let made = client
        .post(format!("{url}/api/setup/complete"))
        .header(header::ACCEPT, "application/json")
        .header(header::ORIGIN, url)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(typed)
        .send()
        .await
        .unwrap();
    assert_eq!(made.status(), 200);
    let second = [
        "organization",
        "create",
        "--name",
        "Looms",
        "--email",
        "bob@example.test",
    ];
    usher.output(&second);
    let mails = usher.data_dir().join("mail");
    let began = Instant::now();
    while std::fs::read_dir(&mails).map_or(0, Iterator::count) == 0 {
        assert!(began.elapsed() < Duration::from_secs(20), "no mail was sent");
        sleep(Duration::from_millis(50)).await;
    }
    (page_status, request_id)
}

#[tokio::test(flavor = "multi_thread")]
async fn traces_tell_what_was_done_and_neither_by_whom_nor_with_which_link() {
    let (collector, address) = Collector::start().await;
    let usher = Usher::new("traces");
    let [url, _] = usher.urls();
    let mut server = usher.start_with(
        &[],
        &[
            ("OTEL_EXPORTER_OTLP_ENDPOINT", &address),
            ("OTEL_EXPORTER_OTLP_HEADERS", "api-key=hunter2"),
            ("USHER_LOG_FORMAT", "json"),
        ],
    );
    let set_up = server.prints("/setup?token=");
    let (page_status, request_id) = is_used(&usher, &url, &set_up).await;
    assert_eq!(server.stop(), Some(0), "what is left is sent at the end");

    let span = collector.span("GET /invitations/{token}");
    assert_eq!(span.kind(), SpanKind::Server);
    for (name, value) in [
        ("http.request.method", "GET"),
        ("http.route", "/invitations/{token}"),
        ("http.response.status_code", page_status.as_str()),
        ("url.scheme", "http"),
        ("request_id", &request_id),
    ] {
        assert_eq!(
            attribute(&span.attributes, name).as_deref(),
            Some(value),
            "{name}"
        );
    }
    assert_ne!(span.trace_id, THEIR_TRACE.to_be_bytes());
    assert!(span.parent_span_id.is_empty() && span.events.is_empty());
    assert_eq!(span.status.unwrap_or_default().code(), StatusCode::Unset);
    collector.span("GET /livez");

    let action = collector.span("POST /api/setup/complete");
    for name in ["wait to hash a password", "hash a password"] {
        let part = collector.span(name);
        assert_eq!(
            (&part.trace_id, &part.parent_span_id),
            (&action.trace_id, &action.span_id)
        );
    }
    let mail = collector.span("send mail");
    assert_eq!(mail.kind(), SpanKind::Client);
    assert_eq!(attribute(&mail.attributes, "attempt").as_deref(), Some("1"));

    let resource = collector.exports()[0].resource_spans[0].resource.clone().unwrap();
    let service = attribute(&resource.attributes, "service.name");
    assert_eq!(service.as_deref(), Some("usher"));
    assert!(
        collector
            .0
            .lock()
            .unwrap()
            .iter()
            .all(|(headers, _)| headers["api-key"] == "hunter2")
    );
    for secret in [
        TOKEN,
        &set_up,
        "asked-for",
        "Cookie-Of-Somebody",
        "example.test",
        "seven",
        "Lovelace",
        env!("CARGO_MANIFEST_DIR"),
    ] {
        assert!(!collector.contains(secret), "{secret}");
    }

    let log = server.said();
    let line = log.lines().find(|line| line.contains("/api/setup/complete"));
    let line = line.unwrap_or_else(|| panic!("no such request in {log}"));
    assert!(line.contains("request_id") && !line.contains("otel"), "{line}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_trace_of_a_trusted_proxy_is_continued_and_its_sampling_is_kept() {
    let (collector, address) = Collector::start().await;
    let usher = Usher::new("traces-proxy");
    let [url, _] = usher.urls();
    let mut server = usher.start_with(
        &[],
        &[
            (
                "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
                &format!("{address}/v1/traces"),
            ),
            ("OTEL_SERVICE_NAME", "console"),
            ("USHER_TRUSTED_PROXIES", "127.0.0.1"),
        ],
    );
    server.prints("/setup?token=");
    let client = Client::new();
    for (path, flags) in [("/livez", "01"), ("/readyz", "00")] {
        let request = client
            .get(format!("{url}{path}"))
            .header("traceparent", their_context(flags));
        assert_eq!(request.send().await.unwrap().status(), 200);
    }
    assert_eq!(server.stop(), Some(0));
    let span = collector.span("GET /livez");
    assert_eq!(span.trace_id, THEIR_TRACE.to_be_bytes());
    assert_eq!(span.parent_span_id, THEIR_SPAN.to_be_bytes());
    assert!(collector.spans().iter().all(|span| span.name != "GET /readyz"));
    let resource = collector.exports()[0].resource_spans[0].resource.clone().unwrap();
    let service = attribute(&resource.attributes, "service.name");
    assert_eq!(service.as_deref(), Some("console"));
}

#[tokio::test]
async fn a_collector_that_stalls_or_is_down_holds_up_neither_requests_nor_the_end() {
    // Takes connections, and nothing from them.
    let stalled = BlockingListener::bind("127.0.0.1:0").unwrap();
    let stalled = (stalled.local_addr().unwrap(), Some(stalled));
    let nobody = HeldAddress::new();
    let down = (nobody.address, None);
    let client = Client::builder().timeout(Duration::from_secs(2)).build().unwrap();
    for (name, (address, _listener)) in [("traces-stalled", stalled), ("traces-down", down)] {
        let usher = Usher::new(name);
        let [url, _] = usher.urls();
        let mut server = usher.start_with(
            &[],
            &[
                ("OTEL_EXPORTER_OTLP_ENDPOINT", &format!("http://{address}")),
                // More than fits, so that some are dropped.
                ("OTEL_BSP_SCHEDULE_DELAY", "50"),
                ("OTEL_BSP_MAX_QUEUE_SIZE", "64"),
                ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "16"),
            ],
        );
        server.prints("/setup?token=");
        for _ in 0..300 {
            let answer = client.get(format!("{url}/livez")).send().await.unwrap();
            assert_eq!(answer.status(), 200);
        }
        let began = Instant::now();
        assert_eq!(server.stop(), Some(0), "{name}");
        let took = began.elapsed();
        // Five seconds for the last spans; the database and the mail worker have theirs.
        assert!(took < Duration::from_secs(12), "{name} took {took:?}");
    }
}

#[test]
fn a_wrong_variable_of_opentelemetry_is_refused_before_anything_starts() {
    let usher = Usher::new("traces-mistake");
    let refused = usher.run_with(
        &["serve"],
        &[("OTEL_EXPORTER_OTLP_ENDPOINT", "collector.example.com:4317")],
    );
    assert_eq!(refused.status.code(), Some(1));
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(
        said.contains("OTEL_EXPORTER_OTLP_ENDPOINT does not begin with http"),
        "{said}"
    );
    assert!(!usher.data_dir().exists());
}
