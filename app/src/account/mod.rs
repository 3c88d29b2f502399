//! One's own account: settings, password and theme.

pub mod api;
pub mod new_password;
pub mod password_card;
pub mod settings_page;
pub mod theme_form;
