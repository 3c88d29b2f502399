//! `/organization/iam/sso`: single sign-on in each of its states. With `?tab=…` it is the form that tells of an identity
//! provider, with `?dialog=…` a question stands over it.

use super::{
    api::view_sso,
    certificates::ending_note,
    console_facts::console_facts,
    dialogs::sso_dialog,
    draft_card::draft_card,
    live_card::live_card,
    provider_form::{Way, form_href, provider_form},
    require_card::require_card,
    sso_tabs::{SsoTab, sso_tabs},
    tests_card::tests_card,
};
use crate::{
    loaded::load,
    page::console_page,
    travel::use_query_map,
    ui::{Button, ButtonKind, ButtonLink, Card, CardBody, CardHeader, PageHeader, Stack},
    viewer::{Person, Viewer},
};
use domain::sso::SsoView;
use leptos::prelude::*;
use leptos_router::params::ParamsMap;

#[component]
pub fn SsoSettingsPage() -> impl IntoView {
    let query = use_query_map();
    // An act leads back to this page: its notice tells that there is something else to see.
    let asked = move || ["tab", "dialog", "notice"].map(|key| query.read().get(key));
    let sso = load(asked, |_| view_sso());
    console_page(
        "Single sign-on",
        sso,
        move |viewer: Viewer, _: Person, sso: SsoView| page(&viewer, &sso, &query.get_untracked()),
    )
}

fn page(viewer: &Viewer, sso: &SsoView, query: &ParamsMap) -> AnyView {
    if let Some(way) = Way::asked(query).filter(|_| sso.may_change) {
        return provider_form(viewer, sso, way);
    }
    let is_new = sso.live.is_none() && sso.draft.is_none();
    let lead = if is_new {
        "Let people sign in with the identity provider of your organization."
    } else {
        "How people sign in with the identity provider of your organization."
    };
    let warning = sso
        .live
        .as_ref()
        .filter(|live| live.enabled)
        .and_then(ending_note);
    let draft = sso.draft.as_ref().map(|draft| draft_card(viewer, sso, draft));
    let live = sso.live.as_ref().map(|live| live_card(sso, live));
    let begin = is_new.then(|| begin(sso.may_change));
    let (facts, tests) = (console_facts(sso), tests_card(sso));
    let required = sso.live.is_some().then(|| require_card(viewer, sso));
    let dialog = query
        .get_str("dialog")
        .and_then(|dialog| sso_dialog(viewer, sso, dialog));
    view! {
        <PageHeader title="Single sign-on" lead>
            {begin}
        </PageHeader>
        {sso_tabs(SsoTab::SignIn)}
        <Stack>{warning} {is_new.then(what_it_is)} {draft} {live} {facts} {required} {tests}</Stack>
        {dialog}
    }
    .into_any()
}

fn begin(may_change: bool) -> AnyView {
    if may_change {
        view! {
            <ButtonLink href=form_href(None) kind=ButtonKind::Primary>
                "Configure SAML"
            </ButtonLink>
        }
        .into_any()
    } else {
        view! {
            <Button kind=ButtonKind::Primary why_disabled=Some("Only an IAM Admin can configure it.".to_owned())>
                "Configure SAML"
            </Button>
        }
        .into_any()
    }
}

fn what_it_is() -> impl IntoView {
    view! {
        <Card>
            <CardHeader title="What it does" lead="It speaks SAML 2.0, as Entra ID, Okta, Google Workspace, Keycloak and others do." />
            <CardBody>
                <ul>
                    <li>"People sign in where they do all day, and need no password here."</li>
                    <li>
                        "A first sign-in makes an account without groups and roles, or accepts the invitation of that address. What people may do is decided here, by groups and policies."
                    </li>
                    <li>
                        "Whoever is deactivated here stays out, whatever the identity provider says. Whoever is removed there keeps a session that is open here until it ends: deactivate them, too."
                    </li>
                    <li>"A second factor is the identity provider's affair, unless you have it asked for here, too."</li>
                    <li>
                        "You configure it, try it by yourself, and then deploy it. Every other method goes on until you require SSO."
                    </li>
                </ul>
            </CardBody>
        </Card>
    }
}
