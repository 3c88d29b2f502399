//! Choosing a new password by a one-time link.

pub mod api;
pub mod forgot_page;
pub mod recover_page;
