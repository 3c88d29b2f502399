//! Services outside that ask the console: `/organization/services`.

mod add_dialog;
pub mod api;
mod delete_dialog;
mod secret_dialog;
pub mod services_page;
mod ways_to_ask;

/// By this key the flash carries the credential of a new service to the page that shows it, once.
pub const SECRET: &str = "service-secret";
