//! `/not-me?token=…`: the link in the mail about a sign-in from a new device. It says what will happen and asks first.

use super::api::{ReportSignIn, look_at_report};
use crate::{
    act::{Act, ActForm},
    feedback::Feedback,
    layout::door::Door,
    page::link_page,
    routes,
    ui::{Button, ButtonKind, ButtonLink, Definition, DefinitionList, ErrorSummary, Time},
    viewer::Viewer,
};
use domain::{refusal::Refusal, sessions::SignInReport};
use leptos::prelude::*;

#[component]
pub fn NotMePage() -> impl IntoView {
    link_page("This wasn't me", look_at_report, report_form, dead_link)
}

fn report_form(viewer: &Viewer, report: SignInReport, token: String) -> AnyView {
    let action = Act::of::<ReportSignIn>();
    let feedback = Feedback::of(action, viewer);
    let at = report.at;
    view! {
        <Door
            title="This wasn't me"
            lead="If you go on, your account is signed out everywhere, and its password and what is linked to it at Google and GitHub no longer work. You get a mail with a link for a new password, and your administrators are told. If it was you, close this page."
            organization=report.organization
        >
            <DefinitionList>
                <Definition term="Device">{report.device}</Definition>
                <Definition term="From">{report.address}</Definition>
                <Definition term="At">
                    <Time datetime=at.rfc3339() text=at.date_and_time() title=at.date_and_time() local=true />
                </Definition>
            </DefinitionList>
            <ActForm act=action class="form">
                <ErrorSummary errors=feedback.errors() general=feedback.general() />
                <input type="hidden" name="token" value=token />
                <Button kind=ButtonKind::Danger wide=true pending=feedback.pending>
                    "Sign my account out everywhere"
                </Button>
            </ActForm>
        </Door>
    }
    .into_any()
}

fn dead_link() -> AnyView {
    view! {
        <Door
            title=Refusal::LinkDead.sentence()
            lead="It was used, or it is too old. You can still choose a new password, which ends all your sessions."
        >
            <ButtonLink href=routes::FORGOT_PASSWORD wide=true>
                "Choose a new password"
            </ButtonLink>
        </Door>
    }
    .into_any()
}
