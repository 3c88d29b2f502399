//! What a service sends to ask: on the page, and beside a new secret.

use crate::{
    routes,
    ui::{Definition, DefinitionList},
};
use leptos::prelude::*;

/// `address`: the console's own, without a slash at the end.
pub(super) fn ways_to_ask(address: &str) -> AnyView {
    let (introspect, decisions) = (
        format!("POST {address}/oauth2/introspect"),
        format!("POST {address}/api/v1/decisions"),
    );
    view! {
        <DefinitionList>
            <Definition term="Whose token is it?">
                <code>{introspect}</code>
            </Definition>
            <Definition term="May they do it?">
                <code>{decisions}</code>
            </Definition>
            <Definition term="In each request">
                <code>"Authorization: Bearer <secret>"</code>
                <small class="muted">"Or HTTP Basic, with the ID as user and the secret as password."</small>
            </Definition>
            <Definition term="All questions">
                <a href=routes::API_REFERENCE>"API"</a>
            </Definition>
        </DefinitionList>
    }
    .into_any()
}
