//! The front page.

pub mod home_page;
