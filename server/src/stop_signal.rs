//! The wish of the operator or the system that this process ends: SIGTERM, or Ctrl-C. A second one ends it at once.

use std::{io, process};
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::watch,
};

/// Cheap to clone; each clone may be waited for.
#[derive(Clone)]
pub struct StopSignal(watch::Receiver<bool>);

impl StopSignal {
    /// From here on the signals no longer end the process by themselves.
    pub fn listen() -> io::Result<Self> {
        let (mut terminate, mut interrupt) =
            (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        let (send, receive) = watch::channel(false);
        tokio::spawn(async move {
            for wish in 1.. {
                tokio::select! {
                    _ = terminate.recv() => {}
                    _ = interrupt.recv() => {}
                }
                if wish > 1 {
                    process::exit(1);
                }
                let _ = send.send(true);
            }
        });
        Ok(Self(receive))
    }

    /// Returns when the process shall end, also if that was said before.
    pub async fn received(mut self) {
        let _ = self.0.wait_for(|said| *said).await;
    }
}
