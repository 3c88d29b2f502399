//! On a person's page: the methods by which they sign in, and the dialog by which an administrator unlinks their SSO.

use super::api::{PersonDetails, UnlinkSso};
use crate::{
    act::{Act, ActForm},
    feedback::Feedback,
    routes,
    two_factor::proof::{ids, proof_field},
    ui::{
        Button, ButtonKind, ButtonLink, Card, CardBody, CardFooter, CardHeader, Dialog, DialogBody,
        DialogFooter, ErrorSummary, Time,
    },
    viewer::{Person, Viewer},
};
use domain::{
    identities::{IdentityLine, Method},
    moment::Moment,
};
use leptos::prelude::*;

pub fn methods_card(viewer: &Person, details: &PersonDetails) -> AnyView {
    let (methods, now) = (&details.methods, details.access.now);
    let password = methods
        .has_password
        .then(|| view! { <li><b>{Method::Password.name()}</b></li> });
    let lines = methods
        .identities
        .iter()
        .map(|identity| line(identity, now))
        .collect_view();
    let body = if methods.has_password || !methods.identities.is_empty() {
        view! { <ul class="methods">{password} {lines}</ul> }.into_any()
    } else {
        view! { <p class="muted">"None."</p> }.into_any()
    };
    let lead = if methods.bound_to_sso {
        "Your organization lets them in by SSO only."
    } else {
        "Any one of them signs them in."
    };
    let can_unlink = viewer.changes_users && methods.has_sso();
    let href = routes::unlink_sso(details.access.id);
    let unlink = can_unlink.then(|| {
        view! {
            <CardFooter note="For somebody whom the identity provider now knows by another name.">
                <ButtonLink href>"Unlink SSO…"</ButtonLink>
            </CardFooter>
        }
    });
    view! {
        <Card id="methods">
            <CardHeader title="Sign-in methods" lead />
            <CardBody>{body}</CardBody>
            {unlink}
        </Card>
    }
    .into_any()
}

fn line(identity: &IdentityLine, now: Moment) -> impl IntoView + use<> {
    let time = move |at: Moment| view! { <Time datetime=at.rfc3339() text=at.relative_to(now) title=at.date_and_time() /> };
    let (name, email) = (identity.method.name(), identity.email.clone());
    let (linked, used) = (time(identity.linked), identity.last_used.map(time));
    let used = used.map(|used| view! { ", last used " {used} });
    view! {
        <li>
            <div>
                <b>{name}</b>
                <small class="muted">{email} ", linked " {linked} {used}</small>
            </div>
        </li>
    }
}

pub fn unlink_sso_dialog(viewer: &Viewer, details: &PersonDetails) -> AnyView {
    if !details.methods.has_sso() {
        return ().into_any();
    }
    let action = Act::of::<UnlinkSso>();
    let feedback = Feedback::of(action, viewer);
    let pending = feedback.pending;
    let proof = proof_field(viewer, details.wants_proof, &feedback);
    let (id, name) = (details.access.id, details.access.name.clone());
    let others = details.methods.has_password || details.methods.identities.len() > 1;
    let until_then = if others {
        "Until then their other methods sign them in."
    } else {
        "Until then nothing signs them in: they have no other method."
    };
    view! {
        <Dialog
            id="unlink-sso"
            title=format!("Unlink SSO of {name}?")
            open=true
            close_href=routes::person(id)
        >
            <ActForm act=action>
                <DialogBody>
                    <ErrorSummary errors=feedback.errors_at(ids) general=feedback.general() />
                    <input type="hidden" name="user" value=id.to_string() />
                    <ul>
                        <li>"What the identity provider knows them by no longer signs them in."</li>
                        <li>"Their next sign-in with SSO links it anew, by their e-mail address."</li>
                        <li>{until_then}</li>
                        <li>"Sessions that are open go on. They get a mail."</li>
                    </ul>
                    {proof}
                </DialogBody>
                <DialogFooter>
                    <Button kind=ButtonKind::Danger pending>
                        "Unlink SSO"
                    </Button>
                </DialogFooter>
            </ActForm>
        </Dialog>
    }
    .into_any()
}
