//! What went wrong with an act that has no form to say it in: the entry of a menu, the choice of a theme. A toast says it
//! and stays until it is dismissed.

use crate::{
    act::Act,
    error::AppError,
    routes,
    travel::{use_path, use_query_map},
    ui::{ButtonLink, NoticeKind, Toast},
    viewer::Viewer,
};
use domain::{local_path::LocalPath, refusal::Refusal};
use leptos::prelude::*;

/// The last failure on this page, by the address of its server function.
#[derive(Clone, Copy)]
struct Failures(RwSignal<Option<AppError>>);

/// Makes room for failures on a page. Called once, above everything that acts.
pub fn provide_failures() {
    provide_context(Failures(RwSignal::new(None)));
}

/// Lets the toast speak for an act whose form shows nothing.
pub fn tell_failures_of(act: Act) {
    if let Some(Failures(failure)) = use_context::<Failures>() {
        Effect::new(move || {
            if let Some(Err(error)) = act.answer() {
                failure.set(Some(error));
            }
        });
    }
}

/// The server functions whose forms show nothing; without scripts their failure comes in the flash.
const UNSPOKEN: [&str; 12] = [
    "/api/account/choose_theme",
    "/api/account/mail_password_link",
    "/api/invitations/copy_link",
    "/api/invitations/resend",
    "/api/invitations/resend_to",
    "/api/scim/switch",
    "/api/sessions/end",
    "/api/sessions/end_others",
    "/api/sessions/sign_out",
    "/api/users/end_sessions",
    "/api/users/reactivate",
    "/api/users/reactivate_by_email",
];

/// Those whose form stands in a dialog with an address.
const DIALOGS: [&str; 26] = [
    "/api/groups/delete",
    "/api/groups/remove_members",
    "/api/groups/rename",
    "/api/users/deactivate",
    "/api/identities/depart_to_link",
    "/api/identities/unlink",
    "/api/invitations/cancel",
    "/api/invitations/edit_groups",
    "/api/policies/delete",
    "/api/scim/create_token",
    "/api/scim/delete_token",
    "/api/services/create",
    "/api/services/delete",
    "/api/sso/discard",
    "/api/sso/stop_requiring",
    "/api/sso/switch",
    "/api/tokens/create",
    "/api/tokens/delete",
    "/api/tokens/delete_of",
    "/api/two_factor/confirm",
    "/api/two_factor/make_codes",
    "/api/two_factor/remove",
    "/api/two_factor/start",
    "/api/two_factor/turn_off",
    "/api/users/reset_two_factor",
    "/api/users/unlink_sso",
];

#[component]
pub fn FailureToast(viewer: Viewer) -> impl IntoView {
    // The form of a dialog can be sent from elsewhere, as an Undo, and then has no place to speak.
    let in_dialog = use_query_map().with_untracked(|query| query.get_str("dialog").is_some());
    let left = viewer
        .flash
        .filter(|left| {
            let action = left.action.as_str();
            UNSPOKEN.contains(&action) || (DIALOGS.contains(&action) && !in_dialog)
        })
        .and_then(|left| left.error);
    let failure = use_context::<Failures>().map(|Failures(failure)| failure);
    let path = use_path();
    move || {
        let error = failure
            .and_then(|failure| failure.get())
            .or_else(|| left.clone())?;
        let here = path.get_untracked();
        let (text, kind) = (error.sentence(), NoticeKind::Bad);
        let way_on = match error {
            AppError::SignedOut => {
                let back = LocalPath::parse(&here).unwrap_or_else(LocalPath::home);
                Some((routes::sign_in_then(&back), "Sign in"))
            }
            // The page shows how it was before.
            AppError::Refused(Refusal::ChangedSince) => Some((here.clone(), "Show it")),
            _ => None,
        };
        Some(match way_on {
            Some((href, label)) => view! {
                <Toast text kind dismiss_href=here>
                    <ButtonLink href external=true>{label}</ButtonLink>
                </Toast>
            }
            .into_any(),
            None => view! { <Toast text kind dismiss_href=here /> }.into_any(),
        })
    }
}
