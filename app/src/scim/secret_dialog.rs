//! The dialog that shows a new token, once.

use super::SECRET;
use crate::{
    credentials::secret_dialog::{Kept, kept_dialog, shown_before},
    routes,
    viewer::Viewer,
};
use leptos::prelude::*;

pub(super) fn secret_dialog(viewer: &Viewer, address: &str) -> AnyView {
    let left = viewer.flash.as_ref().filter(|left| left.action == SECRET);
    let Some(left) = left else {
        return shown_before(
            "scim-secret-over",
            "A token is shown once",
            "If you have not kept it, delete it and add another.",
            routes::SCIM,
            Some((routes::scim_dialog("add"), "Add another…")),
        );
    };
    let kept = vec![
        Kept {
            term: "Base address",
            what: "base address",
            value: address.to_owned(),
        },
        Kept {
            term: "Token",
            what: "token",
            value: left.value("secret"),
        },
    ];
    let title = format!("Keep the token of {}", left.value("name"));
    let below = view! { <p>"Give both to your identity provider, and to nobody else."</p> };
    kept_dialog("scim-secret", title, routes::SCIM, kept, below.into_any())
}
