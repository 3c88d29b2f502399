//! The dialogs of the page, opened by their address (`?dialog=…`), so that they work without scripts. Each says what its
//! act does, and asks for a proof of who somebody is where the last one is too old.

use super::{
    api::{DiscardSso, RequireSso, StopRequiringSso, SwitchSso},
    require_card::administrator_field,
};
use crate::{
    act::{Act, ActForm},
    feedback::Feedback,
    routes,
    two_factor::proof::{ids, proof_field},
    ui::{Button, ButtonKind, Dialog, DialogBody, DialogFooter, ErrorSummary},
    viewer::Viewer,
};
use domain::sso::SsoView;
use leptos::prelude::*;

/// `dialog`: which one the address asks for.
pub fn sso_dialog(viewer: &Viewer, sso: &SsoView, dialog: &str) -> Option<AnyView> {
    let (live, required) = (sso.live.as_ref(), sso.required.is_some());
    let found = match dialog {
        _ if !sso.may_change => return None,
        "discard" if sso.draft.is_some() => discard(viewer),
        "disable" if !required && live.is_some_and(|live| live.enabled) => disable(viewer, sso),
        "enable" if live.is_some_and(|live| !live.enabled) => enable(viewer, sso),
        "name" if required => name_another(viewer, sso),
        "stop" if required => stop(viewer, sso),
        _ => return None,
    };
    Some(found)
}

struct Asked {
    id: &'static str,
    title: &'static str,
    consequences: &'static [&'static str],
    /// Of the form, beside the proof.
    fields: AnyView,
    proof: AnyView,
    kind: ButtonKind,
    label: &'static str,
}

/// `form` puts what is asked into the form of the act.
fn ask(feedback: &Feedback, asked: Asked, form: impl FnOnce(AnyView) -> AnyView + Send + 'static) -> AnyView {
    let Asked {
        id,
        title,
        consequences,
        fields,
        proof,
        kind,
        label,
    } = asked;
    let (errors, general, pending) = (feedback.errors_at(ids), feedback.general(), feedback.pending);
    let consequences = consequences
        .iter()
        .map(|sentence| view! { <li>{*sentence}</li> })
        .collect_view();
    // Made inside of the dialog, whose parts ask it for its id.
    let content = move || {
        let asked = view! {
            <DialogBody>
                <ErrorSummary errors general id="dialog-errors" />
                <ul>{consequences}</ul>
                {fields}
                {proof}
            </DialogBody>
            <DialogFooter>
                <Button kind pending>
                    {label}
                </Button>
            </DialogFooter>
        };
        form(asked.into_any())
    };
    view! {
        <Dialog id title open=true close_href=routes::SSO>
            {content()}
        </Dialog>
    }
    .into_any()
}

fn proof(viewer: &Viewer, sso: &SsoView, feedback: &Feedback) -> AnyView {
    proof_field(viewer, sso.wants_proof, feedback).into_any()
}

fn discard(viewer: &Viewer) -> AnyView {
    let action = Act::of::<DiscardSso>();
    let feedback = Feedback::of(action, viewer);
    let asked = Asked {
        id: "discard-draft",
        title: "Discard this draft?",
        consequences: &[
            "What was typed or read for it is gone.",
            "What is deployed, if anything, stays as it is.",
        ],
        fields: ().into_any(),
        proof: ().into_any(),
        kind: ButtonKind::Danger,
        label: "Discard",
    };
    ask(&feedback, asked, move |asked| {
        view! { <ActForm act=action>{asked}</ActForm> }.into_any()
    })
}

fn disable(viewer: &Viewer, sso: &SsoView) -> AnyView {
    let action = Act::of::<SwitchSso>();
    let feedback = Feedback::of(action, viewer);
    let asked = Asked {
        id: "disable-sso",
        title: "Disable single sign-on?",
        consequences: &[
            "Nobody signs in with SSO until somebody enables it again.",
            "Whoever has no password and no other account linked gets a first password by Forgot password? until then.",
            "Sessions that are open go on. The configuration is kept.",
        ],
        fields: view! { <input type="hidden" name="enabled" value="false" /> }.into_any(),
        proof: proof(viewer, sso, &feedback),
        kind: ButtonKind::Danger,
        label: "Disable",
    };
    ask(&feedback, asked, move |asked| {
        view! { <ActForm act=action>{asked}</ActForm> }.into_any()
    })
}

fn enable(viewer: &Viewer, sso: &SsoView) -> AnyView {
    let action = Act::of::<SwitchSso>();
    let feedback = Feedback::of(action, viewer);
    let asked = Asked {
        id: "enable-sso",
        title: "Enable single sign-on?",
        consequences: &[
            "People of your identity provider sign in with SSO again, at the same address.",
            "Who was deactivated here meanwhile stays out.",
        ],
        fields: view! { <input type="hidden" name="enabled" value="true" /> }.into_any(),
        proof: proof(viewer, sso, &feedback),
        kind: ButtonKind::Primary,
        label: "Enable",
    };
    ask(&feedback, asked, move |asked| {
        view! { <ActForm act=action>{asked}</ActForm> }.into_any()
    })
}

fn name_another(viewer: &Viewer, sso: &SsoView) -> AnyView {
    let action = Act::of::<RequireSso>();
    let feedback = Feedback::of(action, viewer);
    let asked = Asked {
        id: "name-administrator",
        title: "Name another administrator without SSO",
        consequences: &[
            "They can sign in by all their methods from now on.",
            "Whoever was named before signs in with SSO only, and the sessions that they began otherwise end, but for yours in this browser.",
        ],
        fields: administrator_field(sso, &feedback),
        proof: proof(viewer, sso, &feedback),
        kind: ButtonKind::Primary,
        label: "Save",
    };
    ask(&feedback, asked, move |asked| {
        view! { <ActForm act=action>{asked}</ActForm> }.into_any()
    })
}

fn stop(viewer: &Viewer, sso: &SsoView) -> AnyView {
    let action = Act::of::<StopRequiringSso>();
    let feedback = Feedback::of(action, viewer);
    let asked = Asked {
        id: "stop-requiring",
        title: "Stop requiring SSO?",
        consequences: &[
            "Everybody can sign in by all their methods again: their password, and the accounts that they linked.",
            "SSO goes on. Nobody is signed out.",
        ],
        fields: ().into_any(),
        proof: proof(viewer, sso, &feedback),
        kind: ButtonKind::Primary,
        label: "Stop requiring SSO",
    };
    ask(&feedback, asked, move |asked| {
        view! { <ActForm act=action>{asked}</ActForm> }.into_any()
    })
}
