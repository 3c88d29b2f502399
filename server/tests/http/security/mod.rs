//! The cases of `docs/security.md`, each under its id.

mod access;
mod account;
mod bootstrap;
mod browser;
mod clock;
mod deactivation;
mod invitations;
mod isolation;
mod reliability;
mod sign_in;
mod table;
