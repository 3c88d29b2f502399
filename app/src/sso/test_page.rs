//! `/organization/iam/sso/tests/{id}`: what a test sign-in found, check by check, and what the identity provider sent.

use super::api::{TestDetails, find_sso_test};
use crate::{
    loaded::load,
    page::{console_page, not_found},
    routes,
    travel::use_params_map,
    ui::{
        Badge, BadgeKind, ButtonLink, Card, CardBody, CardHeader, Definition, DefinitionList, Notice,
        NoticeKind, PageHeader, Stack, Time,
    },
    viewer::{Person, Viewer},
};
use domain::{
    ids::SsoTestId,
    saml_report::{Check, Outcome, SamlReport},
    sso::{SsoTest, Stage},
};
use leptos::prelude::*;

#[component]
pub fn SsoTestPage() -> impl IntoView {
    let params = use_params_map();
    let id = move || {
        params
            .read()
            .get_str("id")
            .and_then(|id| id.parse::<SsoTestId>().ok())
    };
    let details = load(id, |id| async move {
        match id {
            Some(id) => find_sso_test(id).await,
            None => not_found().await,
        }
    });
    console_page(
        "Test sign-in",
        details,
        |_: Viewer, _: Person, details: TestDetails| page(&details),
    )
}

fn page(TestDetails { test, org_id, now }: &TestDetails) -> impl IntoView + use<> {
    let title = if test.report.passed() {
        "Test sign-in passed"
    } else {
        "Test sign-in failed"
    };
    let (what, goes_on) = match test.stage {
        Stage::Draft => ("the draft", "deploy it"),
        Stage::Live => ("what is deployed", "require it"),
    };
    let lead = format!("Of {what}. Nobody was signed in by it, and no account was made.");
    let again = routes::leave_to_test_sso(org_id, test.stage);
    let at = test.at;
    let facts = view! {
        <p class="page-facts muted">
            <span>
                "By " {test.by.clone()} ", "
                <Time datetime=at.rfc3339() text=at.relative_to(*now) title=at.date_and_time() />
            </span>
        </p>
    };
    let checks = test.report.checks.iter().map(check).collect_view();
    let (outcome, sent, others) = (outcome(test, goes_on), sent(test), others(&test.report));
    view! {
        <PageHeader title lead>
            <ButtonLink href=routes::SSO>"Back to Single sign-on"</ButtonLink>
            <ButtonLink href=again external=true>
                "Test again"
            </ButtonLink>
        </PageHeader>
        {facts}
        <Stack>
            {outcome}
            <Card>
                <CardHeader
                    title="What was checked"
                    lead="What was found is as the response says it, whether or not its signature is good."
                />
                <CardBody>
                    <ol class="saml-checks">{checks}</ol>
                    {others}
                </CardBody>
            </Card>
            {sent}
        </Stack>
    }
}

/// What it means, and what to do now.
fn outcome(test: &SsoTest, goes_on: &'static str) -> AnyView {
    let changed = (!test.is_current).then(|| {
        view! {
            <Notice kind=NoticeKind::Wait title="The configuration has changed since">
                <p>"This says nothing of what there is now. Test again."</p>
            </Notice>
        }
    });
    let detail = Some(test.report.detail.clone()).filter(|detail| !detail.is_empty());
    let notice = match test.report.problem {
        None if test.is_current => view! {
            <Notice kind=NoticeKind::Good>
                <p>"All checks passed. You can " {goes_on} " now."</p>
            </Notice>
        }
        .into_any(),
        None => ().into_any(),
        Some(problem) => view! {
            <Notice kind=NoticeKind::Bad title=problem.what()>
                <p>{problem.change()}</p>
                {detail.map(|detail| view! { <p class="sso-detail">{detail}</p> })}
            </Notice>
        }
        .into_any(),
    };
    view! {
        {changed}
        {notice}
    }
    .into_any()
}

fn check(check: &Check) -> impl IntoView + use<> {
    let (kind, text) = match check.outcome {
        Outcome::Passed => (BadgeKind::Good, "Passed"),
        Outcome::Failed => (BadgeKind::Bad, "Failed"),
        Outcome::NotReached => (BadgeKind::Idle, "Not reached"),
    };
    let part = |term: &'static str, text: &str| {
        let text = text.to_owned();
        (!text.is_empty()).then(|| view! { <Definition term>{text}</Definition> })
    };
    let (expected, found) = (part("Expected", &check.expected), part("Found", &check.found));
    view! {
        <li>
            <div class="saml-check">
                <h3>{check.name.label()}</h3>
                <Badge kind text />
            </div>
            <DefinitionList>{expected} {found}</DefinitionList>
        </li>
    }
}

/// What was sent in vain, and so may have been meant to be one of the three.
fn others(report: &SamlReport) -> Option<AnyView> {
    if report.other_attributes.is_empty() {
        return None;
    }
    let names = report.other_attributes.join(", ");
    Some(view! { <p class="muted">"Also sent, and read by nothing here: " {names}</p> }.into_any())
}

fn sent(test: &SsoTest) -> AnyView {
    let response = test.response.clone();
    view! {
        <Card>
            <CardHeader title="What your identity provider sent" lead="It names a person. Show it to nobody who need not see it." />
            <CardBody>
                <details class="advanced">
                    <summary>"Show the decoded response"</summary>
                    <pre class="saml-response">{response}</pre>
                </details>
            </CardBody>
        </Card>
    }
    .into_any()
}
