//! The choice of a theme: a drop-down that saves as it changes, with a button where no scripts run.

use super::api::ChooseTheme;
use crate::act::{Act, ActForm};
use crate::failure::tell_failures_of;
use crate::ui::{Button, SelectField, SelectOption};
use domain::theme::Theme;
use leptos::prelude::*;

#[component]
pub fn ThemeForm(theme: Theme, #[prop(into)] id: String) -> impl IntoView {
    let action = Act::of::<ChooseTheme>();
    tell_failures_of(action);
    let options = Theme::ALL
        .map(|t| SelectOption::new(t.as_str(), t.label()))
        .to_vec();
    view! {
        <ActForm act=action class="actions">
            <SelectField label="Theme" name="theme" id options value=theme.as_str() hide_label=true submit_on_change=true />
            <span class="without-script">
                <Button>"Apply"</Button>
            </span>
        </ActForm>
    }
}
