//! The last test sign-ins.

use crate::{
    routes,
    ui::{Badge, BadgeKind, Card, CardBody, CardHeader, Time},
};
use domain::{
    moment::Moment,
    sso::{SsoTestLine, SsoView, Stage},
};
use leptos::prelude::*;

pub fn tests_card(sso: &SsoView) -> Option<AnyView> {
    if sso.tests.is_empty() {
        return None;
    }
    let lines = sso
        .tests
        .iter()
        .map(|test| line(test, sso.now, sso.may_change))
        .collect_view();
    Some(
        view! {
            <Card id="tests">
                <CardHeader title="Last test sign-ins" lead="The last ten, each with all that was checked." />
                <CardBody>
                    <ul class="sso-tests">{lines}</ul>
                </CardBody>
            </Card>
        }
        .into_any(),
    )
}

/// What an identity provider says of a person is for those alone who can act on it.
fn line(test: &SsoTestLine, now: Moment, may_open: bool) -> impl IntoView + use<> {
    let at = test.at;
    let what = match test.stage {
        Stage::Draft => "Of the draft",
        Stage::Live => "Of what was deployed",
    };
    let time = view! { <Time datetime=at.rfc3339() text=at.relative_to(now) title=at.date_and_time() /> };
    let by = test.by.clone();
    let words = view! { {what} ", by " {by} ", " {time} };
    let words = if may_open {
        view! { <a href=routes::sso_test(test.id)>{words}</a> }.into_any()
    } else {
        words.into_any()
    };
    view! { <li>{verdict(test.passed)} <span>{words}</span></li> }
}

fn verdict(passed: bool) -> impl IntoView {
    let (kind, text) = if passed {
        (BadgeKind::Good, "Passed")
    } else {
        (BadgeKind::Bad, "Failed")
    };
    view! { <Badge kind text /> }
}
