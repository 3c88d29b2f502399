//! `/invitations/{token}`: each state of a link has its page.

use super::{
    accept_form::accept_view,
    api::{AskForFreshLink, look_at_invitation},
};
use crate::{
    act::{Act, ActForm},
    feedback::Feedback,
    identities::{
        api::{Explained, explain_problem},
        problem::problem_alert,
    },
    layout::door::Door,
    loaded::load,
    page::door_page,
    routes,
    sessions::api::SignOut,
    travel::{use_params_map, use_query_map},
    ui::{Button, ButtonKind, ButtonLink, ErrorSummary},
    viewer::Viewer,
};
use domain::{invitations::InvitationView, refusal::Refusal};
use leptos::prelude::*;

#[component]
pub fn InvitationPage() -> impl IntoView {
    let params = use_params_map();
    let token = move || params.read().get("token").unwrap_or_default();
    let query = use_query_map();
    let asked = move || (token(), query.read().get("problem"));
    let looked = load(asked, |(token, problem)| async move {
        let view = look_at_invitation(token).await?;
        // One that there is not says nothing.
        let problem = match problem {
            Some(problem) => explain_problem(problem, String::new(), false).await.ok(),
            None => None,
        };
        Ok((view, problem))
    });
    door_page(
        "Invitation",
        looked,
        move |viewer: Viewer, (view, problem): (InvitationView, Option<Explained>)| {
            let token = params.read_untracked().get("token").unwrap_or_default();
            let reference = query.read_untracked().get("reference").unwrap_or_default();
            match (view.closed, &viewer.person) {
                (Some(refusal), _) => closed(&viewer, &view, refusal, token).into_any(),
                (None, Some(person)) => somebody_else(&view, &person.email, &token).into_any(),
                (None, None) => {
                    let alert = problem.map(|problem| problem_alert(problem, &view.email, &reference));
                    accept_view(&viewer, view, token, alert).into_any()
                }
            }
        },
    )
}

fn closed(viewer: &Viewer, view: &InvitationView, refusal: Refusal, token: String) -> impl IntoView + use<> {
    let ask_again = Act::of::<AskForFreshLink>();
    let feedback = Feedback::of(ask_again, viewer);
    let can_ask_again = view.can_ask_again;
    let what_now = match refusal {
        Refusal::InvitationUsed => "If it was you, sign in the way that you chose.",
        Refusal::InvitationReplaced => "Look for a newer mail with the same subject.",
        _ if can_ask_again => "You can have a fresh link mailed to the invited address.",
        Refusal::OrganizationGone => "There is nothing to join any more.",
        _ => "Ask an administrator of the organization for another one.",
    };
    view! {
        <Door title=refusal.sentence() lead=what_now organization=view.organization.clone()>
            <ErrorSummary errors=feedback.errors() general=feedback.general() />
            {can_ask_again
                .then(|| {
                    view! {
                        <ActForm act=ask_again class="form">
                            <input type="hidden" name="token" value=token />
                            <Button kind=ButtonKind::Primary wide=true pending=feedback.pending>
                                "Send me a fresh link"
                            </Button>
                        </ActForm>
                    }
                })}
            <ButtonLink href=routes::SIGN_IN wide=true>
                "Sign in"
            </ButtonLink>
        </Door>
    }
}

fn somebody_else(view: &InvitationView, signed_in_as: &str, token: &str) -> impl IntoView + use<> {
    let sign_out = Act::of::<SignOut>();
    let next = format!("/invitations/{token}");
    let lead = format!(
        "This invitation is for {}, and you are signed in as {signed_in_as}.",
        view.email
    );
    let go_on = format!("Sign out and go on as {}", view.email);
    let stay = format!("Stay signed in as {signed_in_as}");
    view! {
        <Door title="You are signed in as somebody else" lead organization=view.organization.clone()>
            <ActForm act=sign_out class="form">
                <input type="hidden" name="next" value=next />
                <Button kind=ButtonKind::Primary wide=true pending=sign_out.pending()>
                    {go_on}
                </Button>
                <ButtonLink href=routes::HOME wide=true>
                    {stay}
                </ButtonLink>
            </ActForm>
        </Door>
    }
}
