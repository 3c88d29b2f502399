//! Signing in by what a provider vouches for: the ways that pages offer, the page that joins an identity to an account,
//! the way out to a provider, and one's own sign-in methods in the settings.

pub mod api;
pub mod leaving_page;
pub mod link_page;
pub mod methods_card;
pub mod methods_dialogs;
pub mod problem;
pub mod problem_page;
pub mod ways_in;

/// Under which the flash has where somebody leaves for, where a form has the address of its server function.
pub const LEAVING: &str = "leaving";
