//! What is deployed, whether it is on, and the address at which people sign in by it.

use super::{provider_facts::provider_facts, provider_form::form_href};
use crate::{
    routes,
    ui::{
        Badge, BadgeKind, Button, ButtonLink, Card, CardBody, CardFooter, CardHeader, CopyButton, Definition,
        DefinitionList,
    },
};
use domain::{
    refusal::Refusal,
    sso::{IdentityProviderView, SsoView, Stage},
};
use leptos::prelude::*;

pub fn live_card(sso: &SsoView, live: &IdentityProviderView) -> AnyView {
    let (kind, text, lead) = if live.enabled {
        (
            BadgeKind::Good,
            "Deployed",
            "People sign in with what stands here.",
        )
    } else {
        (
            BadgeKind::Idle,
            "Disabled",
            "It is kept as it was. Nobody signs in with it.",
        )
    };
    let (facts, sign_in) = (provider_facts(live, sso.now), sign_in(sso));
    let acts = if sso.may_change {
        acts(sso, live)
    } else {
        view! {
            <CardFooter>
                <Button why_disabled=Some("Only an IAM Admin can change it.".to_owned())>"Edit"</Button>
            </CardFooter>
        }
        .into_any()
    };
    view! {
        <Card id="deployed">
            <CardHeader title="Identity provider" lead>
                <Badge kind text />
            </CardHeader>
            <CardBody>{sign_in} {facts}</CardBody>
            {acts}
        </Card>
    }
    .into_any()
}

/// What is given to people.
fn sign_in(sso: &SsoView) -> AnyView {
    let (url, id) = (sso.sign_in_url.clone(), sso.org_id.to_string());
    view! {
        <DefinitionList>
            <Definition term="Sign-in address">
                <code class="sso-value">{url.clone()}</code>
                <CopyButton text=url what="sign-in address" />
            </Definition>
            <Definition term="Org ID">
                <code>{id.clone()}</code>
                <CopyButton text=id what="Org ID" />
                <small class="muted">"For the sign-in page, where it is asked for after Sign in with SSO."</small>
            </Definition>
        </DefinitionList>
    }
    .into_any()
}

fn acts(sso: &SsoView, live: &IdentityProviderView) -> AnyView {
    // Beside a draft, which has its own.
    let has_draft = sso.draft.is_some();
    let label = has_draft.then(|| "Test sign-in of what is deployed".to_owned());
    let edit = (!has_draft).then(|| {
        view! { <ButtonLink href=form_href(Some(live))>"Edit"</ButtonLink> }
    });
    let test = routes::leave_to_test_sso(&sso.org_id, Stage::Live);
    let test = match label {
        Some(label) => view! {
            <ButtonLink href=test external=true label>
                "Test sign-in"
            </ButtonLink>
        }
        .into_any(),
        None => view! {
            <ButtonLink href=test external=true>
                "Test sign-in"
            </ButtonLink>
        }
        .into_any(),
    };
    let switch = match (live.enabled, sso.required.is_some()) {
        (true, true) => {
            let why = Refusal::SsoIsRequired.sentence().to_owned();
            view! { <Button why_disabled=Some(why)>"Disable"</Button> }.into_any()
        }
        (true, false) => {
            view! { <ButtonLink href=routes::sso_dialog("disable")>"Disable"</ButtonLink> }.into_any()
        }
        (false, _) => {
            view! { <ButtonLink href=routes::sso_dialog("enable")>"Enable"</ButtonLink> }.into_any()
        }
    };
    view! { <CardFooter>{switch} {edit} {test}</CardFooter> }.into_any()
}
