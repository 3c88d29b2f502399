//! Access tokens: `/tokens` has one's own, `/organization/tokens` everybody's.

pub mod all_page;
pub mod api;
mod create_dialog;
mod delete_dialog;
mod facts;
pub mod own_page;
pub mod person_card;
mod secret_dialog;

/// By this key the flash carries the secret of a new token to the page that shows it, once.
pub const SECRET: &str = "token-secret";
