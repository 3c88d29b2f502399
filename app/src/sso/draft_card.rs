//! The draft: what was understood, whether it works, and putting it into use.

use super::{
    VERSION, api::DeploySso, certificates::ending_note, provider_facts::provider_facts,
    provider_form::form_href,
};
use crate::{
    act::{Act, ActForm},
    feedback::Feedback,
    routes,
    two_factor::proof::proof_field_at,
    ui::{
        Badge, BadgeKind, Button, ButtonKind, ButtonLink, Card, CardBody, CardFooter, CardHeader,
        ErrorSummary,
    },
    viewer::Viewer,
};
use domain::sso::{IdentityProviderView, SsoView, Stage};
use leptos::prelude::*;

/// The page may have other fields for a password.
const PROOF: &str = "deploy-proof";

pub fn draft_card(viewer: &Viewer, sso: &SsoView, draft: &IdentityProviderView) -> AnyView {
    let (kind, text) = match draft.tested {
        Some(_) => (BadgeKind::Good, "Tested"),
        None => (BadgeKind::Wait, "Not tested"),
    };
    let lead = match &sso.live {
        Some(live) if live.enabled => "What we understood. Until you deploy it, people sign in as before.",
        Some(_) => "What we understood. Deploying it switches single sign-on on again.",
        None => "What we understood. Nobody signs in with it before you deploy it.",
    };
    let (facts, ending) = (provider_facts(draft, sso.now), ending_note(draft));
    let acts = sso.may_change.then(|| acts(viewer, sso, draft));
    view! {
        <Card id="draft">
            <CardHeader title="Draft" lead>
                <Badge kind text />
            </CardHeader>
            <CardBody>{ending} {facts}</CardBody>
            {acts}
        </Card>
    }
    .into_any()
}

fn acts(viewer: &Viewer, sso: &SsoView, draft: &IdentityProviderView) -> AnyView {
    let action = Act::of::<DeploySso>();
    let feedback = Feedback::of(action, viewer);
    let pending = feedback.pending;
    let untested = sso.required.is_some() && draft.tested.is_none();
    let why_disabled = untested.then(|| "Everybody signs in with SSO only: test it first.".to_owned());
    let note = match draft.tested {
        Some(_) => "Its test sign-in passed.",
        None if sso.live.as_ref().is_some_and(|live| live.tested.is_some()) => {
            "Test it first: it takes the place of one whose test passed."
        }
        None => "Test it first: that changes nothing for anybody, and tells what is wrong in words.",
    };
    let proof = proof_field_at(PROOF, viewer, sso.wants_proof && !untested, &feedback);
    let (errors, general) = (feedback.errors_at(|_| PROOF), feedback.general());
    let (edit, test) = (
        form_href(Some(draft)),
        routes::leave_to_test_sso(&sso.org_id, Stage::Draft),
    );
    let version = draft.version.to_string();
    view! {
        <ActForm act=action>
            <input type="hidden" name=VERSION value=version />
            <div class="sso-asks">
                <ErrorSummary errors general id="deploy-errors" />
                {proof}
            </div>
            <CardFooter note>
                <ButtonLink href=routes::sso_dialog("discard")>"Discard…"</ButtonLink>
                <ButtonLink href=edit>"Edit"</ButtonLink>
                <ButtonLink href=test external=true>
                    "Test sign-in"
                </ButtonLink>
                <Button kind=ButtonKind::Primary pending why_disabled>
                    "Deploy SSO"
                </Button>
            </CardFooter>
        </ActForm>
    }
    .into_any()
}
