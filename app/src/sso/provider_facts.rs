//! What is known of an identity provider, and by which rules its people get in.

use super::certificates::certificates;
use crate::ui::{Chip, Definition, DefinitionList, Time};
use domain::{
    moment::Moment,
    sso::{IdentityProviderView, Source, SsoRules},
};
use leptos::prelude::*;

pub fn provider_facts(provider: &IdentityProviderView, now: Moment) -> AnyView {
    let IdentityProviderView {
        sso_url,
        entity_id,
        metadata_url,
        saved,
        ..
    } = provider.clone();
    let (certificates, rules) = (certificates(&provider.certificates), rules(&provider.rules));
    let time = move |at: Moment| view! { <Time datetime=at.rfc3339() text=at.relative_to(now) title=at.date_and_time() /> };
    let how = match provider.source {
        Source::Url => "Read from its metadata",
        Source::File => "From a metadata file",
        Source::Manual => "Typed in",
    };
    let url = metadata_url.map(|url| view! { <code class="sso-value">{url}</code> });
    let saved = time(saved);
    let tested = match provider.tested {
        Some(at) => view! { <span>"Passed " {time(at)}</span> }.into_any(),
        None => "Not passed yet".into_any(),
    };
    view! {
        <DefinitionList>
            <Definition term="SSO URL">
                <code class="sso-value">{sso_url}</code>
            </Definition>
            <Definition term="Entity ID">
                <code class="sso-value">{entity_id}</code>
            </Definition>
            <Definition term="Certificates">{certificates}</Definition>
            <Definition term="Source">
                <span>{how} ", " {saved}</span>
                {url}
            </Definition>
            <Definition term="Rules">{rules}</Definition>
            <Definition term="Test sign-in">{tested}</Definition>
        </DefinitionList>
    }
    .into_any()
}

fn rules(rules: &SsoRules) -> AnyView {
    let signed = if rules.require_signed_assertion {
        "The assertion itself must be signed."
    } else {
        "The assertion or the response must be signed."
    };
    let code = if rules.asks_for_code {
        "Whoever has two-factor authentication here is asked for a code, too."
    } else {
        "A second factor is the identity provider's affair: no code is asked for here."
    };
    let accounts = if rules.creates_accounts {
        "A first sign-in makes an account, without groups and roles."
    } else {
        "Only people who have an account or an invitation get in."
    };
    let domains = (!rules.domains.is_empty()).then(|| {
        let chips = rules
            .domains
            .iter()
            .map(|domain| view! { <Chip text=domain.clone() /> })
            .collect_view();
        view! { <li>"For the first time, only people with addresses of " {chips}</li> }
    });
    view! {
        <ul class="sso-rules">
            <li>{signed}</li>
            <li>{code}</li>
            <li>{accounts}</li>
            {domains}
        </ul>
    }
    .into_any()
}
