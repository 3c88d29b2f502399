//! One's own account: what is known of it, and the theme.

mod store;

use crate::{Backend, Caller, Result, audit, caller::Target, database::Hold};
use domain::{
    access::Action,
    account::OwnSettings,
    field::{Faults, Field},
    theme::Theme,
};
use serde_json::json;

impl Backend {
    /// What a person sees of themselves on the settings page.
    pub async fn own_settings(&self, caller: &Caller) -> Result<OwnSettings> {
        caller.permit(Action::ViewOwnSettings, Target::User(caller.user))?;
        Ok(OwnSettings {
            name: caller.name(),
            email: caller.email.clone(),
            organization: caller.organization_name.clone(),
            org_id: caller.org_id.clone(),
            roles: caller.roles.clone(),
            access: self.access_of(caller, caller.user).await?,
            theme: caller.theme,
        })
    }

    /// Keeps the theme for the person, on every device.
    pub async fn choose_theme(&self, caller: &Caller, typed: &str) -> Result<Theme> {
        let theme: Theme = typed
            .parse()
            .map_err(|fault| Faults::from((Field::Theme, fault)))?;
        let permit = caller.permit(Action::ChooseTheme, Target::User(caller.user))?;
        let mut tx = self.begin(&permit, Hold::Shared).await?;
        store::save_theme(&mut tx, &permit, caller.user, theme).await?;
        if theme != caller.theme {
            let change = audit::Change::from_to(json!({"theme": caller.theme}), json!({"theme": theme}));
            audit::record(&mut tx, &permit, &caller.email, change, self.now()).await?;
        }
        tx.commit().await?;
        Ok(theme)
    }
}
