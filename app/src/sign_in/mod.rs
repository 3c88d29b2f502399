//! Signing in.

pub mod api;
pub mod sign_in_page;
