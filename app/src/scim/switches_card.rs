//! What is taken from identity providers: a switch for people, and one for groups.

use super::api::SwitchScim;
use crate::{
    act::{Act, ActForm},
    failure::tell_failures_of,
    ui::{Badge, BadgeKind, Card, CardBody, CardHeader, Switch},
};
use domain::scim::{ScimPart, ScimView};
use leptos::prelude::*;

pub(super) fn switches_card(scim: &ScimView) -> impl IntoView + use<> {
    let who = if scim.sso_domains.is_empty() {
        "They are invited by mail. With SAML in use that admits their domain, they would come in by SSO at once.".to_owned()
    } else {
        let domains = scim.sso_domains.join(", ");
        format!("Those of {domains} come in by SSO, without an invitation. All others are invited by mail.")
    };
    let users = line(
        scim,
        ScimPart::Users,
        "Provision people",
        "People are added, renamed and deactivated.",
        who,
    );
    let groups = line(
        scim,
        ScimPart::Groups,
        "Provision groups",
        "Groups of its own are made, and their members kept.",
        "What their members may do is said by your access policies. Groups that were made here stay yours."
            .to_owned(),
    );
    view! {
        <Card>
            <CardHeader title="What your identity provider may do" />
            <CardBody>
                <ul class="scim-switches">{users} {groups}</ul>
            </CardBody>
        </Card>
    }
}

fn line(scim: &ScimView, part: ScimPart, label: &'static str, what: &'static str, more: String) -> AnyView {
    let is_on = match part {
        ScimPart::Users => scim.users,
        ScimPart::Groups => scim.groups,
    };
    let id = format!("scim-{}", part.key());
    let described_by = id.clone();
    let control = if scim.may_change {
        let action = Act::of::<SwitchScim>();
        tell_failures_of(action);
        view! {
            <ActForm act=action>
                <input type="hidden" name="part" value=part.key() />
                <input type="hidden" name="on" value=(!is_on).to_string() />
                <Switch checked=is_on label pending=action.pending() described_by />
            </ActForm>
        }
        .into_any()
    } else {
        let (kind, text) = if is_on {
            (BadgeKind::Good, "On")
        } else {
            (BadgeKind::Wait, "Off")
        };
        view! { <Badge kind text /> }.into_any()
    };
    view! {
        <li>
            <div id=id>
                <b>{label}</b>
                <p>{what}</p>
                <small class="muted">{more}</small>
            </div>
            {control}
        </li>
    }
    .into_any()
}
