//! Signing in: the password, and where two-factor authentication is on, the code.

pub mod api;
pub mod code_page;
pub mod lost_device_page;
pub mod sign_in_page;
