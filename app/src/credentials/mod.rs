//! What pages of credentials have in common: those of services, of identity providers, and access tokens.

pub mod secret_dialog;
pub mod table;
