//! Until when an assertion holds: two minutes of skew either way, and not a second more.

use super::{NOW, sp};
use crate::saml::{
    consume,
    testing::{Answer, begun_as, identity_provider},
};
use domain::saml_problem::SamlProblem;
use time::{Duration, OffsetDateTime};

const REQUEST: &str = "_a-request";
const SKEW: Duration = Duration::minutes(2);

/// What is wrong with an answer of [`NOW`] that was changed, some time later.
fn problem(after: Duration, change: impl FnOnce(&mut Answer)) -> Option<SamlProblem> {
    let idp = identity_provider("https://made-idp.example.test/sso");
    let mut answer = Answer::to(&sp(), REQUEST, NOW);
    change(&mut answer);
    let request = begun_as(&sp(), &idp, REQUEST, NOW);
    let verdict = consume(&sp(), &idp, &request, &answer.posted(), NOW + after);
    verdict.err().map(|error| error.problem)
}

/// The end of one window, with the others far off.
fn ending(set: fn(&mut Answer, OffsetDateTime), problem_at_the_end: SamlProblem) {
    let end = Duration::minutes(5);
    let judged = |after| {
        problem(after, |answer| {
            let far = NOW + Duration::hours(1);
            (answer.not_on_or_after, answer.confirmation_ends) = (far, far);
            set(answer, NOW + end);
        })
    };
    assert_eq!(judged(end + SKEW - Duration::MILLISECOND), None);
    assert_eq!(judged(end + SKEW), Some(problem_at_the_end));
    assert_eq!(judged(end * 2 + SKEW), Some(problem_at_the_end));
}

#[test]
fn the_conditions_end_with_the_skew() {
    ending(|answer, end| answer.not_on_or_after = end, SamlProblem::Expired);
}

#[test]
fn the_confirmation_ends_with_the_skew() {
    ending(|answer, end| answer.confirmation_ends = end, SamlProblem::Expired);
}

#[test]
fn the_session_of_the_identity_provider_ends_with_the_skew() {
    ending(
        |answer, end| answer.session_ends = Some(end),
        SamlProblem::SessionOver,
    );
}

#[test]
fn an_assertion_begins_with_the_skew() {
    let begins = |after| problem(Duration::ZERO, |answer| answer.not_before = NOW + after);
    assert_eq!(begins(SKEW), None);
    assert_eq!(
        begins(SKEW + Duration::MILLISECOND),
        Some(SamlProblem::NotYetValid)
    );
}

#[test]
fn what_is_remembered_outlives_what_is_accepted() {
    let idp = identity_provider("https://made-idp.example.test/sso");
    let answer = Answer::to(&sp(), REQUEST, NOW);
    let request = begun_as(&sp(), &idp, REQUEST, NOW);
    let asserted = consume(&sp(), &idp, &request, &answer.posted(), NOW).unwrap();
    let (_, remembered) = asserted.replay_keys[0];
    assert_eq!(problem(remembered - NOW - Duration::MILLISECOND, |_| ()), None);
    assert_eq!(problem(remembered - NOW, |_| ()), Some(SamlProblem::Expired));
}

#[test]
fn the_last_second_of_the_calendar_is_no_trap() {
    let last = time::macros::datetime!(9999-12-31 23:59:59 UTC);
    let none = problem(Duration::ZERO, |answer| {
        (answer.not_on_or_after, answer.confirmation_ends) = (last, last);
        answer.session_ends = Some(last);
    });
    assert_eq!(none, None);
}
