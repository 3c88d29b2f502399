//! The tokens of identity providers.

use crate::{
    credentials::table::{Credential, CredentialWords, credential_table},
    routes,
    ui::{ButtonLink, EmptyState, IconKind},
};
use domain::scim::{ScimTokenLine, ScimView};
use leptos::prelude::*;

pub(super) fn tokens_table(scim: &ScimView) -> AnyView {
    if scim.tokens.is_empty() {
        return nothing_yet(scim.may_change);
    }
    let credential = |token: &ScimTokenLine| Credential {
        name: token.name.clone(),
        created: token.created,
        created_by: token.created_by.clone(),
        maker_is_out: token.maker_is_out,
        last_used: token.last_used,
        delete: scim.may_change.then(|| routes::delete_scim_token(token.id)),
    };
    let words = CredentialWords {
        caption: "Tokens of identity providers",
        used: "Last used",
        never: "Never used",
        warning: "They know it. Add another one and delete this.",
    };
    credential_table(scim.tokens.iter().map(credential).collect(), words, scim.now)
}

fn nothing_yet(may_change: bool) -> AnyView {
    let add =
        may_change.then(|| view! { <ButtonLink href=routes::scim_dialog("add")>"Add a token"</ButtonLink> });
    view! {
        <EmptyState title="No tokens yet" icon=IconKind::Link>
            <p>"Add one for your identity provider: by it, it says who has joined and who has left."</p>
            {add}
        </EmptyState>
    }
    .into_any()
}
