//! The dialogs of the settings that link a sign-in method and unlink one, opened by their address
//! (`?dialog=…&identity=…`).

use super::api::{DepartToLink, UnlinkIdentity};
use crate::{
    account::confirm_dialog::{Confirm, confirm_dialog},
    act::{Act, ActForm},
    feedback::Feedback,
    routes,
    ui::ButtonKind,
    viewer::Viewer,
};
use domain::{
    account::OwnSettings,
    identities::{IdentityLine, Provider},
};
use leptos::prelude::*;
use leptos_router::params::ParamsMap;

pub fn methods_dialog(viewer: &Viewer, own: &OwnSettings, query: &ParamsMap) -> AnyView {
    let asked = query.get_str("identity").unwrap_or_default();
    match query.get_str("dialog") {
        Some("link") => {
            let mut linkable = own.methods.linkable.iter();
            let provider = linkable.find(|provider| provider.key() == asked);
            provider.map(|provider| link(viewer, own, *provider)).into_any()
        }
        Some("unlink") => {
            let mut lines = own.methods.identities.iter();
            let line = lines.find(|line| line.id.to_string() == asked && own.methods.can_unlink(line));
            line.map(|line| unlink(viewer, line)).into_any()
        }
        _ => ().into_any(),
    }
}

fn link(viewer: &Viewer, own: &OwnSettings, provider: Provider) -> AnyView {
    let action = Act::of::<DepartToLink>();
    let name = provider.name();
    let confirm = Confirm {
        id: "link-method",
        title: format!("Link {name}?"),
        lead: format!(
            "From then on it signs you in, too. Choose the {name} account that has your address, {}. You get a mail.",
            own.email
        ),
        about: Some(("provider", provider.key().to_owned())),
        kind: ButtonKind::Primary,
        label: format!("Continue to {name}"),
        back: routes::SETTINGS_METHODS,
    };
    confirm_dialog(viewer, &Feedback::of(action, viewer), confirm, move |asked| {
        view! { <ActForm act=action>{asked}</ActForm> }.into_any()
    })
}

fn unlink(viewer: &Viewer, line: &IdentityLine) -> AnyView {
    let action = Act::of::<UnlinkIdentity>();
    let name = line.method.name();
    let confirm = Confirm {
        id: "unlink-method",
        title: format!("Unlink {name}?"),
        lead: format!(
            "{} no longer signs you in here. Nothing changes at {name}. You get a mail.",
            line.email
        ),
        about: Some(("identity", line.id.to_string())),
        kind: ButtonKind::Danger,
        label: "Unlink".to_owned(),
        back: routes::SETTINGS_METHODS,
    };
    confirm_dialog(viewer, &Feedback::of(action, viewer), confirm, move |asked| {
        view! { <ActForm act=action>{asked}</ActForm> }.into_any()
    })
}
