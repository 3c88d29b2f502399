//! The audit log: who did what to whom, to be searched and to be taken away as a file.

pub mod api;
pub mod audit_filters;
pub mod audit_page;
pub mod audit_table;
