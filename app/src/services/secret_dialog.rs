//! The dialog that shows the credential of a new service, once.

use super::{SECRET, ways_to_ask::ways_to_ask};
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
            "service-secret-over",
            "A secret is shown once",
            "If you have not kept it, delete the service and add it again.",
            routes::SERVICES,
            Some((routes::services_dialog("add"), "Add another…")),
        );
    };
    let kept = vec![
        Kept {
            term: "ID",
            what: "ID",
            value: left.value("id"),
        },
        Kept {
            term: "Secret",
            what: "secret",
            value: left.value("secret"),
        },
    ];
    let title = format!("Keep the secret of {}", left.value("name"));
    let below = view! {
        <div class="service-use">
            <h3>"How it asks"</h3>
            {ways_to_ask(address)}
        </div>
    };
    kept_dialog("service-secret", title, routes::SERVICES, kept, below.into_any())
}
