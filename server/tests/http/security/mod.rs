//! The cases of `docs/security.md`, each under its id.

mod bootstrap;
mod browser;
mod invitations;
mod people;
mod sign_in;
mod table;
