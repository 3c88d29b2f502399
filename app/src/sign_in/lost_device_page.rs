//! `/sign-in/lost-device`: the second step of signing in for whoever has no device that shows codes. It names who can help,
//! to nobody but somebody who knew the password.

use super::{
    api::{SignInWithCode, look_at_code},
    code_page::{leave, over},
};
use crate::{
    act::{Act, ActForm},
    feedback::Feedback,
    layout::door::Door,
    loaded::load,
    page::door_page,
    routes,
    travel::use_query_map,
    ui::{Button, ButtonKind, ErrorSummary, TextField},
    viewer::Viewer,
};
use domain::{field::Field, local_path::LocalPath, refusal::Refusal, two_factor::CodeQuestion};
use leptos::prelude::*;

#[component]
pub fn LostDevicePage() -> impl IntoView {
    let query = use_query_map();
    let asked = load(|| (), |()| look_at_code());
    door_page(
        "Lost your device?",
        asked,
        move |viewer: Viewer, asked: Option<CodeQuestion>| {
            let next = query.read_untracked().get("next").unwrap_or_default();
            match asked {
                Some(asked) => ways_in(&viewer, asked, next),
                None => over(),
            }
        },
    )
}

fn ways_in(viewer: &Viewer, asked: CodeQuestion, next: String) -> AnyView {
    let back = routes::sign_in_step(routes::SIGN_IN_CODE, LocalPath::parse(&next).as_ref());
    let form = (asked.recovery_codes_left > 0).then(|| recovery_form(viewer, next));
    let lead = if form.is_some() {
        "A recovery code signs you in once without it. You got ten when you set two-factor authentication up."
    } else {
        "You have no recovery codes left. Somebody else has to help you."
    };
    let names = asked
        .administrators
        .into_iter()
        .map(|name| view! { <li>{name}</li> })
        .collect_view();
    let who = if names.is_empty() {
        view! { <p>"There is no other IAM Admin: ask whoever runs Usher to let you in again."</p> }.into_any()
    } else {
        view! {
            <p>"No recovery code? One of these IAM Admins can reset your two-factor authentication:"</p>
            <ul>{names}</ul>
        }
        .into_any()
    };
    view! {
        <Door title="Lost your device?" lead organization=asked.organization>
            {form}
            <div class="helpers">{who}</div>
            <p class="door-more">
                <a href=back>"Back to the code"</a>
            </p>
            {leave()}
        </Door>
    }
    .into_any()
}

fn recovery_form(viewer: &Viewer, next: String) -> AnyView {
    let action = Act::of::<SignInWithCode>();
    let feedback = Feedback::of(action, viewer);
    let (errors, general, pending) = (feedback.errors(), feedback.general(), feedback.pending);
    feedback.reload_when_refused(Refusal::SignInOver);
    view! {
        <ActForm act=action class="form">
            <ErrorSummary errors general />
            <input type="hidden" name="next" value=next />
            <TextField
                label="Recovery code"
                name=Field::Code.name()
                autocomplete="one-time-code"
                placeholder="xxxx-xxxx-xxxx"
                error=feedback.fault(Field::Code)
                required=true
                autofocus=true
            />
            <Button kind=ButtonKind::Primary wide=true pending>
                "Sign in"
            </Button>
        </ActForm>
    }
    .into_any()
}
