//! On a person's page: their access tokens, and the dialog by which an administrator deletes one.

use super::{
    delete_dialog::{Holder, delete_of, gone},
    facts::{name_of, status_of, times},
};
use crate::{
    routes,
    ui::{ButtonLink, ButtonSize, Card, CardBody, CardHeader},
    users::api::PersonDetails,
    viewer::Viewer,
};
use domain::{ids::UserId, moment::Moment, tokens::TokenLine};
use leptos::prelude::*;

pub fn tokens_card(details: &PersonDetails) -> AnyView {
    let (user, now) = (details.access.id, details.access.now);
    let may_delete = details.tokens.may_delete;
    let lines = details.tokens.tokens.iter();
    let lines = lines
        .map(|token| line(user, token, now, may_delete))
        .collect_view();
    let body = if details.tokens.tokens.is_empty() {
        view! { <p class="muted">"None."</p> }.into_any()
    } else {
        view! { <ul class="tokens">{lines}</ul> }.into_any()
    };
    view! {
        <Card id="tokens">
            <CardHeader title="Access tokens" lead="With each a script acts as them." />
            <CardBody>{body}</CardBody>
        </Card>
    }
    .into_any()
}

fn line(user: UserId, token: &TokenLine, now: Moment, may_delete: bool) -> impl IntoView + use<> {
    let delete = may_delete.then(|| {
        let href = routes::delete_token_of_person(user, token.id);
        view! {
            <ButtonLink href size=ButtonSize::Small label=format!("Delete {}", token.name)>
                "Delete…"
            </ButtonLink>
        }
    });
    view! {
        <li>
            <div>
                <span class="token-line">{name_of(token)} {status_of(token)}</span>
                <small class="muted">{times(token, now)}</small>
            </div>
            {delete}
        </li>
    }
}

/// `id`: of the token, as it stands in the address.
pub fn delete_token_dialog(viewer: &Viewer, details: &PersonDetails, id: &str) -> AnyView {
    if !details.tokens.may_delete {
        return ().into_any();
    }
    let user = details.access.id;
    let back = routes::person(user);
    let mut tokens = details.tokens.tokens.iter();
    let Some(token) = tokens.find(|token| token.id.to_string() == id) else {
        return gone(back);
    };
    let holder = Holder {
        user,
        name: details.access.name.clone(),
        is_self: details.is_self,
    };
    delete_of(viewer, holder, token, details.access.now, back)
}
