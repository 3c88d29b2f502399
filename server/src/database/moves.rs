//! Tells who waits for a host of the database in vain that it is another one now.

use super::PATIENCE;
use std::{
    future::pending,
    time::{Duration, Instant},
};
use tokio::{sync::watch, time::sleep};

/// For those that were only waiting for a connection: they have one at the new host by then, or gave up.
const GRACE: Duration = PATIENCE;

/// When the pool was last led to another host.
#[derive(Clone, Default)]
pub(crate) struct Mover(watch::Sender<Option<Instant>>);

impl Mover {
    pub(crate) fn has_moved(&self) {
        self.0.send_replace(Some(Instant::now()));
    }

    /// Whether something this old is older than that.
    pub(super) fn is_stale(&self, age: Duration) -> bool {
        self.0.borrow().is_some_and(|moved| moved.elapsed() <= age)
    }

    pub(crate) fn moves(&self) -> Moves {
        Moves(self.0.subscribe())
    }
}

#[derive(Clone)]
pub struct Moves(watch::Receiver<Option<Instant>>);

impl Moves {
    /// Of a database that stays where it is.
    pub fn none() -> Self {
        Mover::default().moves()
    }

    /// Ends when the database has moved after this call and whoever could go on had the time to. A host that is gone
    /// without a word never answers, and nobody but its peer can end a connection to it.
    pub fn left_behind(&self) -> impl Future<Output = ()> + use<> {
        let mut moved = self.0.clone();
        moved.mark_unchanged();
        async move {
            if moved.changed().await.is_err() {
                pending::<()>().await;
            }
            sleep(GRACE).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    #[tokio::test]
    async fn what_was_opened_before_a_move_is_stale_and_what_waits_is_left_behind() {
        let mover = Mover::default();
        let before = Instant::now();
        let waits = mover.moves().left_behind();
        assert!(!mover.is_stale(before.elapsed()));
        mover.has_moved();
        assert!(mover.is_stale(before.elapsed()) && !mover.is_stale(Duration::ZERO));
        waits.await;
        assert!(mover.moves().left_behind().now_or_never().is_none());
        assert!(Moves::none().left_behind().now_or_never().is_none());
    }
}
