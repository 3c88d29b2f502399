//! The application: pages, their server functions, and the components they are made of. Compiled twice: into the server
//! (`ssr`) and into the WebAssembly that hydrates its pages (`hydrate`).

// A view is one type as deep as its page; the optimizing compiler counts every level.
#![recursion_limit = "256"]

#[cfg(feature = "hydrate")]
#[path = "browser/wasm.rs"]
mod browser;
#[cfg(not(feature = "hydrate"))]
#[path = "browser/server.rs"]
mod browser;
#[cfg(feature = "ssr")]
pub mod request;
#[cfg(not(feature = "ssr"))]
#[path = "travel/browser.rs"]
mod travel;
#[cfg(feature = "ssr")]
#[path = "travel/server.rs"]
mod travel;

pub mod access;
pub mod account;
pub mod act;
pub mod api_reference;
pub mod app;
pub mod audit;
pub mod bulk_invitations;
pub mod credentials;
#[cfg(debug_assertions)]
pub mod design;
pub mod error;
pub mod failure;
pub mod feedback;
pub mod home;
pub mod identities;
pub mod invitations;
pub mod layout;
pub mod loaded;
pub mod mailbox;
pub mod notice;
pub mod page;
pub mod parts;
pub mod password_resets;
pub mod routes;
pub mod scim;
pub mod services;
pub mod sessions;
pub mod setup;
#[cfg(feature = "ssr")]
pub mod shell;
pub mod sign_in;
pub mod sso;
pub mod still;
pub mod tokens;
pub mod two_factor;
pub mod ui;
pub mod users;
pub mod viewer;

pub use app::App;
#[cfg(feature = "ssr")]
pub use request::document as shell;
#[cfg(feature = "hydrate")]
pub use travel::take_over;
