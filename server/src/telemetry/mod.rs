//! Logs: a message reads alone, ids are fields, and nothing is an address, a token or a body. They go to stderr;
//! stdout has what a command was asked for.

mod traces;

pub use traces::{Traces, TracesError};

use crate::config::LogFormat;
use backend::trace::TRACE;
use std::{
    error::Error,
    io::{self, IsTerminal},
    iter, panic,
};
use tracing_subscriber::{
    EnvFilter, Layer,
    filter::{FilterExt, filter_fn},
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

/// What is logged where `RUST_LOG` does not say. PostgreSQL's notices about migrations are noise.
const USUAL: &str = "info,sqlx=warn";

pub fn start(format: LogFormat, traces: Option<&Traces>) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(USUAL));
    // The innermost span is the one that a line shows.
    let filter = filter.and(filter_fn(|about| about.target() != TRACE));
    let logs = tracing_subscriber::fmt::layer()
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal());
    let logs = match format {
        LogFormat::Json => logs
            .json()
            .flatten_event(true)
            .with_current_span(true)
            .with_span_list(false)
            .with_filter(filter)
            .boxed(),
        LogFormat::Plain => logs.with_target(false).with_filter(filter).boxed(),
    };
    tracing_subscriber::registry()
        .with(logs)
        .with(traces.map(Traces::layer))
        .init();
    // Within the span of the request that it ends, so that it is found by the id on the page.
    panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let said = panic.payload_as_str().unwrap_or("something that is no text");
        tracing::error!(place, said, "a part of Usher panicked");
    }));
}

/// An error with all its causes, in words. Not its `Debug` text, in which PostgreSQL repeats the values of a row.
pub(crate) fn causes(error: &(dyn Error + 'static)) -> String {
    let chain = iter::successors(Some(error), |error| (*error).source());
    chain.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
