//! Housekeeping: deletes what is over, sends reminders that are due, and finds mails that a clock which was set back has left
//! in the future. Nothing is valid because it has not run: every judgement looks at the clock.

mod store;
#[cfg(test)]
mod tests;

use crate::{Backend, Result, access, bulk_invitations, idempotency};
use std::time::Duration;

/// Each server does it; what one has in hand the others pass over.
const EVERY: Duration = Duration::from_mins(10);

impl Backend {
    /// Tidies up now and then, until `stop` ends.
    pub async fn run_housekeeping(self, stop: impl Future<Output = ()>) {
        let mut stop = std::pin::pin!(stop);
        loop {
            tokio::select! {
                () = &mut stop => return,
                tidied = self.tidy_up() => match tidied {
                    Ok(0) => {}
                    Ok(rows) => tracing::debug!(rows, "tidied up"),
                    Err(error) => tracing::warn!(%error, "can't tidy up"),
                },
            }
            tokio::select! {
                () = &mut stop => return,
                reminded = self.remind_of_two_factor() => if let Err(error) = reminded {
                    tracing::warn!(%error, "can't remind of two-factor authentication");
                },
            }
            tokio::select! {
                () = &mut stop => return,
                reminded = self.remind_invitees() => if let Err(error) = reminded {
                    tracing::warn!(%error, "can't remind of invitations");
                },
            }
            tokio::select! {
                () = &mut stop => return,
                told = self.tell_inviters() => if let Err(error) = told {
                    tracing::warn!(%error, "can't tell of invitations that expired");
                },
            }
            tokio::select! {
                () = &mut stop => return,
                told = self.remind_of_certificates() => if let Err(error) = told {
                    tracing::warn!(%error, "can't tell of certificates that end");
                },
            }
            tokio::select! {
                () = &mut stop => return,
                () = tokio::time::sleep(EVERY) => {}
            }
        }
    }

    /// Deletes ended sessions, expired password links and reports, spent throttles, old mails, forgotten browsers,
    /// access tokens that expired long ago, counts and answers of programs, drafts, and lists of invitations that were sent
    /// long ago; says how many rows.
    pub async fn tidy_up(&self) -> Result<u64> {
        let (now, keep) = (self.now(), self.settings.keep);
        let lease = self.settings.mail.lease;
        let farthest = now + self.settings.mail.longest_wait + lease;
        let mut rows = store::bring_mails_into_time(&self.pool, now, farthest, now + lease).await?;
        loop {
            let batches = [
                store::delete_ended_sessions(&self.pool, now, now - self.settings.session_idle).await?,
                store::delete_expired_password_resets(&self.pool, now).await?,
                store::delete_expired_reports(&self.pool, now).await?,
                store::delete_expired_challenges(&self.pool, now).await?,
                store::delete_expired_enrolments(&self.pool, now).await?,
                store::delete_expired_departures(&self.pool, now).await?,
                store::delete_expired_pending_identities(&self.pool, now).await?,
                store::delete_expired_saml_keys(&self.pool, now).await?,
                store::delete_full_throttles(&self.pool, now).await?,
                store::delete_old_mails(&self.pool, now - keep.mails).await?,
                store::delete_forgotten_browsers(&self.pool, now - keep.known_browsers).await?,
                store::delete_expired_tokens(&self.pool, now - keep.expired_tokens).await?,
                store::delete_past_questions(&self.pool, now).await?,
                store::delete_old_answers(&self.pool, now - idempotency::KEEP).await?,
                store::delete_old_drafts(&self.pool, now - access::KEEP_DRAFTS).await?,
                store::delete_old_lists(&self.pool, now - bulk_invitations::KEEP_DRAFTS, now - keep.lists)
                    .await?,
            ];
            rows += batches.iter().sum::<u64>();
            if batches.iter().all(|rows| *rows < store::BATCH.unsigned_abs()) {
                return Ok(rows);
            }
        }
    }
}
