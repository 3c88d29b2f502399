//! Those who look on while something is done. Their answers have no end of their own, so they are counted, and sent away when
//! the server ends.

use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Each asks the database once a second.
const MOST: usize = 100;

/// Cheap to clone.
#[derive(Clone)]
pub struct Onlookers(Arc<Semaphore>);

impl Default for Onlookers {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(MOST)))
    }
}

impl Onlookers {
    /// A place, as long as it is kept; `None`: there is none at the moment.
    pub fn enter(&self) -> Option<OwnedSemaphorePermit> {
        self.0.clone().try_acquire_owned().ok()
    }

    pub fn count(&self) -> usize {
        MOST - self.0.available_permits()
    }

    /// From now on nobody looks on.
    pub fn end(&self) {
        self.0.close();
    }

    pub fn is_over(&self) -> bool {
        self.0.is_closed()
    }
}
