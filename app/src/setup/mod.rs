//! The first organization of an installation.

pub mod api;
pub mod setup_page;
