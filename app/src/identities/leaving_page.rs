//! `/accounts/leaving`: the step of ours between a form and a provider. Where scripts run it goes on by itself.

use super::api::{Leaving, look_at_leaving};
use crate::{
    browser,
    layout::door::Door,
    loaded::load,
    page::door_page,
    routes,
    ui::{ButtonKind, ButtonLink},
    viewer::Viewer,
};
use leptos::prelude::*;

#[component]
pub fn LeavingPage() -> impl IntoView {
    let looked = load(|| (), |()| look_at_leaving());
    door_page(
        "Going on",
        looked,
        |_: Viewer, leaving: Option<Leaving>| match leaving {
            Some(leaving) => {
                let name = leaving.provider.name();
                going_on(
                    format!("Going to {name}"),
                    "Sign in there, and you come back here.".to_owned(),
                    format!("Continue to {name}"),
                    leaving.url,
                )
            }
            None => over().into_any(),
        },
    )
}

/// A page with the way to a provider, which scripts take at once.
pub fn going_on(title: String, lead: String, label: String, url: String) -> AnyView {
    let there = url.clone();
    Effect::new(move || browser::go_on_to(&there));
    way_on(title, lead, label, url)
}

/// The same for somebody whom another site led here: they take it themselves.
pub fn way_on(title: String, lead: String, label: String, url: String) -> AnyView {
    view! {
        <Door title lead>
            <ButtonLink href=url kind=ButtonKind::Primary wide=true external=true>
                {label}
            </ButtonLink>
        </Door>
    }
    .into_any()
}

fn over() -> impl IntoView {
    view! {
        <Door title="This is over" lead="It took too long, or you have been there already. Nothing was changed.">
            <ButtonLink href=routes::SETTINGS_METHODS kind=ButtonKind::Primary wide=true>
                "Back to settings"
            </ButtonLink>
        </Door>
    }
}
