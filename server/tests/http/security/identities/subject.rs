//! Who somebody is: the provider's own name for them, and never their address.

use super::{ADA, Stage, made};
use crate::{
    providers::{Manner, Person, Place, is_signed_in, is_stopped, leads_to_link_page, sign_in_by, stop_of},
    stage::settings,
    visitor::Visitor,
};
use domain::{identities::Provider, sign_in_problem::SignInProblem};
use serde_json::json;
use sqlx::PgPool;

async fn signed_in(stage: &Stage, provider: Provider, person: &Person) -> Visitor {
    let browser = stage.console.stranger();
    let answer = sign_in_by(&stage.providers, &browser, provider, person).await;
    is_signed_in(&answer, &browser);
    browser
}

async fn is_nobody(stage: &Stage, provider: Provider, person: &Person) {
    let browser = stage.console.stranger();
    leads_to_link_page(&sign_in_by(&stage.providers, &browser, provider, person).await);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_06_whoever_changes_their_address_at_the_provider_keeps_the_account(pool: PgPool) {
    let stage = Stage::set(pool).await;
    for provider in Provider::ALL {
        let ben = stage.member(provider).await;
        for now in [
            ben.with_address("benjamin@elsewhere.test"),
            ben.with_address("benjamin@elsewhere.test").unverified(),
            // Another person of this console has it here: that is no reason to be that person.
            ben.with_address(ADA),
            ben.with_address("no address at all"),
        ] {
            let browser = signed_in(&stage, provider, &now).await;
            assert_eq!(settings(&browser).await.email, ben.email, "{}", now.email);
        }
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_06_whoever_gets_a_used_address_gets_nothing_with_it(pool: PgPool) {
    let stage = Stage::set(pool.clone()).await;
    for provider in Provider::ALL {
        let ben = stage.member(provider).await;
        let sessions = made(&pool).await[1];
        is_nobody(&stage, provider, &ben.known_as("4")).await;
        assert_eq!(made(&pool).await[1], sessions);
        signed_in(&stage, provider, &ben).await;
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_06_googles_subjects_are_compared_exactly(pool: PgPool) {
    let stage = Stage::set(pool).await;
    let ben = Person::of("ben@example.test").known_as("0aBé-1");
    stage.joins(Provider::Google, &ben).await;
    for other in [
        "0abé-1",
        "0ABÉ-1",
        "aBé-1",
        "00aBé-1",
        "0aBe\u{301}-1",
        " 0aBé-1",
        "0aBé-1 ",
        "0aBé-1\n",
        "0aBé-1\u{200b}",
        "0aBé-10",
        "0aBé_1",
        "%",
        "ben@example.test",
    ] {
        is_nobody(&stage, Provider::Google, &ben.known_as(other)).await;
    }
    signed_in(&stage, Provider::Google, &ben).await;
}

/// Beyond 2^53 numbers that differ are the same to whoever reads them as floating-point ones.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_06_githubs_ids_are_compared_exactly(pool: PgPool) {
    let stage = Stage::set(pool).await;
    let ben = Person::of("ben@example.test").known_as("9007199254740993");
    stage.joins(Provider::GitHub, &ben).await;
    for other in [
        "9007199254740992",
        "9007199254740994",
        "18446744073709551615",
        "0",
    ] {
        is_nobody(&stage, Provider::GitHub, &ben.known_as(other)).await;
    }
    signed_in(&stage, Provider::GitHub, &ben).await;
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_06_an_id_that_is_no_number_is_nobodys(pool: PgPool) {
    let stage = Stage::set(pool.clone()).await;
    let ben = stage.member(Provider::GitHub).await;
    let number: u64 = ben.subject.parse().unwrap();
    let before = made(&pool).await;
    for id in [
        json!(ben.subject),
        json!(format!("{number}").parse::<f64>().unwrap()),
        json!(-1),
        json!([number]),
        json!({ "id": number }),
        json!(true),
        json!(null),
    ] {
        let user = json!({ "login": "ben", "id": id, "name": "Ben Babbage" }).to_string();
        stage.providers.answer(Place::GitHubUser, Manner::Says(200, user));
        let browser = stage.console.stranger();
        let answer = sign_in_by(&stage.providers, &browser, Provider::GitHub, &ben).await;
        let (_, query) = stop_of(&answer);
        assert_eq!(query["problem"], "provider-down", "{id}");
    }
    assert_eq!(made(&pool).await, before);
}

/// Another provider in Google's place is another world, where each name is somebody else.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_06_a_subject_is_known_with_its_issuer_only(pool: PgPool) {
    let stage = Stage::set(pool.clone()).await;
    let people = [
        (Provider::Google, stage.member(Provider::Google).await),
        (Provider::GitHub, stage.member(Provider::GitHub).await),
    ];
    let others = crate::providers::Providers::start().await;
    let console = others.console(pool).await;
    for (provider, ben) in people {
        let browser = console.stranger();
        leads_to_link_page(&sign_in_by(&others, &browser, provider, &ben).await);
    }
}

/// GitHub shows an address on the page of a person, which nobody has verified: it does not count.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_06_of_githubs_addresses_the_verified_primary_one_counts(pool: PgPool) {
    let stage = Stage::set(pool.clone()).await;
    let ben = Person::of("ben@example.test");
    let of = |email: &str, primary: bool, verified: bool| json!({ "email": email, "primary": primary, "verified": verified });
    let before = made(&pool).await;
    for list in [
        json!([]),
        json!([of("ben@example.test", false, true)]),
        json!([of("ben@example.test", true, false)]),
        json!([
            of("ben@example.test", true, false),
            of("other@example.test", false, true)
        ]),
        json!([of("no address", true, true)]),
    ] {
        stage.providers.list_emails(list.clone());
        let browser = stage.console.stranger();
        let answer = sign_in_by(&stage.providers, &browser, Provider::GitHub, &ben).await;
        is_stopped(&answer, SignInProblem::AddressNotVerified);
        assert_eq!(made(&pool).await, before, "{list}");
    }
}
