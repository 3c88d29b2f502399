//! The mailbox of a trial without a mail server: what was sent, for whoever sits at the machine. For everybody else, and
//! everywhere else, there is no such page.

pub mod api;
pub mod mail_page;
pub mod mailbox_page;
pub mod trial_note;
