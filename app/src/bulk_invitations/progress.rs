//! How far a list is, while it is sent: told by the server each second, and asked for where the telling does not arrive.
//! Without scripts a link shows it anew.

use super::api::list_progress;
use crate::{
    browser,
    error::AppError,
    routes,
    ui::{ButtonLink, Card, CardBody, CardFooter, Progress as Bar},
};
use domain::{
    bulk_invitations::{Progress, Stage},
    ids::JobId,
};
use leptos::{leptos_dom::helpers::set_interval_with_handle, prelude::*, task::spawn_local};
use std::time::Duration;

/// The server says something each second. Of a proxy that keeps it to itself nothing is heard.
const SILENCE: Duration = Duration::from_secs(4);

/// When nothing is left to be sent, or whoever looks on may not any more, the page is asked for anew.
pub(super) fn live_progress(job: JobId, first: Progress) -> AnyView {
    let progress = RwSignal::new(first);
    let (heard, is_over) = (StoredValue::new(false), StoredValue::new(false));
    let hear = move |now: Result<Progress, AppError>| match now {
        Ok(now) => {
            heard.try_set_value(true);
            progress.try_set(now);
            if now.stage == Stage::Done && is_over.try_get_value() == Some(false) {
                is_over.set_value(true);
                browser::go_on_to(&routes::invite_list(job));
            }
        }
        Err(AppError::SignedOut | AppError::Forbidden(_) | AppError::NotFound)
            if is_over.try_get_value() == Some(false) =>
        {
            is_over.set_value(true);
            browser::go_on_to(&routes::invite_list(job));
        }
        // It passes.
        Err(_) => {}
    };
    Effect::new(move || {
        browser::listen(&routes::invite_list_progress(job), move |text| {
            if let Ok(now) = serde_json::from_str(&text) {
                hear(Ok(now));
            }
        });
        let asking = set_interval_with_handle(
            move || {
                if heard.try_get_value() == Some(false) {
                    spawn_local(async move { hear(list_progress(job).await) });
                }
                heard.try_set_value(false);
            },
            SILENCE,
        );
        on_cleanup(move || {
            if let Ok(asking) = asking {
                asking.clear();
            }
        });
    });
    let counts = move || progress.get().counts;
    view! {
        <Card id="verdict">
            <CardBody>
                <Bar
                    label="Invitations"
                    value=Signal::derive(move || counts().done())
                    most=Signal::derive(move || counts().to_send())
                    text=Signal::derive(move || counts().sentence())
                />
            </CardBody>
            <CardFooter note="You can close this page and come back: it goes on.">
                <span class="without-script">
                    <ButtonLink href=routes::invite_list(job)>"Refresh"</ButtonLink>
                </span>
            </CardFooter>
        </Card>
    }
    .into_any()
}
