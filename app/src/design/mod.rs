//! `/design`, in builds for development alone: every component of `ui` in every state, in both themes, for whoever makes
//! or changes one. Look at it at 1280 and 360 pixels.

mod actions;
mod data;
pub mod design_page;
mod fields;
mod messages;
#[cfg(test)]
mod tests;
