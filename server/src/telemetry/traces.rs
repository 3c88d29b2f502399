//! Traces, sent by OTLP to a collector, where the standard variables of OpenTelemetry name one. The SDK reads most of
//! them by itself; what it would pass over in silence is judged here.
//!
//! A thread of the SDK sends them in batches. What does not fit into its queue is dropped, so that a collector that is
//! down or stalls holds up nothing but this thread.

use super::causes;
use backend::trace::TRACE;
use opentelemetry::{KeyValue, trace::TracerProvider};
use opentelemetry_otlp::SpanExporter;
use opentelemetry_sdk::{Resource, trace::SdkTracerProvider};
use std::{env, thread, time::Duration};
use tokio::sync::oneshot;
use tracing::{Subscriber, level_filters::LevelFilter};
use tracing_subscriber::{Layer, filter::FilterFn, registry::LookupSpan};

/// What is still to be sent when the server stops may take so long.
const LAST_SPANS: Duration = Duration::from_secs(5);
const PROTOCOL: &str = "http/protobuf";
const SAMPLERS: [&str; 6] = [
    "always_on",
    "always_off",
    "traceidratio",
    "parentbased_always_on",
    "parentbased_always_off",
    "parentbased_traceidratio",
];

/// A sentence for the operator.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct TracesError(String);

/// Where the spans of this process go.
pub struct Traces(SdkTracerProvider);

impl Traces {
    /// `None`: the environment names no collector, or wants none.
    pub fn from_environment() -> Result<Option<Self>, TracesError> {
        let variable = |name: &str| env::var(name).ok();
        if !are_wanted(variable)? {
            return Ok(None);
        }
        // The one that the other connections use. An error says that it is there already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let exporter = SpanExporter::builder().with_http().build().map_err(|error| {
            TracesError(format!(
                "Traces can't be sent: {}. Look at the variables OTEL_EXPORTER_OTLP_….",
                causes(&error)
            ))
        })?;
        let mut resource =
            Resource::builder().with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")));
        if !has_service_name(variable) {
            resource = resource.with_service_name("usher");
        }
        Ok(Some(Self(
            SdkTracerProvider::builder()
                .with_batch_exporter(exporter)
                .with_resource(resource.build())
                .build(),
        )))
    }

    /// Only spans that were made for it, and no events: what the log says stays in the log.
    pub(super) fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        let filter = FilterFn::new(|about| about.is_span() && about.target() == TRACE);
        tracing_opentelemetry::layer()
            .with_tracer(self.0.tracer("usher"))
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_tracked_inactivity(false)
            .with_context_activation(false)
            .with_filter(filter.with_max_level_hint(LevelFilter::INFO))
    }

    /// Sends what is left, for a while.
    pub async fn finish(self) {
        let (done, is_done) = oneshot::channel();
        // Not a blocking task of the runtime, which would wait for it.
        thread::spawn(move || done.send(self.0.shutdown_with_timeout(LAST_SPANS)));
        if let Ok(Ok(Err(error))) = tokio::time::timeout(LAST_SPANS, is_done).await {
            tracing::warn!(cause = causes(&error), "the last traces may not have been sent");
        }
    }
}

/// Whether the environment names a collector and wants traces; an error for what it asks that is not to be had.
fn are_wanted(variable: impl Fn(&str) -> Option<String>) -> Result<bool, TracesError> {
    // An empty variable counts as none, says the specification.
    let read = |name: &str| variable(name).filter(|value| !value.is_empty());
    let refuse = |sentence: String| Err(TracesError(sentence));
    let disabled = read("OTEL_SDK_DISABLED").is_some_and(|value| value.eq_ignore_ascii_case("true"));
    let kind = read("OTEL_TRACES_EXPORTER");
    if disabled || kind.as_deref() == Some("none") {
        return Ok(false);
    }
    let Some((name, endpoint)) = [
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
        "OTEL_EXPORTER_OTLP_ENDPOINT",
    ]
    .into_iter()
    .find_map(|name| Some((name, read(name)?))) else {
        return Ok(false);
    };
    if kind.is_some_and(|kind| kind != "otlp") {
        return refuse(
            "OTEL_TRACES_EXPORTER is neither `otlp` nor `none`. Usher has no other exporter.".into(),
        );
    }
    if !["http://", "https://"]
        .iter()
        .any(|scheme| endpoint.starts_with(scheme))
    {
        return refuse(format!("{name} does not begin with http:// or https://."));
    }
    for name in [
        "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
        "OTEL_EXPORTER_OTLP_PROTOCOL",
    ] {
        match read(name) {
            Some(protocol) if protocol == PROTOCOL => break,
            None => {}
            Some(_) => {
                return refuse(format!(
                    "{name} is not `{PROTOCOL}`, the only protocol that Usher speaks. Collectors take it at port 4318."
                ));
            }
        }
    }
    let Some(sampler) = read("OTEL_TRACES_SAMPLER") else {
        return Ok(true);
    };
    if !SAMPLERS.contains(&sampler.as_str()) {
        return refuse(format!("OTEL_TRACES_SAMPLER is none of {}.", SAMPLERS.join(", ")));
    }
    let share = read("OTEL_TRACES_SAMPLER_ARG").and_then(|share| share.parse::<f64>().ok());
    if sampler.ends_with("traceidratio") && !share.is_some_and(|share| (0.0..=1.0).contains(&share)) {
        return refuse(format!(
            "OTEL_TRACES_SAMPLER_ARG is no number from 0 to 1, which `{sampler}` needs."
        ));
    }
    Ok(true)
}

fn has_service_name(variable: impl Fn(&str) -> Option<String>) -> bool {
    variable("OTEL_SERVICE_NAME").is_some_and(|name| !name.is_empty())
        || variable("OTEL_RESOURCE_ATTRIBUTES").is_some_and(|list| {
            list.split(',').any(|pair| {
                pair.split_once('=')
                    .is_some_and(|(key, _)| key.trim() == "service.name")
            })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: (&str, &str) = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318");

    fn of(pairs: &[(&str, &str)]) -> impl Fn(&str) -> Option<String> {
        move |name| {
            let pair = pairs.iter().find(|(known, _)| *known == name);
            pair.map(|(_, value)| (*value).to_owned())
        }
    }

    #[test]
    fn nothing_is_sent_where_nobody_asked_for_it() {
        for pairs in [
            &[] as &[_],
            &[("OTEL_EXPORTER_OTLP_ENDPOINT", "")],
            &[("OTEL_SERVICE_NAME", "usher")],
            &[HERE, ("OTEL_SDK_DISABLED", "True")],
            &[HERE, ("OTEL_TRACES_EXPORTER", "none")],
        ] {
            assert_eq!(are_wanted(of(pairs)), Ok(false), "{pairs:?}");
        }
        for pairs in [
            &[HERE] as &[_],
            &[HERE, ("OTEL_SDK_DISABLED", "false")],
            &[HERE, ("OTEL_TRACES_EXPORTER", "otlp")],
            &[("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "https://collector/traces")],
            &[
                HERE,
                ("OTEL_TRACES_SAMPLER", "traceidratio"),
                ("OTEL_TRACES_SAMPLER_ARG", "0.1"),
            ],
            // Of traces it is said apart.
            &[
                HERE,
                ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
                ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", PROTOCOL),
            ],
        ] {
            assert_eq!(are_wanted(of(pairs)), Ok(true), "{pairs:?}");
        }
    }

    #[test]
    fn what_usher_can_not_do_is_refused_by_name() {
        for (name, value) in [
            ("OTEL_TRACES_EXPORTER", "zipkin"),
            ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "localhost:4318"),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
            ("OTEL_TRACES_SAMPLER", "allways_on"),
        ] {
            let said = are_wanted(of(&[HERE, (name, value)])).unwrap_err().to_string();
            assert!(said.starts_with(name) && !said.contains("hunter2"), "{said}");
        }
        for share in ["", "2", "often"] {
            let pairs = [
                HERE,
                ("OTEL_TRACES_SAMPLER", "parentbased_traceidratio"),
                ("OTEL_TRACES_SAMPLER_ARG", share),
            ];
            assert!(are_wanted(of(&pairs)).is_err(), "{share}");
        }
    }

    #[test]
    fn the_service_has_a_name_of_its_own_unless_it_is_given_one() {
        assert!(!has_service_name(of(&[("OTEL_RESOURCE_ATTRIBUTES", "team=a")])));
        assert!(has_service_name(of(&[("OTEL_SERVICE_NAME", "console")])));
        assert!(has_service_name(of(&[(
            "OTEL_RESOURCE_ATTRIBUTES",
            "team=a, service.name=console"
        )])));
    }
}
