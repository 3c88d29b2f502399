//! Inviting many: the form that takes a list, and the page of a list: dry run, progress, result.

pub mod api;
pub mod list_page;
pub mod new_list_page;
mod progress;
mod rows_table;
