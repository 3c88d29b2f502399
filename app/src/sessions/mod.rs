//! Sessions: seeing and ending them, and reporting one that is not one's own.

pub mod api;
pub mod not_me_page;
pub mod session_list;
