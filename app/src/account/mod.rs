//! One's own account: settings, password and theme, and what forms share that ask who one is.

pub mod api;
pub mod confirm_dialog;
pub mod hidden_username;
pub mod new_password;
pub mod password_card;
pub mod settings_page;
pub mod theme_form;
