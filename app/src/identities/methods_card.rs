//! The card of the settings with the methods by which one can sign in.

use crate::{
    routes,
    ui::{Button, ButtonLink, ButtonSize, Card, CardBody, CardFooter, CardHeader, Time},
};
use domain::{
    account::OwnSettings,
    identities::{IdentityLine, Method, OwnMethods},
    moment::Moment,
    refusal::Refusal,
};
use leptos::prelude::*;

pub fn methods_card(own: &OwnSettings) -> impl IntoView + use<> {
    let methods = &own.methods;
    let lead = if methods.sso_required {
        "Your organization lets people in by single sign-on only."
    } else {
        "Any one of them signs you in."
    };
    let password = methods.has_password.then(|| {
        let email = own.email.clone();
        view! {
            <li>
                <div>
                    <b>{Method::Password.name()}</b>
                    <small class="muted">"With " {email}</small>
                </div>
                <ButtonLink href=routes::PASSWORD size=ButtonSize::Small label="Change password" external=true>
                    "Change"
                </ButtonLink>
            </li>
        }
    });
    let lines = methods
        .identities
        .iter()
        .map(|identity| line(identity, methods, own.now))
        .collect_view();
    let to_link = methods
        .linkable
        .iter()
        .map(|provider| {
            view! { <ButtonLink href=routes::link_method(*provider)>{format!("Link {}", provider.name())}</ButtonLink> }
        })
        .collect_view();
    let footer = (!methods.linkable.is_empty()).then(|| {
        view! {
            <CardFooter note="A linked account signs you in beside what you have. It must have your address.">
                <div class="actions">{to_link}</div>
            </CardFooter>
        }
    });
    view! {
        <Card id="methods">
            <CardHeader title="Sign-in methods" lead />
            <CardBody>
                <ul class="methods">{password} {lines}</ul>
            </CardBody>
            {footer}
        </Card>
    }
}

fn line(identity: &IdentityLine, methods: &OwnMethods, now: Moment) -> impl IntoView + use<> {
    let time = |at: Moment| view! { <Time datetime=at.rfc3339() text=at.relative_to(now) title=at.date_and_time() /> };
    let IdentityLine {
        id,
        method,
        email,
        linked,
        last_used,
    } = identity.clone();
    let used = last_used.map(|at| view! { ", last used " {time(at)} });
    let label = format!("Unlink {}", method.name());
    let unlink = if method == Method::Saml {
        view! { <small class="muted">"Managed by your organization."</small> }.into_any()
    } else if methods.can_unlink(identity) {
        view! {
            <ButtonLink href=routes::unlink_method(id) size=ButtonSize::Small label>
                "Unlink…"
            </ButtonLink>
        }
        .into_any()
    } else {
        let why = Refusal::LastMethod.sentence().to_owned();
        view! {
            <Button size=ButtonSize::Small label id="unlink-last" why_disabled=Some(why)>
                "Unlink…"
            </Button>
        }
        .into_any()
    };
    view! {
        <li>
            <div>
                <b>{method.name()}</b>
                <small class="muted">{email} ", linked " {time(linked)} {used}</small>
            </div>
            <div class="method-act">{unlink}</div>
        </li>
    }
}
