//! `/sign-in/code`: the second step of signing in.

use super::api::{LeaveSignIn, SignInWithCode, look_at_code};
use crate::{
    act::{Act, ActForm},
    failure::tell_failures_of,
    feedback::Feedback,
    layout::door::Door,
    loaded::load,
    page::door_page,
    routes,
    travel::use_query_map,
    two_factor::enrolment::CodeField,
    ui::{Button, ButtonKind, ButtonLink, ErrorSummary},
    viewer::Viewer,
};
use domain::{field::Field, local_path::LocalPath, refusal::Refusal, two_factor::CodeQuestion};
use leptos::prelude::*;

#[component]
pub fn CodePage() -> impl IntoView {
    let query = use_query_map();
    let asked = load(|| (), |()| look_at_code());
    door_page(
        "Code",
        asked,
        move |viewer: Viewer, asked: Option<CodeQuestion>| {
            let next = query.read_untracked().get("next").unwrap_or_default();
            match asked {
                Some(asked) => code_form(&viewer, asked, next),
                None => over(),
            }
        },
    )
}

fn code_form(viewer: &Viewer, asked: CodeQuestion, next: String) -> AnyView {
    let action = Act::of::<SignInWithCode>();
    let feedback = Feedback::of(action, viewer);
    let (errors, general, pending) = (feedback.errors(), feedback.general(), feedback.pending);
    feedback.reload_when_refused(Refusal::SignInOver);
    let lost = routes::sign_in_step(routes::LOST_DEVICE, LocalPath::parse(&next).as_ref());
    let lead = format!(
        "Type the six digits that your authenticator shows for {}.",
        asked.email
    );
    view! {
        <Door title="Enter your code" lead organization=asked.organization>
            <ActForm act=action class="form">
                <ErrorSummary errors general />
                <input type="hidden" name="next" value=next />
                <CodeField error=feedback.fault(Field::Code) autofocus=true />
                <Button kind=ButtonKind::Primary wide=true pending>
                    "Sign in"
                </Button>
                <p class="door-more">
                    <a href=lost>"Lost your device?"</a>
                </p>
            </ActForm>
            {leave()}
        </Door>
    }
    .into_any()
}

/// Back to the password, which ends this sign-in.
pub(super) fn leave() -> impl IntoView {
    let action = Act::of::<LeaveSignIn>();
    tell_failures_of(action);
    view! {
        <ActForm act=action class="door-more">
            <Button kind=ButtonKind::Quiet pending=action.pending()>
                "Use another account"
            </Button>
        </ActForm>
    }
}

/// Where no sign-in waits for a code.
pub(super) fn over() -> AnyView {
    view! {
        <Door title="Sign in again" lead=Refusal::SignInOver.sentence()>
            <ButtonLink href=routes::SIGN_IN kind=ButtonKind::Primary wide=true>
                "Sign in"
            </ButtonLink>
        </Door>
    }
    .into_any()
}
