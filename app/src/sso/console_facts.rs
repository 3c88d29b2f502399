//! What an identity provider has to know of this console, to be copied from here.

use crate::ui::{Card, CardBody, CardHeader, CopyButton, Definition, DefinitionList};
use domain::sso::SsoView;
use leptos::prelude::*;

pub fn console_facts(sso: &SsoView) -> AnyView {
    let metadata = sso.entity_id.clone();
    // Not by the name of the term: a field of the form beside it has that.
    let value = |text: &str, what: &'static str| {
        view! {
            <code class="sso-value">{text.to_owned()}</code>
            <CopyButton text=text.to_owned() what />
        }
    };
    let (acs, entity_id, start) = (
        value(&sso.acs_url, "ACS URL"),
        value(&sso.entity_id, "identifier of this console"),
        value(&sso.sign_in_url, "start URL"),
    );
    let attributes = ["email", "first_name", "last_name"]
        .map(|name| view! { <code>{name}</code> })
        .collect_view();
    view! {
        <Card>
            <CardHeader
                title="At your identity provider"
                lead="Add an application of the kind SAML 2.0 there, with these values."
            />
            <CardBody>
                <DefinitionList>
                    <Definition term="ACS URL">{acs}</Definition>
                    <Definition term="Entity ID">{entity_id}</Definition>
                    <Definition term="Metadata">
                        <a class="sso-value" href=metadata.clone() rel="external">
                            {metadata.clone()}
                        </a>
                        <small class="muted">"For identity providers that read all of this by themselves."</small>
                    </Definition>
                    <Definition term="Sign-in address">
                        {start} <small class="muted">"As start URL, for people who begin at their list of applications."</small>
                    </Definition>
                    <Definition term="Attributes">
                        {attributes} <small class="muted">"All three, of each person. Roles are given here, and by no attribute."</small>
                    </Definition>
                    <Definition term="NameID">"persistent or emailAddress"</Definition>
                    <Definition term="Signature">
                        "Of the assertion or the response, with SHA-256. Nothing is to be encrypted."
                    </Definition>
                </DefinitionList>
            </CardBody>
        </Card>
    }
    .into_any()
}
