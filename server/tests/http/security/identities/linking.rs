//! An address that a provider has verified opens no account: whose it is proves it by what the account knows of them.

use super::{ADA, BEN, Stage, made};
use crate::{
    phone::{CHALLENGE, CODE_PAGE, enrol, is_in, type_code},
    providers::{
        IDENTITY, LINK_PAGE, Person, is_signed_in, is_stopped, join, leads_to_link_page, link_by_password,
        sign_in_by,
    },
    stage::{Post, accept, acceptance, db_count, invite, sign_in},
    visitor::{PASSWORD, Visitor},
};
use app::routes::PUBLIC_ACTIONS;
use backend::{Client, Error, secret::Secret};
use domain::{identities::Provider, refusal::Refusal, sign_in_problem::SignInProblem};
use sqlx::PgPool;

const OF_BEN: &str = "nine herons carry my ladder";

/// Somebody whom the provider knows by the address of an account.
async fn vouched_for(stage: &Stage, provider: Provider, person: &Person) -> Visitor {
    let browser = stage.console.stranger();
    leads_to_link_page(&sign_in_by(&stage.providers, &browser, provider, person).await);
    assert!(browser.cookie(IDENTITY).is_some());
    browser
}

fn is_refused<T: std::fmt::Debug>(outcome: Result<T, Error>, why: Refusal) {
    match outcome {
        Err(Error::Refused(refusal)) => assert_eq!(refusal, why),
        other => panic!("{other:?}"),
    }
}

/// Ben with a password of his own.
async fn ben_with_password(stage: &Stage) {
    let link = invite(&stage.console, &stage.ada, BEN, &[]).await;
    let mut fields = acceptance(&link);
    fields[3] = ("password", OF_BEN);
    let answer = stage
        .console
        .stranger()
        .post(&link, "/api/invitations/accept", &fields)
        .await;
    assert_eq!(answer.redirect(), (303, "/"));
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_07_the_verified_address_of_an_account_opens_nothing(pool: PgPool) {
    let stage = Stage::set(pool.clone()).await;
    for provider in Provider::ALL {
        let before = made(&pool).await;
        let browser = vouched_for(&stage, provider, &Person::of(ADA)).await;
        let mut after = before.clone();
        // What waits to be linked, and no more.
        after[3] += 1;
        assert_eq!(made(&pool).await, after);
        assert!(!is_in(&browser).await);
        for page in ["/", "/organization/users", "/organization/iam/sso"] {
            assert_eq!(browser.open(page).await.redirect().0, 303, "{page}");
        }
        for (action, _) in server_fn::axum::server_fn_paths() {
            if !PUBLIC_ACTIONS.contains(&action) {
                assert_eq!(browser.call(action, &[]).await.status, 401, "{action}");
            }
        }
        // It is no session by another name, and no waiting code.
        let renamed = stage.console.stranger();
        for name in ["usher", CHALLENGE] {
            renamed.set_cookie(name, &browser.cookie(IDENTITY).unwrap());
        }
        assert!(!is_in(&renamed).await);
        assert_ne!(type_code(&renamed, "000000").await.status, 200);
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_07_the_password_of_the_account_links(pool: PgPool) {
    let stage = Stage::set(pool.clone()).await;
    let post = Post::open().await;
    for (n, provider) in (1_i64..).zip(Provider::ALL) {
        let ada = Person::of(ADA);
        let browser = vouched_for(&stage, provider, &ada).await;
        assert!(
            !link_by_password(&stage.console, &browser, PASSWORD)
                .await
                .unwrap()
        );
        assert!(is_in(&browser).await);
        assert_eq!(db_count(&pool, "identities").await, n);
        assert_eq!(db_count(&pool, "pending_identities").await, 0);
        post.deliver(&stage.console).await;
        let told = post.server.received_by(ADA);
        let told = told
            .iter()
            .filter(|mail| mail.raw.contains(provider.name()))
            .count();
        assert_eq!(told, 1, "she is told of it");
        let entry = format!(
            "audit where action = 'identities.link' and after::text like '%{}%'",
            provider.key()
        );
        assert_eq!(db_count(&pool, &entry).await, 1);
        let again = stage.console.stranger();
        let answer = sign_in_by(&stage.providers, &again, provider, &ada).await;
        is_signed_in(&answer, &again);
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_07_a_wrong_password_links_nothing(pool: PgPool) {
    let stage = Stage::set(pool.clone()).await;
    ben_with_password(&stage).await;
    for provider in Provider::ALL {
        let browser = vouched_for(&stage, provider, &Person::of(ADA)).await;
        let before = made(&pool).await;
        // Also one of another account, whose owner may be the attacker.
        for wrong in ["not the right one", OF_BEN] {
            let linked = link_by_password(&stage.console, &browser, wrong).await;
            is_refused(linked, Refusal::WrongCredentials);
        }
        assert!(matches!(
            link_by_password(&stage.console, &browser, "").await,
            Err(Error::Invalid(_))
        ));
        assert_eq!(made(&pool).await, before);
        assert!(!is_in(&browser).await);
        // One may have mistyped it.
        assert!(
            !link_by_password(&stage.console, &browser, PASSWORD)
                .await
                .unwrap()
        );
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_07_guesses_there_are_counted_like_those_at_the_sign_in(pool: PgPool) {
    let stage = Stage::set(pool).await;
    let browser = vouched_for(&stage, Provider::Google, &Person::of(ADA)).await;
    for _ in 0..10 {
        let linked = link_by_password(&stage.console, &browser, "not the right one").await;
        is_refused(linked, Refusal::WrongCredentials);
    }
    let linked = link_by_password(&stage.console, &browser, PASSWORD).await;
    assert!(matches!(linked, Err(Error::TooManyAttempts { .. })), "{linked:?}");
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_07_with_two_factor_authentication_it_is_linked_after_the_code(pool: PgPool) {
    let stage = Stage::set(pool.clone()).await;
    let phone = enrol(&stage.console, &stage.ada).await.phone;
    for (linked, provider) in (0_i64..).zip(Provider::ALL) {
        let ada = Person::of(ADA);
        let count = async || db_count(&pool, "identities").await;
        let browser = vouched_for(&stage, provider, &ada).await;
        assert!(
            link_by_password(&stage.console, &browser, PASSWORD)
                .await
                .unwrap()
        );
        assert!(!is_in(&browser).await && count().await == linked);
        assert_ne!(type_code(&browser, "000000").await.status, 200);
        assert!(!is_in(&browser).await && count().await == linked);

        // Whoever turns away links nothing, also not by a later sign-in with the password alone.
        browser.call("/api/sign_in/leave", &[]).await;
        assert_eq!(
            sign_in(&browser, ADA, PASSWORD).await.redirect(),
            (303, CODE_PAGE)
        );
        let answer = type_code(&browser, &phone.next_code(&stage.console)).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert!(is_in(&browser).await && count().await == linked);

        let browser = vouched_for(&stage, provider, &ada).await;
        assert!(
            link_by_password(&stage.console, &browser, PASSWORD)
                .await
                .unwrap()
        );
        let answer = type_code(&browser, &phone.next_code(&stage.console)).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert!(is_in(&browser).await && count().await == linked + 1);
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_07_what_waits_is_linked_once_and_for_half_an_hour(pool: PgPool) {
    let stage = Stage::set(pool.clone()).await;
    let (late, browser) = (
        vouched_for(&stage, Provider::GitHub, &Person::of(ADA)).await,
        vouched_for(&stage, Provider::Google, &Person::of(ADA)).await,
    );
    let pending = crate::providers::pending(&browser);
    let link = || {
        let password = Secret::new(PASSWORD.to_owned());
        let client = Client::default();
        let (backend, pending) = (stage.console.backend.clone(), pending.clone());
        async move { backend.link_with_password(&client, &pending, password).await }
    };
    let (one, two) = tokio::join!(link(), link());
    assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
    is_refused(link().await, Refusal::IdentityOver);
    assert_eq!(db_count(&pool, "identities").await, 1);
    stage.console.advance(30 * 60);
    let linked = link_by_password(&stage.console, &late, PASSWORD).await;
    is_refused(linked, Refusal::IdentityOver);
    is_refused(join(&stage.console, &late).await, Refusal::IdentityOver);
    let nobody = stage.console.stranger();
    let linked = link_by_password(&stage.console, &nobody, PASSWORD).await;
    is_refused(linked, Refusal::IdentityOver);
    assert_eq!(db_count(&pool, "identities").await, 1);
}

/// Two browsers at once, one provider: another account there of the same address is not linked beside the first.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_07_a_second_one_of_the_same_provider_is_not_linked(pool: PgPool) {
    let stage = Stage::set(pool.clone()).await;
    for provider in Provider::ALL {
        let ada = Person::of(ADA);
        let first = vouched_for(&stage, provider, &ada).await;
        let second = vouched_for(&stage, provider, &ada.known_as("77")).await;
        assert!(!link_by_password(&stage.console, &first, PASSWORD).await.unwrap());
        let before = made(&pool).await;
        let linked = link_by_password(&stage.console, &second, PASSWORD).await;
        is_refused(linked, Refusal::IdentityOver);
        assert_eq!(made(&pool).await, before, "and begins no session");
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_07_an_address_that_is_not_verified_counts_for_nothing(pool: PgPool) {
    let stage = Stage::set(pool.clone()).await;
    let before = made(&pool).await;
    for provider in Provider::ALL {
        for email in [ADA, BEN] {
            let browser = stage.console.stranger();
            let person = Person::of(email).unverified();
            let answer = sign_in_by(&stage.providers, &browser, provider, &person).await;
            is_stopped(&answer, SignInProblem::AddressNotVerified);
            assert_eq!(browser.cookie(IDENTITY), None);
        }
    }
    // Google says so in one of three ways, and a text is none.
    for verified in [
        serde_json::json!(null),
        serde_json::json!("false"),
        serde_json::json!(0),
    ] {
        stage.providers.claim(move |claims| {
            claims.insert("email_verified".into(), verified.clone());
        });
        let browser = stage.console.stranger();
        sign_in_by(&stage.providers, &browser, Provider::Google, &Person::of(ADA)).await;
        assert_eq!(browser.cookie(IDENTITY), None);
    }
    stage
        .providers
        .claim(|claims| drop(claims.remove("email_verified")));
    let browser = stage.console.stranger();
    let answer = sign_in_by(&stage.providers, &browser, Provider::Google, &Person::of(ADA)).await;
    is_stopped(&answer, SignInProblem::AddressNotVerified);
    assert_eq!(made(&pool).await, before);
}

/// Whoever has many addresses at a provider must not learn which of them have an account here.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_07_the_answer_is_the_same_whether_the_address_has_an_account(pool: PgPool) {
    let stage = Stage::set(pool).await;
    crate::stage::eve(&stage.console).await;
    for provider in Provider::ALL {
        let mut answers = Vec::new();
        for email in [ADA, "eve@other.test", "nobody@example.test"] {
            let browser = stage.console.stranger();
            let answer = sign_in_by(&stage.providers, &browser, provider, &Person::of(email)).await;
            let token = browser.cookie(IDENTITY).unwrap();
            let headers: Vec<_> = answer.lasting_headers();
            let headers: Vec<_> = headers
                .iter()
                .map(|header| header.replace(&token, "TOKEN"))
                .collect();
            answers.push((answer.status, headers, answer.body));
            // Nor by the form, whose answer to a wrong password is the one of the sign-in page.
            let linked = link_by_password(&stage.console, &browser, "not the right one").await;
            is_refused(linked, Refusal::WrongCredentials);
        }
        assert_eq!(answers[0], answers[1]);
        assert_eq!(answers[0], answers[2]);
        assert!(answers[0].1.iter().any(|header| header.ends_with(LINK_PAGE)));
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_07_whom_nobody_invited_gets_no_account(pool: PgPool) {
    let stage = Stage::set(pool.clone()).await;
    for provider in Provider::ALL {
        let browser = vouched_for(&stage, provider, &Person::of("nobody@example.test")).await;
        let before = made(&pool).await;
        is_refused(join(&stage.console, &browser).await, Refusal::InvitationCancelled);
        assert_eq!(made(&pool).await, before);
        assert_eq!(db_count(&pool, "users").await, 1);
    }
}

/// An account that was there before its owner came is theirs alone: what a provider says later takes nothing over, and
/// what was linked before stays theirs.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_07_an_invitation_that_was_accepted_is_accepted_by_nobody_else(pool: PgPool) {
    let stage = Stage::set(pool.clone()).await;
    let link = invite(&stage.console, &stage.ada, BEN, &[]).await;
    for provider in Provider::ALL {
        vouched_for(&stage, provider, &Person::of(BEN)).await;
    }
    let waiting = vouched_for(&stage, Provider::Google, &Person::of(BEN)).await;
    accept(&stage.console, &link, &[]).await;
    let before = made(&pool).await;
    is_refused(join(&stage.console, &waiting).await, Refusal::InvitationCancelled);
    assert_eq!(made(&pool).await, before);
    assert!(!is_in(&waiting).await);
}
