//! The ways in beside a password, as links: a form must not lead to another site.

use crate::{
    routes,
    ui::{ButtonLink, IconKind},
};
use domain::{identities::Provider, local_path::LocalPath, organization::OrgId};
use leptos::prelude::*;

fn icon(provider: Provider) -> IconKind {
    match provider {
        Provider::Google => IconKind::Google,
        Provider::GitHub => IconKind::Branch,
    }
}

/// **Continue with Google**, and so on. `leave`: where each begins.
pub fn provider_links(providers: &[Provider], leave: impl Fn(Provider) -> String) -> AnyView {
    let link = |provider: &Provider| {
        let (href, label) = (leave(*provider), format!("Continue with {}", provider.name()));
        view! {
            <ButtonLink href icon=icon(*provider) wide=true external=true>
                {label}
            </ButtonLink>
        }
    };
    providers.iter().map(link).collect_view().into_any()
}

/// **Sign in with SSO**: at once where the organization is known, else over the page that asks for it.
pub fn sso_link(organization: Option<&OrgId>, next: Option<&LocalPath>) -> AnyView {
    let href = match organization {
        Some(organization) => routes::leave_for_sso(organization, next),
        None => routes::sign_in_step(routes::SIGN_IN_SSO, next),
    };
    view! {
        <ButtonLink href icon=IconKind::Key wide=true external=true>
            "Sign in with SSO"
        </ButtonLink>
    }
    .into_any()
}
