//! Two-factor authentication: the card of the settings and its dialogs, an administrator's reset, and the organization
//! that asks for it. The second step of signing in is in `sign_in`.

pub mod api;
pub mod card;
pub mod demand_note;
pub mod demand_page;
pub mod dialogs;
pub mod enrolment;
pub mod proof;
pub mod recovery_codes;
pub mod reset;

/// Under which the flash has recovery codes, where a form has the address of its server function.
pub const RECOVERY_CODES: &str = "recovery-codes";
