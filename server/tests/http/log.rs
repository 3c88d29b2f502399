//! What the console logs.

use std::{
    io::{self, Write},
    sync::{Arc, LazyLock, Mutex},
};
use tracing::{Dispatch, level_filters::LevelFilter, subscriber::DefaultGuard};
use tracing_subscriber::fmt::MakeWriter;

/// What the console logs while a test runs, at the level at which somebody looks for a fault.
pub(crate) struct Log {
    lines: Lines,
    _listening: DefaultGuard,
}

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

/// Beside the one of a test there is always a second subscriber: of one alone `tracing` asks whatever thread comes by
/// first, and another test would keep a line out of the log for good.
static DEAF: LazyLock<Dispatch> = LazyLock::new(|| {
    let deaf = tracing_subscriber::fmt().with_max_level(LevelFilter::OFF);
    Dispatch::new(deaf.finish())
});

impl Log {
    pub(crate) fn listen() -> Self {
        LazyLock::force(&DEAF);
        let lines = Lines::default();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::DEBUG)
            .with_ansi(false)
            .with_writer(lines.clone())
            .finish();
        Self {
            lines,
            _listening: tracing::subscriber::set_default(subscriber),
        }
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.lines.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Lines {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(text)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}
