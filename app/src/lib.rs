//! .

#[cfg(feature = "hydrate")]
#[path = "browser/wasm.rs"]
mod browser;
#[cfg(not(feature = "hydrate"))]
#[path = "browser/server.rs"]
mod browser;

pub mod layout;
pub mod ui;
