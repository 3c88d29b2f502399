//! The rules and words of Usher: pure functions and types, without clock, chance, database or browser.
//! Compiles for the server and for WebAssembly; what the browser does not call is left out of its module.

pub mod access;
pub mod account;
pub mod audit;
pub mod bulk_invitations;
pub mod email_address;
pub mod field;
pub mod identities;
pub mod ids;
pub mod invitations;
pub mod local_path;
pub mod mail;
pub mod moment;
pub mod organization;
pub mod paging;
pub mod password;
pub mod password_resets;
pub mod person_name;
pub mod refusal;
pub mod saml_problem;
pub mod saml_report;
pub mod saml_settings;
pub mod scim;
pub mod services;
pub mod sessions;
pub mod sign_in_problem;
pub mod sso;
pub mod theme;
pub mod tokens;
pub mod two_factor;
pub mod users;
