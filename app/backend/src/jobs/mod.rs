//! Jobs: work in the background that survives the page it was begun on and the server that does it. A server leases a job,
//! works in short transactions that each hold the lease, and lets it go; what a server that died had in hand is taken over
//! when the lease ends. The queue is a table: what is begun is committed with the act that began it.

pub(crate) mod store;

use crate::{Backend, Result};
use domain::ids::{JobId, OrganizationId};
use std::time::Duration as Wait;
use time::{Duration, OffsetDateTime};

/// How long a server has a job before another may take it, unless it goes on with it.
pub(crate) const LEASE: Duration = Duration::minutes(1);
/// A job that another server's act began, or that a server left behind, is noticed after this long.
const LONGEST_SLEEP: Wait = Wait::from_secs(5);

/// A job that this server has until the lease ends. The end of the lease is its number, too.
#[derive(Clone, Debug)]
pub(crate) struct Lease {
    pub job: JobId,
    pub organization: OrganizationId,
    pub until: OffsetDateTime,
}

impl Backend {
    /// Works on jobs until `stop` ends. What is in hand then is begun again by whoever takes it next.
    pub async fn run_job_worker(self, stop: impl Future<Output = ()>) {
        let mut stop = std::pin::pin!(stop);
        loop {
            let leased = tokio::select! {
                () = &mut stop => return,
                leased = self.lease_job() => leased,
            };
            match leased {
                Ok(Some(mut lease)) => {
                    let outcome = tokio::select! {
                        () = &mut stop => None,
                        outcome = self.work_on(&mut lease) => Some(outcome),
                    };
                    match outcome {
                        Some(Ok(())) => {}
                        // Not let go: until its lease ends, the other jobs have their turn.
                        Some(Err(error)) => {
                            tracing::warn!(%error, job = %lease.job, "a job can't go on; trying again in a minute");
                        }
                        None => {
                            if let Err(error) = store::release(&self.pool, &lease).await {
                                tracing::warn!(%error, job = %lease.job, "a job waits until its lease ends");
                            }
                            return;
                        }
                    }
                    continue;
                }
                Ok(None) => {}
                Err(error) => tracing::warn!(%error, "jobs can't be read; trying again soon"),
            }
            tokio::select! {
                () = &mut stop => return,
                () = self.job_bell.notified() => {}
                () = tokio::time::sleep(LONGEST_SLEEP) => {}
            }
        }
    }

    /// Does what there is to do now.
    pub async fn do_due_jobs(&self) -> Result<()> {
        while let Some(mut lease) = self.lease_job().await? {
            self.work_on(&mut lease).await?;
        }
        Ok(())
    }

    pub(crate) async fn lease_job(&self) -> Result<Option<Lease>> {
        store::lease_next(&self.pool, self.now(), LEASE).await
    }

    /// There is one kind of jobs.
    async fn work_on(&self, lease: &mut Lease) -> Result<()> {
        while self.send_next_of_list(lease).await? {}
        Ok(())
    }
}
