//! Takes mails from the outbox to the mail server. Any number of servers may do it at once.
//!
//! A mail is leased, its link made and committed, and only then is the mail server spoken to: no transaction waits for
//! it. A mail is sent twice only if the server took it and we never learned it: this server died before it wrote so
//! down, or the answer came too late. Then it is sent again when the lease ends, and both links work.

use super::{
    Transport,
    links::Link,
    mime::{self, Unsendable},
    store::{self, Leased},
    transport::Failure,
    words::{Occasion, letter},
};
use crate::{Backend, Result, metrics::MailOutcome, secret::Token, settings::MailRetry, trace::traced};
use std::{cmp::min, time::Duration as Wait};
use time::{Duration, OffsetDateTime};
use tokio::sync::watch;
use tracing::{Instrument, field};

/// A mail whose bell another server rang, or whose next attempt is due, is noticed after this long.
const LONGEST_SLEEP: Wait = Wait::from_secs(5);
/// What administrators are shown of an answer; some mail servers write essays.
const MAX_REASON: usize = 200;

impl Backend {
    /// Sends what is due, until nothing is. Four mails are under way at once, so that a mail server that is slow with
    /// one recipient does not stop the rest. Returns how many mails left.
    pub async fn deliver_due_mails(&self, transport: &Transport) -> Result<usize> {
        let lane = || self.deliver_until_idle(transport);
        let sent = tokio::join!(lane(), lane(), lane(), lane());
        transport.rest().await;
        Ok(sent.0? + sent.1? + sent.2? + sent.3?)
    }

    async fn deliver_until_idle(&self, transport: &Transport) -> Result<usize> {
        let mut sent = 0;
        while let Some((outcome, _)) = Box::pin(self.deliver_next(transport)).await? {
            sent += usize::from(outcome == Outcome::Sent);
        }
        Ok(sent)
    }

    /// Sends mails until `shutdown` ends; those in hand are finished first.
    pub async fn run_mail_worker(self, transport: Transport, shutdown: impl Future<Output = ()>) {
        let (stop, stopped) = watch::channel(false);
        let lane = || self.run_lane(&transport, stopped.clone());
        let stopping = async {
            shutdown.await;
            let _ = stop.send(true);
        };
        tokio::join!(lane(), lane(), lane(), lane(), stopping);
    }

    async fn run_lane(&self, transport: &Transport, mut stopped: watch::Receiver<bool>) {
        while !*stopped.borrow() {
            match Box::pin(self.deliver_next(transport)).await {
                Ok(Some((_, More(true)))) => continue,
                // What has come since has rung the bell.
                Ok(Some(_) | None) => {}
                Err(error) => tracing::warn!(%error, "the outbox can't be read; trying again soon"),
            }
            transport.rest().await;
            tokio::select! {
                _ = stopped.wait_for(|stopped| *stopped) => {}
                () = self.mail_bell.notified() => {}
                () = tokio::time::sleep(LONGEST_SLEEP) => {}
            }
        }
    }

    /// One attempt with one mail; `None` when nothing is due.
    async fn deliver_next(&self, transport: &Transport) -> Result<Option<(Outcome, More)>> {
        let (now, lease) = (self.now(), self.settings.mail.lease);
        let Some(mail) = store::lease_due(&self.pool, now, now + lease).await? else {
            return Ok(None);
        };
        if mail.more {
            // Another lane comes for it while this one is busy.
            self.mail_bell.notify_one();
        }
        let link = match self.link_of(&mail, now).await? {
            Link::None => None,
            Link::Token(token) => Some(token),
            Link::Withdrawn => return Ok(Some((Outcome::Withdrawn, More(mail.more)))),
        };
        let span = traced!(
            "send mail",
            otel.kind = "client",
            otel.status_code = field::Empty,
            "error.type" = field::Empty,
            mail = %mail.id,
            attempt = mail.attempts,
        );
        let result = self
            .attempt(transport, &mail, link.as_ref(), now)
            .instrument(span.clone())
            .await;
        if let Err(failure) = &result {
            // Not the answer itself, which likes to quote the recipient.
            span.record("otel.status_code", "ERROR");
            span.record("error.type", failure.kind());
        }
        let outcome = self.write_down(&mail, link.as_ref(), result).await?;
        Ok(Some((outcome, More(mail.more))))
    }

    async fn attempt(
        &self,
        transport: &Transport,
        mail: &Leased,
        token: Option<&Token>,
        now: OffsetDateTime,
    ) -> Result<(), Failure> {
        let message = mail
            .message
            .as_ref()
            .ok_or_else(|| Failure::Later("Another version of Usher sends it".into()))?;
        let public_url = self.settings.public_url.as_str();
        let link = message.link().zip(token);
        let link = link.map(|(kind, token)| format!("{public_url}{}{}", kind.path(), token.expose()));
        let occasion = Occasion {
            public_url,
            link: link.as_deref(),
            link_works_for: &in_words(self.settings.reset_lifetime),
        };
        let parcel = mime::parcel(
            &self.settings,
            mail.id,
            now,
            &mail.recipient,
            &letter(message, &occasion),
        );
        let parcel = parcel.map_err(|problem| match problem {
            Unsendable::Recipient => Failure::Refused(problem.to_string()),
            Unsendable::Sender => Failure::Later(problem.to_string()),
        })?;
        // Whatever the transport's own limits are, nobody has a mail when the lease ends.
        let limit = Wait::try_from(self.settings.mail.lease * 3 / 4).unwrap_or(LONGEST_SLEEP);
        tokio::time::timeout(limit, transport.send(&parcel))
            .await
            .unwrap_or_else(|_| Err(Failure::Later("The mail server did not answer in time".into())))
    }

    async fn write_down(
        &self,
        mail: &Leased,
        token: Option<&Token>,
        result: Result<(), Failure>,
    ) -> Result<Outcome> {
        let now = self.now();
        let (next, answer) = match result {
            Ok(()) => {
                store::save_sent(&self.pool, mail, now).await?;
                self.metrics.mail(MailOutcome::sent);
                tracing::info!(mail = %mail.id, attempts = mail.attempts, "mail sent");
                return Ok(Outcome::Sent);
            }
            Err(Failure::Later(answer)) => (
                next_attempt(&self.settings.mail, mail.created_at, mail.attempts, now),
                answer,
            ),
            Err(Failure::Refused(answer)) => (None, answer),
        };
        store::save_failure(&self.pool, mail, &reason(&answer, token), now, next).await?;
        if next.is_some() {
            self.metrics.mail(MailOutcome::postponed);
            tracing::warn!(mail = %mail.id, attempts = mail.attempts, "mail not taken; trying again later");
            Ok(Outcome::Waiting)
        } else {
            self.metrics.mail(MailOutcome::failed);
            tracing::warn!(mail = %mail.id, attempts = mail.attempts, "mail failed for good");
            Ok(Outcome::Failed)
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Sent,
    Waiting,
    Failed,
    Withdrawn,
}

/// Whether another mail was due when this one was taken.
struct More(bool);

/// `1 hour`, `30 minutes`.
fn in_words(lifetime: Duration) -> String {
    let (count, unit) = match (lifetime.whole_hours(), lifetime.whole_minutes()) {
        (hours, minutes) if hours * 60 == minutes && hours > 0 => (hours, "hour"),
        (_, minutes) => (minutes.max(1), "minute"),
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

/// When to try again after so many attempts, each wait twice the one before; `None` when the mail is too old. The last
/// attempt is made when it is exactly as old as may be.
fn next_attempt(
    retry: &MailRetry,
    created_at: OffsetDateTime,
    attempts: i32,
    now: OffsetDateTime,
) -> Option<OffsetDateTime> {
    let last = created_at + retry.give_up_after;
    let doublings = u32::try_from(attempts.saturating_sub(1)).unwrap_or_default();
    let wait = 2_i32
        .checked_pow(doublings)
        .map_or(Duration::MAX, |factor| retry.first_wait.saturating_mul(factor));
    (now < last).then(|| min(now + min(wait, retry.longest_wait), last))
}

/// What is stored of an answer: one short line, without the link, which content filters like to quote.
fn reason(answer: &str, token: Option<&Token>) -> String {
    let answer = token.map_or_else(|| answer.to_owned(), |token| answer.replace(token.expose(), "…"));
    super::letter::on_one_line(&answer)
        .chars()
        .take(MAX_REASON)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{secret::Chance, settings::Settings};

    #[test]
    fn each_wait_is_twice_the_one_before_up_to_the_longest() {
        let retry = Settings::default().mail;
        let start = OffsetDateTime::UNIX_EPOCH;
        let waits = |attempts| {
            next_attempt(&retry, start, attempts, start).map(|next| (next - start).whole_seconds())
        };
        let first: Vec<_> = (1..=9).filter_map(waits).collect();
        assert_eq!(first, [10, 20, 40, 80, 160, 320, 640, 1280, 1800]);
        assert_eq!(waits(i32::MAX), Some(1800));
    }

    #[test]
    fn the_last_attempt_is_made_at_the_end_and_none_after_it() {
        let retry = Settings::default().mail;
        let start = OffsetDateTime::UNIX_EPOCH;
        let last = start + retry.give_up_after;
        assert_eq!(
            next_attempt(&retry, start, 50, last - Duration::seconds(1)),
            Some(last)
        );
        assert_eq!(next_attempt(&retry, start, 50, last), None);
    }

    #[test]
    fn a_stored_reason_is_one_short_line_without_the_link() {
        let token = Chance::system().token();
        let answer = format!(
            "554 5.7.1\r\nblocked: http://x/invitations/{}\u{202e}\u{0} {}",
            token.expose(),
            "y".repeat(500)
        );
        let reason = reason(&answer, Some(&token));
        assert!(
            reason.starts_with("554 5.7.1 blocked: http://x/invitations/… yyy"),
            "{reason}"
        );
        assert_eq!(reason.chars().count(), MAX_REASON);
    }
}
