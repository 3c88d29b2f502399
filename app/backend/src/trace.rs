//! Spans for those who watch the installation from outside, where it sends traces. They tell what was done and how long
//! it took: no person, no address, no link. The log leaves them out.

/// The target by which the host tells them from the spans of its log.
pub const TRACE: &str = "usher::trace";

/// A span of that target.
macro_rules! traced {
    ($name:literal $(, $($field:tt)*)?) => {
        tracing::info_span!(target: $crate::trace::TRACE, $name $(, $($field)*)?)
    };
}
pub(crate) use traced;
