//! Services outside that ask the console: `/organization/services`.

pub mod api;

/// By this key the flash carries the credential of a new service to the page that shows it, once.
pub const SECRET: &str = "service-secret";
