//! Secrets that are shown once: the flash carries them to the page that has the dialog.

use super::{Flash, leave_flash, redirect_to};
use crate::{error::Result, routes};
use backend::secret::Secret;

/// Leads to the page that shows recovery codes, once.
pub fn show_recovery_codes(codes: &[Secret<String>]) -> Result<()> {
    let values = codes
        .iter()
        .map(|code| ("code".to_owned(), code.expose().clone()));
    leave_flash(&Flash {
        page: routes::SETTINGS.to_owned(),
        action: crate::two_factor::RECOVERY_CODES.to_owned(),
        error: None,
        values: values.collect(),
    })?;
    redirect_to(&routes::settings_dialog("recovery-codes"));
    Ok(())
}

/// Leads to the dialog of a page that shows a secret, once. `action`: by what the page knows what the flash carries.
pub fn show_secret(page: &'static str, action: &str, values: &[(&str, &str)]) -> Result<()> {
    let values = values
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    leave_flash(&Flash {
        page: page.to_owned(),
        action: action.to_owned(),
        error: None,
        values: values.collect(),
    })?;
    redirect_to(&format!("{page}?dialog=secret"));
    Ok(())
}
