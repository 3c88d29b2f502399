//! Access tokens: `/tokens` has one's own, `/organization/tokens` everybody's.

pub mod api;

/// By this key the flash carries the secret of a new token to the page that shows it, once.
pub const SECRET: &str = "token-secret";
