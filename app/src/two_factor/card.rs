//! The card of the settings: the switch, the authenticators, and what is left of the recovery codes.

use crate::{
    routes,
    ui::{ButtonLink, ButtonSize, Card, CardBody, CardFooter, CardHeader, Switch, Time},
};
use domain::{
    account::OwnSettings,
    moment::Moment,
    two_factor::{AuthenticatorLine, OwnTwoFactor, RECOVERY_CODES},
};
use leptos::prelude::*;

/// What the switch is described by.
const LEAD: &str = "two-factor-lead";

pub fn two_factor_card(own: &OwnSettings) -> impl IntoView + use<> {
    let is_on = !own.two_factor.authenticators.is_empty();
    let lead = if is_on {
        "On. Signing in asks for a code, too."
    } else {
        "Off. With it, signing in asks for a code that only your device shows."
    };
    let body = is_on.then(|| authenticators(&own.two_factor, own.now));
    let asked = asked_from(&own.two_factor);
    let elsewhere = own.methods.second_factor_elsewhere.then(|| {
        view! {
            <CardBody>
                <p class="muted">"With SSO no code is asked for here: a second factor is your identity provider's affair."</p>
            </CardBody>
        }
    });
    view! {
        <Card id="two-factor">
            <CardHeader title="Two-factor authentication" lead id=LEAD>
                {switch(is_on)}
            </CardHeader>
            {elsewhere}
            {asked}
            {body}
        </Card>
    }
}

/// A form that asks for the dialog: turning it on or off is done there.
fn switch(is_on: bool) -> impl IntoView {
    let dialog = if is_on { "two-factor-off" } else { "two-factor" };
    view! {
        <form method="get" action=routes::SETTINGS>
            <Switch
                checked=is_on
                label="Two-factor authentication"
                name="dialog"
                value=dialog
                described_by=LEAD
            />
        </form>
    }
}

fn asked_from(two_factor: &OwnTwoFactor) -> Option<AnyView> {
    let from = two_factor
        .asked_from
        .filter(|_| !two_factor.authenticators.is_empty())?;
    Some(
        view! {
            <CardBody>
                <p class="muted">
                    "Your organization asks everybody for it from "
                    <Time datetime=from.rfc3339() text=from.date() title=from.date_and_time() /> " on."
                </p>
            </CardBody>
        }
        .into_any(),
    )
}

fn authenticators(two_factor: &OwnTwoFactor, now: Moment) -> impl IntoView + use<> {
    let can_remove = two_factor.authenticators.len() > 1;
    let lines = two_factor
        .authenticators
        .iter()
        .map(|authenticator| line(authenticator, now, can_remove))
        .collect_view();
    let left = match two_factor.recovery_codes_left {
        0 => "You have no recovery codes left: make new ones before you lose your device.".to_owned(),
        n => format!(
            "{n} of {RECOVERY_CODES} recovery codes left. Each signs you in once without your device."
        ),
    };
    view! {
        <CardBody>
            <ul class="authenticators">{lines}</ul>
        </CardBody>
        <CardFooter note=left>
            <div class="actions">
                <ButtonLink href=routes::settings_dialog("new-codes")>"New recovery codes…"</ButtonLink>
                <ButtonLink href=routes::settings_dialog("two-factor")>"Add authenticator…"</ButtonLink>
            </div>
        </CardFooter>
    }
}

fn line(authenticator: &AuthenticatorLine, now: Moment, can_remove: bool) -> impl IntoView + use<> {
    let time = |at: Moment| view! { <Time datetime=at.rfc3339() text=at.relative_to(now) title=at.date_and_time() /> };
    let AuthenticatorLine {
        id,
        name,
        added,
        last_used,
    } = authenticator.clone();
    let remove = can_remove.then(|| {
        let href = format!(
            "{}&authenticator={id}",
            routes::settings_dialog("remove-authenticator")
        );
        view! {
            <ButtonLink href size=ButtonSize::Small label=format!("Remove {name}")>
                "Remove…"
            </ButtonLink>
        }
    });
    let used = last_used.map(|at| view! { ", last used " {time(at)} });
    view! {
        <li>
            <div>
                <b>{name.clone()}</b>
                <small class="muted">"Added " {time(added)} {used}</small>
            </div>
            {remove}
        </li>
    }
}
