//! Letting people in by SSO alone, but for one administrator by whom it can be mended when the identity provider fails.

use super::api::RequireSso;
use crate::{
    act::{Act, ActForm},
    feedback::Feedback,
    routes,
    two_factor::proof::proof_field_at,
    ui::{
        Badge, BadgeKind, Button, ButtonKind, ButtonLink, Card, CardBody, CardFooter, CardHeader,
        ErrorSummary, Notice, NoticeKind, SelectField, SelectOption, Time,
    },
    viewer::Viewer,
};
use domain::{
    field::Field,
    sso::{Candidate, SsoRequired, SsoView},
};
use leptos::prelude::*;

/// The page may have other fields for a password.
const PROOF: &str = "require-proof";

pub fn require_card(viewer: &Viewer, sso: &SsoView) -> AnyView {
    match (&sso.required, why_not(sso)) {
        (Some(required), _) => in_force(sso, required),
        (None, Some(why)) => waits(why),
        (None, None) => offered(viewer, sso),
    }
}

/// Why it can't be required now.
fn why_not(sso: &SsoView) -> Option<&'static str> {
    let live = sso.live.as_ref();
    match live {
        _ if !sso.may_change => Some("Only an IAM Admin can require it."),
        None => Some("Deploy single sign-on first, and test it."),
        Some(live) if !live.enabled => Some("Enable single sign-on first."),
        Some(live) if live.tested.is_none() => Some(
            "First a test sign-in of what is deployed must pass: nobody can be locked out by what was never tried.",
        ),
        Some(_) if sso.candidates.is_empty() => Some(
            "First an IAM Admin must have a password, and a role without an end, so that one can always get in.",
        ),
        Some(_) => None,
    }
}

fn name_of(candidate: &Candidate) -> String {
    format!("{} ({})", candidate.name, candidate.email)
}

fn waits(why: &'static str) -> AnyView {
    view! {
        <Card id="required">
            <CardHeader title="Require SSO" lead="Nobody has to use it: every method that somebody has signs them in." />
            <CardBody>
                <p>{why}</p>
            </CardBody>
        </Card>
    }
    .into_any()
}

fn offered(viewer: &Viewer, sso: &SsoView) -> AnyView {
    let action = Act::of::<RequireSso>();
    let feedback = Feedback::of(action, viewer);
    let pending = feedback.pending;
    let field = administrator_field(sso, &feedback);
    let proof = proof_field_at(PROOF, viewer, sso.wants_proof, &feedback);
    let (errors, general) = (feedback.errors_at(ids), feedback.general());
    view! {
        <Card id="required">
            <CardHeader title="Require SSO" lead="Nobody has to use it: every method that somebody has signs them in." />
            <ActForm act=action>
                <CardBody>
                    <div class="form">
                        <ErrorSummary errors general id="require-errors" />
                        <div>
                            <p>"Once it is required:"</p>
                            <ul>
                                <li>"Passwords, Google and GitHub sign nobody in but the administrator whom you name."</li>
                                <li>"Sessions that began by another method end, but for yours in this browser."</li>
                                <li>"Links for a new password stop working, and no new ones are sent."</li>
                                <li>
                                    "Whoever is not at your identity provider has no way in. When it fails, nobody but the named administrator has."
                                </li>
                            </ul>
                        </div>
                        {field}
                        {proof}
                    </div>
                </CardBody>
                <CardFooter note="It can be stopped at any time.">
                    <Button kind=ButtonKind::Danger pending>
                        "Require SSO"
                    </Button>
                </CardFooter>
            </ActForm>
        </Card>
    }
    .into_any()
}

/// The choice of whoever can still sign in otherwise.
pub fn administrator_field(sso: &SsoView, feedback: &Feedback) -> AnyView {
    let name = Field::BreakGlass.name();
    let options: Vec<_> = [SelectOption::new("", "Choose an IAM Admin")]
        .into_iter()
        .chain(
            sso.candidates
                .iter()
                .map(|candidate| SelectOption::new(candidate.id.to_string(), name_of(candidate))),
        )
        .collect();
    let named = sso
        .required
        .as_ref()
        .map(|required| required.break_glass.id.to_string());
    let value = feedback
        .values(name)
        .into_iter()
        .next()
        .or(named)
        .unwrap_or_default();
    view! {
        <SelectField
            label=Field::BreakGlass.label()
            name
            options
            value
            error=feedback.fault(Field::BreakGlass)
            hint="An active IAM Admin who has a password, and whose role has no end. Keep that password where it is found in an emergency."
        />
    }
    .into_any()
}

fn ids(field: Field) -> &'static str {
    match field {
        Field::CurrentPassword => PROOF,
        field => field.name(),
    }
}

fn in_force(sso: &SsoView, required: &SsoRequired) -> AnyView {
    let since = required.since;
    let who = name_of(&required.break_glass);
    let warning = (!required.break_glass_works).then(|| {
        view! {
            <Notice kind=NoticeKind::Bad title="The named administrator can no longer help">
                <p>
                    "They are no longer an active IAM Admin with a password. When your identity provider fails, nobody gets in: name another one."
                </p>
            </Notice>
        }
    });
    let acts = sso.may_change.then(|| {
        view! {
            <CardFooter>
                <ButtonLink href=routes::sso_dialog("name")>"Name another…"</ButtonLink>
                <ButtonLink href=routes::sso_dialog("stop")>"Stop requiring SSO"</ButtonLink>
            </CardFooter>
        }
    });
    view! {
        <Card id="required">
            <CardHeader title="Require SSO" lead="It is the only way in.">
                <Badge kind=BadgeKind::Good text="Required" />
            </CardHeader>
            <CardBody>
                {warning}
                <p>
                    "Since " <Time datetime=since.rfc3339() text=since.date() title=since.date_and_time() />
                    " everybody signs in with SSO only, except " <b>{who}</b> "."
                </p>
            </CardBody>
            {acts}
        </Card>
    }
    .into_any()
}
