//! `/account/settings`.

use super::{api::view_settings, password_card::password_card, theme_form::ThemeForm};
use crate::{
    access::{
        chain::Links,
        held_roles::{held_roles, memberships},
    },
    page::console_page,
    sessions::session_list::own_sessions,
    ui::{Card, CardBody, CardHeader, CopyButton, Definition, DefinitionList, PageHeader, Stack},
    viewer::{Person, Viewer},
};
use domain::account::OwnSettings;
use leptos::prelude::*;

#[component]
pub fn SettingsPage() -> impl IntoView {
    let settings = Resource::new_blocking(|| (), |()| view_settings());
    console_page(
        "Settings",
        settings,
        |viewer: Viewer, person: Person, own: OwnSettings| {
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
                    <Card>
                        <CardHeader title="Theme" lead="On this and every other device.">
                            <ThemeForm theme=own.theme id="theme" />
                        </CardHeader>
                    </Card>
                    {sessions}
                </Stack>
            }
        },
    )
}
