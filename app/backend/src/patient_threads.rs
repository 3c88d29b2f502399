//! Threads for work that takes a core for long. The system lets them wait for all others: a storm of passwords must not
//! hold up who is signed in. Nor may the others hold up a sign-in without end.

use crate::{Error, Result};
use prometheus_client::metrics::histogram::Histogram;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{
    runtime::{Builder, Runtime},
    sync::{OnceCell, OwnedSemaphorePermit, Semaphore},
    task::spawn_blocking,
    time::sleep,
};
use tracing::{Instrument, Span};

/// Of 0 (as others) to 19 (when nobody else wants the core). Each step is worth a fifth of the share, see `sched(7)`: a thread
/// with 15 gets a thirtieth of one with 0.
const PATIENCE: i32 = 15;
/// Whoever has waited for so long, for a thread or for its work, is hurried. A queue of sign-ins that a server of two cores
/// gets done in this time is no reason yet.
const LONGEST_WAIT: Duration = Duration::from_secs(1);

/// Those who wait to have such work done: a bounded number at once. Of those who have waited for too long one at a time is
/// served by a thread that lets nobody go first.
#[derive(Clone)]
pub(crate) struct Line {
    threads: PatientThreads,
    places: Arc<Semaphore>,
    hurried: Arc<Semaphore>,
    longest_wait: Duration,
    told: Told,
}

/// What is told of those who wait.
#[derive(Clone)]
pub(crate) struct Told {
    /// For how long, in seconds; work that is begun again waits a second time.
    pub(crate) waits: Option<Histogram>,
    pub(crate) wait: fn() -> Span,
    pub(crate) work: fn() -> Span,
}

impl Line {
    pub(crate) fn new(threads: PatientThreads, at_once: usize, told: Told) -> Self {
        Self {
            threads,
            places: Arc::new(Semaphore::new(at_once.max(1))),
            hurried: Arc::new(Semaphore::new(1)),
            longest_wait: LONGEST_WAIT,
            told,
        }
    }

    /// Does work that may be done twice: if it was begun with patience it is begun again, and the sooner one counts.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl Fn() -> T + Send + Sync + 'static,
    ) -> Result<T> {
        let (began, work) = (Instant::now(), Arc::new(work));
        let patiently = async {
            let (place, work) = (self.place(&self.places, began).await?, work.clone());
            let done = self.threads.run(move || holding(place, &*work));
            done.instrument((self.told.work)()).await
        };
        let hurried = async {
            sleep(self.longest_wait).await;
            let (place, work) = (self.place(&self.hurried, began).await?, work.clone());
            let done = spawn_blocking(move || holding(place, &*work));
            done.instrument((self.told.work)())
                .await
                .map_err(Error::unavailable)
        };
        tokio::select! {
            done = patiently => done,
            done = hurried => done,
        }
    }

    async fn place(&self, places: &Arc<Semaphore>, began: Instant) -> Result<OwnedSemaphorePermit> {
        let place = places.clone().acquire_owned().instrument((self.told.wait)());
        let place = place.await.map_err(Error::unavailable)?;
        if let Some(waits) = &self.told.waits {
            waits.observe(began.elapsed().as_secs_f64());
        }
        Ok(place)
    }
}

/// The place is free when the work is done, also if nobody waits for it any more.
fn holding<T>(_place: OwnedSemaphorePermit, work: &impl Fn() -> T) -> T {
    work()
}

/// Made with the first work. As many threads as there is work at once, which is for others to limit; they end when they
/// have had none for some seconds.
#[derive(Clone, Default)]
pub(crate) struct PatientThreads(Arc<OnceCell<Threads>>);

/// A runtime that runs nothing but work that blocks.
struct Threads(Option<Runtime>);

impl Threads {
    fn new() -> Result<Self> {
        let runtime = Builder::new_current_thread()
            .thread_name("patient")
            .on_thread_start(|| {
                // On Linux of this thread alone. Where the system forbids it, the shares are fair.
                let _ = rustix::process::nice(PATIENCE);
            })
            .build();
        runtime.map(Some).map(Self).map_err(Error::unavailable)
    }
}

impl PatientThreads {
    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let threads = self.0.get_or_try_init(async || Threads::new()).await?;
        let runtime = threads
            .0
            .as_ref()
            .ok_or_else(|| Error::unavailable("no threads"))?;
        runtime.spawn_blocking(work).await.map_err(Error::unavailable)
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        // Without waiting, which an async thread must not.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::process::nice;
    use std::sync::{Mutex, mpsc};

    fn line(threads: PatientThreads) -> Line {
        let told = Told {
            waits: None,
            wait: Span::none,
            work: Span::none,
        };
        Line::new(threads, 1, told)
    }

    #[tokio::test]
    async fn work_is_done_by_a_thread_that_lets_others_go_first() {
        let before = nice(0).unwrap();
        let threads = PatientThreads::default();
        let there = line(threads.clone()).run(|| nice(0)).await.unwrap().unwrap();
        assert_eq!(there, (before + PATIENCE).min(19));
        assert_eq!(nice(0).unwrap(), before, "others stay as they are");
        drop(threads);
    }

    #[tokio::test]
    async fn whoever_has_waited_for_long_is_served_by_one_that_does_not() {
        let before = nice(0).unwrap();
        let (release, held) = mpsc::channel::<()>();
        let held = Arc::new(Mutex::new(held));
        let mut line = line(PatientThreads::default());
        line.longest_wait = Duration::ZERO;
        let work = move || {
            let there = nice(0).unwrap();
            if there > before {
                let _ = held.lock().unwrap().recv();
            }
            there
        };
        let first = line.run(work.clone()).await.unwrap();
        assert_eq!(first, before, "its patient thread gets nowhere");
        let second = line.run(work.clone()).await.unwrap();
        assert_eq!(second, before, "the only place is taken");
        drop(release);
        line.longest_wait = Duration::MAX;
        let third = line.run(work).await.unwrap();
        assert!(third > before, "with patience, as soon as there is a place");
    }
}
