//! One's own account: what is known of it, the password and the theme.

mod password;
mod store;
#[cfg(test)]
mod tests;

use crate::{Backend, Caller, Result, audit, caller::Target, database::Hold, users};
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
            first_name: caller.first_name.clone(),
            last_name: caller.last_name.clone(),
            has_password: users::store::has_password(&self.pool, caller.organization, caller.user).await?,
            password_length: self.settings.password_length,
            sessions: self.sessions_of(caller, caller.user).await?,
            two_factor: self.own_two_factor(caller).await?,
            methods: self.own_methods(caller).await?,
            now: self.now().into(),
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
