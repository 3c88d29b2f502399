//! People: the table of them, and the dialogs that change one.

pub mod api;
pub mod methods_card;
pub mod people_tabs;
pub mod person_page;
pub mod undo;
pub mod user_dialog;
pub mod user_menu;
pub mod users_page;
pub mod users_table;
