//! What [`wasm.rs`](../wasm/index.html) does in a browser, doing nothing on the server: pages there are only written.

use crate::error::Result;
use leptos::ev::SubmitEvent;

pub fn focus(_id: &str) {}
pub(crate) fn click(_id: &str) {}
pub(crate) fn set_value(_id: &str, _value: &str) {}
pub(crate) fn value(_id: &str) -> String {
    String::new()
}
pub(crate) fn pressed(_submit: &SubmitEvent) -> String {
    String::new()
}
pub(crate) fn on_shown_again(_act: impl Fn() + 'static) {}
pub(crate) fn submit_form_of(_id: &str) {}
pub(crate) fn chosen_values(_id: &str) -> Vec<String> {
    Vec::new()
}
pub(crate) fn choose_values(_id: &str, _values: &[String]) {}
pub fn show_dialog(_id: &str) {}
pub fn close_dialog(_id: &str) {}
pub(crate) fn is_dialog_open(_id: &str) -> bool {
    false
}
pub(crate) fn copy_to_clipboard(_text: &str) {}
pub(crate) fn replace_address(_href: &str) {}
pub(crate) fn listen(_href: &str, _hear: impl Fn(String) + 'static) {}

pub(crate) fn go_on_to(_href: &str) {}
pub(crate) fn reload() {}
pub(crate) fn print_page() {}

pub(crate) fn clear_secrets() {}

pub(crate) fn send_form(_event: &SubmitEvent, _path: String, _then: impl FnOnce(Result<()>) + 'static) {}
pub(crate) fn action_of(_event: &SubmitEvent) -> Option<String> {
    None
}
pub(crate) fn show_busy(_event: &SubmitEvent) -> Option<fn()> {
    None
}
