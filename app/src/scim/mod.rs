//! Provisioning by SCIM: `/organization/iam/scim`. What identity providers do by it is the host's `scim`.

mod add_dialog;
pub mod api;
mod delete_dialog;
pub mod scim_page;
mod secret_dialog;
mod switches_card;
mod tokens_table;

/// By this key the flash carries a new token to the page that shows it, once.
pub const SECRET: &str = "scim-secret";
