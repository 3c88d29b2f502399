//! Signing in: the password, and where two-factor authentication is on, the code; and which organization, for single
//! sign-on. Other ways in are in `identities`.

pub mod api;
pub mod code_page;
pub mod lost_device_page;
pub mod sign_in_page;
pub mod sso_page;
