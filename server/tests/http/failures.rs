//! Every way an act fails is reached by what a person can do, and has a status and a page.

use crate::{
    refusals::{failure, name_of, variants},
    stage::{LIST, colleague, db_ask_for_two_factor},
    visitor::{Answer, TestConsole},
};
use domain::refusal::Refusal;
use sqlx::PgPool;
use std::collections::BTreeSet;

fn all_failures() -> BTreeSet<String> {
    variants("AppError", include_str!("../../../app/src/error.rs"))
}

/// Collects how acts fail, as scripts are told it and as the page that everybody else gets.
#[derive(Default)]
struct Failures {
    as_data: BTreeSet<String>,
    as_page: BTreeSet<String>,
}

impl Failures {
    /// The answer to a script.
    fn told(&mut self, answer: &Answer, status: u16) {
        let failure = failure(answer);
        assert_eq!((answer.status.as_u16(), failure.status()), (status, status));
        self.as_data.insert(name_of(&format!("{failure:?}")));
    }

    /// A page of this status that says this.
    fn shown(&mut self, failure: &str, page: &Answer, status: u16, sentence: &str) {
        assert_eq!(page.status, status, "{failure}");
        let has_heading = page.body.contains("<h1") || page.body.contains("<h2");
        assert!(
            has_heading && page.body.contains(sentence),
            "{failure}: {}",
            page.body
        );
        self.as_page.insert(failure.to_owned());
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn every_failure_has_its_status_as_data_and_its_page(pool: PgPool) {
    let settings = [("throttle_guesses_account_network", "3/1m")];
    let console = TestConsole::start_with(pool.clone(), &settings).await;
    let ada = console.ada().await;
    let nobody = colleague(&console, &ada, "ben@example.test", &[]).await;
    let (stranger, users) = (console.stranger(), "/organization/users");
    let mut failures = Failures::default();

    failures.told(&stranger.call("/api/users/list", &[]).await, 401);
    let led = stranger.open(users).await;
    assert_eq!(led.redirect(), (303, "/sign-in?next=%2Forganization%2Fusers"));
    let page = stranger.open(led.redirect().1).await;
    failures.shown("SignedOut", &page, 200, "name=\"password\"");

    let forbidden = nobody.open(users).await;
    failures.shown("Forbidden", &forbidden, 403, "IAM");
    let asked = [("email", "x@example.test")];
    failures.told(&nobody.call("/api/invitations/invite", &asked).await, 403);

    failures.shown("NotFound", &ada.open("/nowhere").await, 404, "<h1");
    let unknown = [("user", "01890000-0000-7000-8000-000000000000")];
    failures.told(&ada.call("/api/users/deactivate", &unknown).await, 404);

    let faulty = [("email", "not an address")];
    failures.told(&ada.call("/api/invitations/invite", &faulty).await, 422);
    let dialog = format!("{users}?dialog=invite");
    let form = ada.post(&dialog, "/api/invitations/invite", &faulty).await;
    let page = ada.open(form.redirect().1).await;
    failures.shown("Invalid", &page, 200, "value=\"not an address\"");

    let guess = [("email", "ada@example.test"), ("password", "wrong")];
    failures.told(&stranger.call("/api/sign_in/password", &guess).await, 409);
    for (failure, sentence) in [
        ("Refused", Refusal::WrongCredentials.sentence()),
        ("Refused", Refusal::WrongCredentials.sentence()),
        ("TooManyAttempts", "Too many attempts"),
    ] {
        let form = stranger.post("/sign-in", "/api/sign_in/password", &guess).await;
        assert_eq!(form.redirect(), (303, "/sign-in"));
        failures.shown(failure, &stranger.open("/sign-in").await, 200, sentence);
    }
    failures.told(&stranger.call("/api/sign_in/password", &guess).await, 429);

    db_ask_for_two_factor(&pool).await;
    let sentence = "Set up two-factor authentication first";
    failures.shown("TwoFactorWanted", &ada.open(users).await, 403, sentence);
    failures.told(&ada.call("/api/users/list", &LIST).await, 403);

    pool.close().await;
    let sentence = "can't answer at the moment";
    failures.shown("Unavailable", &ada.open(users).await, 503, sentence);
    failures.told(&ada.call("/api/users/list", &[]).await, 503);

    assert_eq!(failures.as_data, all_failures());
    assert_eq!(failures.as_page, all_failures());
}
