//! The cases of `docs/security.md`, each under its id.

mod access;
mod account;
mod bootstrap;
mod browser;
mod clock;
mod cookies;
mod deactivation;
mod escalation;
mod foreign_fields;
mod forgery;
mod identities;
mod invitation_limits;
mod invitations;
mod isolation;
mod known_passwords;
mod limits;
mod own_account;
mod own_sessions;
mod policies;
mod policy_limits;
mod redirects;
mod reliability;
mod sign_in;
mod sso;
mod sso_forgery;
mod stale_proof;
mod table;
mod text;
mod throttles;
mod two_factor;

pub(crate) use access::policy_for;
