//! Single sign-on of the organization, for its administrators: what their identity provider and this console know of each
//! other, the draft and its test sign-ins, what is deployed, and whether it is the only way in. Signing in by it is in
//! `sign_in`; a metadata file comes in by the host's `sso_upload.rs`.

pub mod advanced;
pub mod api;
pub mod certificates;
pub mod console_facts;
pub mod dialogs;
pub mod draft_card;
pub mod live_card;
pub mod manual_form;
pub mod metadata_form;
pub mod provider_facts;
pub mod provider_form;
pub mod require_card;
pub mod settings_page;
pub mod sso_tabs;
pub mod test_page;
pub mod tests_card;

/// The names of what both forms have beside the fields of `domain`. None that says "code": those are kept nowhere.
pub const REQUIRES_SIGNED: &str = "require_signed_assertion";
pub const ASKS_HERE: &str = "asks_here";
pub const CREATES_ACCOUNTS: &str = "creates_accounts";
pub const VERSION: &str = "version";
