//! A provider that is slow, down, or not itself: an error that says so, within the time that is configured, and nobody else
//! waits.

use super::{Stage, made};
use crate::{
    providers::{Manner, Person, Place, callback, is_signed_in, is_stopped, leave, sign_in_by, stop_of},
    stage::sign_in,
    visitor::PASSWORD,
};
use domain::{identities::Provider, sign_in_problem::SignInProblem};
use reqwest::Method;
use sqlx::PgPool;
use std::time::{Duration, Instant};
use tokio::{net::TcpListener, task::JoinSet};

const HASTY: [(&str, &str); 1] = [("provider_timeout", "1s")];

async fn is_down(stage: &Stage, provider: Provider, why: &str) {
    let browser = stage.console.stranger();
    let ben = Person::of(super::BEN);
    let answer = sign_in_by(&stage.providers, &browser, provider, &ben).await;
    let (_, query) = stop_of(&answer);
    assert_eq!(query["problem"], "provider-down", "{why}");
    let page = browser.open(answer.header("location")).await;
    assert_eq!(page.status, 503, "{why}");
    assert!(
        page.body.contains(SignInProblem::ProviderDown.title()) || page.body.contains("answer"),
        "{why}"
    );
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_12_a_provider_that_does_not_answer_in_time_is_said_to_be_down(pool: PgPool) {
    let stage = Stage::set_with(pool.clone(), &HASTY).await;
    let before = made(&pool).await;
    for [(place, manner), (other, other_manner)] in [
        [
            (Place::GoogleToken, Manner::Hangs),
            (Place::GitHubToken, Manner::Drips),
        ],
        [
            (Place::GoogleKeys, Manner::Drips),
            (Place::GitHubUser, Manner::Hangs),
        ],
        [
            (Place::GoogleKeys, Manner::Hangs),
            (Place::GitHubEmails, Manner::Drips),
        ],
    ] {
        stage.providers.recover();
        stage.providers.answer(place, manner);
        stage.providers.answer(other, other_manner);
        let began = Instant::now();
        tokio::join!(
            is_down(&stage, Provider::Google, place.path()),
            is_down(&stage, Provider::GitHub, other.path()),
        );
        let took = began.elapsed();
        assert!(
            (Duration::from_millis(900)..Duration::from_secs(9)).contains(&took),
            "{took:?}"
        );
    }
    assert_eq!(made(&pool).await, before);
}

/// Each answer comes in time, and all together don't.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_12_the_time_is_for_all_answers_together(pool: PgPool) {
    let stage = Stage::set_with(pool.clone(), &HASTY).await;
    let before = made(&pool).await;
    for place in Place::ALL {
        stage
            .providers
            .answer(place, Manner::Late(Duration::from_millis(700)));
    }
    tokio::join!(
        is_down(&stage, Provider::Google, "Google"),
        is_down(&stage, Provider::GitHub, "GitHub"),
    );
    assert_eq!(made(&pool).await, before);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_12_others_do_not_wait_for_a_provider_that_hangs(pool: PgPool) {
    let stage = Stage::set(pool).await;
    let ben = Person::of(super::BEN);
    stage.joins(Provider::GitHub, &ben).await;
    stage.providers.answer(Place::GoogleToken, Manner::Hangs);
    let mut waiting = JoinSet::new();
    // More than there are connections to the database.
    for _ in 0..30 {
        let browser = stage.console.stranger();
        let departed = leave(&browser, Provider::Google, &[]).await;
        let code = stage.providers.code(&departed, &ben);
        let query = [("state", departed.state()), ("code", &code)];
        waiting.spawn(
            browser
                .request(Method::GET, &callback(Provider::Google, &query))
                .send(),
        );
    }
    while stage.providers.asked_at(Place::GoogleToken).len() < 30 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let other = stage.console.stranger();
    assert_eq!(other.open("/sign-in").await.status, 200);
    assert_eq!(sign_in(&other, super::ADA, PASSWORD).await.redirect(), (303, "/"));
    let other = stage.console.stranger();
    is_signed_in(
        &sign_in_by(&stage.providers, &other, Provider::GitHub, &ben).await,
        &other,
    );
    assert!(waiting.try_join_next().is_none(), "they still wait");
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_12_an_endless_answer_is_cut_off(pool: PgPool) {
    let stage = Stage::set(pool.clone()).await;
    let before = made(&pool).await;
    for place in Place::ALL {
        stage.providers.recover();
        stage.providers.answer(place, Manner::Floods);
        let began = Instant::now();
        is_down(&stage, place.provider(), place.path()).await;
        assert!(
            began.elapsed() < Duration::from_secs(9),
            "long before the time is over"
        );
    }
    assert_eq!(made(&pool).await, before);
}

/// It stands for a database, or whatever else is near the server and takes requests from there.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_12_a_redirect_is_not_followed(pool: PgPool) {
    let stage = Stage::set(pool.clone()).await;
    let near = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let near_by = format!("http://{}/", near.local_addr().unwrap());
    let before = made(&pool).await;
    for place in Place::ALL {
        for to in [
            near_by.as_str(),
            "http://127.0.0.1:5432/",
            "http://169.254.169.254/latest/meta-data/",
            "file:///etc/passwd",
            "/google/token",
        ] {
            stage.providers.recover();
            stage.providers.answer(place, Manner::Redirects(to.to_owned()));
            let asked = stage.providers.asked_at(place).len();
            is_down(&stage, place.provider(), place.path()).await;
            assert_eq!(stage.providers.asked_at(place).len(), asked + 1);
        }
    }
    let nobody_came = tokio::time::timeout(Duration::from_millis(50), near.accept()).await;
    assert!(nobody_came.is_err(), "{nobody_came:?}");
    assert_eq!(made(&pool).await, before);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_12_what_is_no_answer_is_an_outage(pool: PgPool) {
    let stage = Stage::set(pool.clone()).await;
    let before = made(&pool).await;
    for place in Place::ALL {
        for (status, body) in [
            (500, ""),
            (503, "<html>Sorry</html>"),
            (404, "{}"),
            (429, r#"{ "message": "slow down" }"#),
            (200, ""),
            (200, "<html>Sorry</html>"),
            (200, "null"),
            (200, "[[[[[["),
            (200, "\"text\""),
            (204, ""),
        ] {
            stage.providers.recover();
            stage
                .providers
                .answer(place, Manner::Says(status, body.to_owned()));
            is_down(
                &stage,
                place.provider(),
                &format!("{} {status} {body}", place.path()),
            )
            .await;
        }
        // As deep as a stack.
        stage.providers.recover();
        let deep = format!("{{\"x\":{}", "[".repeat(500_000));
        stage.providers.answer(place, Manner::Says(200, deep));
        is_down(&stage, place.provider(), place.path()).await;
    }
    assert_eq!(made(&pool).await, before);
    stage.providers.recover();
    for provider in Provider::ALL {
        stage.member(provider).await;
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_12_where_nobody_listens_it_says_so_at_once(pool: PgPool) {
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody = format!("http://{}/token", gone.local_addr().unwrap());
    drop(gone);
    let keys = [
        ("google_token_url", nobody.as_str()),
        ("github_token_url", &nobody),
    ];
    let stage = Stage::set_with(pool, &keys).await;
    let began = Instant::now();
    for provider in Provider::ALL {
        let browser = stage.console.stranger();
        let answer = sign_in_by(&stage.providers, &browser, provider, &Person::of(super::BEN)).await;
        is_stopped(&answer, SignInProblem::ProviderDown);
    }
    assert!(began.elapsed() < Duration::from_secs(9));
}
