//! One's own account: settings, theme, and the choice of a new password.

pub mod api;
pub mod new_password;
pub mod settings_page;
pub mod theme_form;
