//! `/account/settings`.

use super::{api::view_settings, password_card::password_card, theme_form::ThemeForm};
use crate::{
    access::{
        chain::Links,
        held_roles::{held_roles, memberships},
    },
    identities::{methods_card::methods_card, methods_dialogs::methods_dialog},
    loaded::load,
    page::console_page,
    sessions::session_list::own_sessions,
    travel::use_query_map,
    two_factor::{api::look_at_enrolment, card::two_factor_card, dialogs::settings_dialog},
    ui::{Card, CardBody, CardHeader, CopyButton, Definition, DefinitionList, PageHeader, Stack},
    viewer::{Person, Viewer},
};
use domain::{account::OwnSettings, two_factor::Enrolment};
use leptos::prelude::*;

#[component]
pub fn SettingsPage() -> impl IntoView {
    let query = use_query_map();
    let dialog = move || query.read().get("dialog").unwrap_or_default();
    let settings = load(dialog, |dialog| async move {
        let own = view_settings().await?;
        // Carries a secret, so it is asked for only where it is shown.
        let enrolment = match dialog.as_str() {
            "authenticator" => look_at_enrolment().await?,
            _ => None,
        };
        Ok((own, enrolment))
    });
    console_page(
        "Settings",
        settings,
        move |viewer: Viewer, person: Person, (own, enrolment): (OwnSettings, Option<Enrolment>)| {
            let query = query.get_untracked();
            let dialog = settings_dialog(&viewer, &own, enrolment, &query);
            let methods_dialog = methods_dialog(&viewer, &own, &query);
            let (two_factor, methods) = (two_factor_card(&own), methods_card(&own));
            let links = Links::of(&person);
            let (groups, roles) = (memberships(&own.access, links), held_roles(&own.access, links));
            let (password, sessions) = (password_card(&viewer, &own), own_sessions(&own));
            view! {
                <PageHeader title="Settings" lead="Your own account. What you may do is decided by your organization." />
                <Stack>
                    <Card>
                        <CardHeader title="You" />
                        <CardBody>
                            <DefinitionList>
                                <Definition term="Name">{own.name}</Definition>
                                <Definition term="Email">{own.email}</Definition>
                                <Definition term="Organization">{own.organization}</Definition>
                                <Definition term="Org ID">
                                    <span class="mono">{own.org_id.to_string()}</span>
                                    <CopyButton text=own.org_id.to_string() what="Org ID" />
                                </Definition>
                                <Definition term="Groups">{groups}</Definition>
                            </DefinitionList>
                        </CardBody>
                    </Card>
                    <Card>
                        <CardHeader title="Your roles" lead="Each with the access policy that gives it to you." />
                        <CardBody>{roles}</CardBody>
                    </Card>
                    {password}
                    {methods}
                    <Card>
                        <CardHeader title="Theme" lead="On this and every other device.">
                            <ThemeForm theme=own.theme id="theme" />
                        </CardHeader>
                    </Card>
                    {sessions}
                    {two_factor}
                </Stack>
                {dialog}
                {methods_dialog}
            }
        },
    )
}
