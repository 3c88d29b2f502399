//! `/account/settings`.

use super::{api::view_settings, theme_form::ThemeForm};
use crate::{
    page::console_page,
    ui::{Card, CardBody, CardHeader, Chip, CopyButton, Definition, DefinitionList, PageHeader, Stack},
    viewer::{Person, Viewer},
};
use domain::account::OwnSettings;
use leptos::prelude::*;

#[component]
pub fn SettingsPage() -> impl IntoView {
    let settings = Resource::new_blocking(|| (), |()| view_settings());
    console_page("Settings", settings, |_: Viewer, _: Person, own: OwnSettings| {
        let roles: Vec<_> = own.roles.iter().map(domain::access::Role::name).collect();
        let roles = if roles.is_empty() {
            "None".to_owned()
        } else {
            roles.join(", ")
        };
        let groups = if own.groups.is_empty() {
            view! { <span class="muted">"None"</span> }.into_any()
        } else {
            own.groups
                .iter()
                .map(|name| view! { <Chip text=name.clone() /> })
                .collect_view()
                .into_any()
        };
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
                            <Definition term="Roles">{roles}</Definition>
                        </DefinitionList>
                    </CardBody>
                </Card>
                <Card>
                    <CardHeader title="Theme" lead="On this and every other device.">
                        <ThemeForm theme=own.theme id="theme" />
                    </CardHeader>
                </Card>
            </Stack>
        }
    })
}
