//! How precisely it is known when a token or a service was used last: writing it with every use would cost more than
//! judging it.

use time::{Duration, OffsetDateTime};

const EVERY: Duration = Duration::MINUTE;

/// Whether a use at `now` is to be written down. One of the future was written before the clock was set back.
pub(crate) fn is_due(last: Option<OffsetDateTime>, now: OffsetDateTime) -> bool {
    last.is_none_or(|at| at > now || now - at >= EVERY)
}

/// Of many uses at once the one counts that finds no use since this.
pub(crate) fn unless_since(now: OffsetDateTime) -> OffsetDateTime {
    now - EVERY
}
