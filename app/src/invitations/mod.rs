//! Invitations: sending them and accepting them.

pub mod accept_form;
pub mod api;
pub mod invitation_page;
pub mod invite_dialog;
