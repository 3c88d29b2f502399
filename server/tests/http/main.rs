//! Tests of the console through HTTP: a server on a port of its own, a database of its own, and visitors who speak to it
//! as browsers do. What is tested here must hold whatever a page looks like. `security/` has the cases of
//! `docs/security.md`, each under its id.

mod api;
mod audit;
mod bulk_invitations;
mod cut_off;
mod endpoints;
mod failures;
mod forms;
mod gate;
mod groups;
mod identity_provider;
mod invitations;
mod log;
mod metrics;
mod organization;
mod own_roles;
mod password_resets;
mod people;
mod person;
mod phone;
mod policies;
mod providers;
mod readme;
mod refusals;
mod scim;
mod security;
mod sso_settings;
mod stage;
mod trial;
mod undo;
mod users_file;
mod visitor;
