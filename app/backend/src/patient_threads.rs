//! Threads for work that takes a core for long. The system lets them wait for all others: a storm of passwords must not
//! hold up who is signed in.

use crate::{Error, Result};
use std::sync::Arc;
use tokio::{
    runtime::{Builder, Runtime},
    sync::OnceCell,
};

/// Of 0 (as others) to 19 (when nobody else wants the core). Each step is worth a fifth of the share, see `sched(7)`: a thread
/// with 10 gets a tenth of one with 0. More would let whoever floods the pages that anybody may see hold up all sign-ins.
const PATIENCE: i32 = 10;

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
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T> {
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

    #[tokio::test]
    async fn work_is_done_by_a_thread_that_lets_others_go_first() {
        let before = rustix::process::nice(0).unwrap();
        let threads = PatientThreads::default();
        let there = threads.run(|| rustix::process::nice(0)).await.unwrap().unwrap();
        assert_eq!(there, (before + PATIENCE).min(19));
        assert_eq!(
            rustix::process::nice(0).unwrap(),
            before,
            "others stay as they are"
        );
        drop(threads);
    }
}
