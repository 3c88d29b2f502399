//! Joining by an invitation: the provider must have verified exactly the invited address.

use super::{BEN, GRACE, Stage, made};
use crate::{
    phone::is_in,
    providers::{
        IDENTITY, Person, accept_by, colleague_by, is_signed_in, join, join_as, leads_to_link_page, pending,
        sign_in_by, stop_of,
    },
    stage::{USERS, accept, db_count, eve, invite, settings, token},
    visitor::Visitor,
};
use backend::{Client, Error, secret::Token};
use domain::{
    field::{Fault, Field},
    identities::Provider,
    refusal::Refusal,
    sign_in_problem::SignInProblem,
};
use sqlx::PgPool;

fn is_refused<T: std::fmt::Debug>(outcome: Result<T, Error>, why: Refusal) {
    match outcome {
        Err(Error::Refused(refusal)) => assert_eq!(refusal, why),
        other => panic!("{other:?}"),
    }
}

async fn vouched_for(stage: &Stage, link: &str, provider: Provider, person: &Person) -> Visitor {
    let browser = stage.console.stranger();
    let answer = accept_by(&stage.providers, &browser, link, provider, person).await;
    leads_to_link_page(&answer);
    browser
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_09_the_invited_address_joins(pool: PgPool) {
    let stage = Stage::set(pool.clone()).await;
    for provider in Provider::ALL {
        let ben = Person::of(&format!("{}@example.test", provider.key()));
        let link = invite(&stage.console, &stage.ada, &ben.email, &["read"]).await;
        let browser = vouched_for(&stage, &link, provider, &ben).await;
        assert!(!is_in(&browser).await, "not before the names are confirmed");
        let offered = stage.console.backend.look_at_pending(&pending(&browser)).await;
        let offered = offered.unwrap().unwrap();
        assert_eq!((offered.provider, offered.email), (provider, ben.email.clone()));
        assert_eq!((&*offered.first_name, &*offered.last_name), ("Ben", "Babbage"));
        assert_eq!(offered.invitation.unwrap().organization, "Analytical Engines");

        join_as(&stage.console, &browser, ("Benjamin", "Babbage"))
            .await
            .unwrap();
        assert_eq!(
            browser.open(USERS).await.status,
            200,
            "by the group of the invitation"
        );
        let known = settings(&browser).await;
        assert_eq!(known.email, ben.email);
        assert_eq!(browser.open(&link).await.status, 410, "the link is used");
        let again = stage.console.stranger();
        is_signed_in(
            &sign_in_by(&stage.providers, &again, provider, &ben).await,
            &again,
        );
    }
    assert_eq!(db_count(&pool, "passwords").await, 1, "Ada's alone");
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_09_another_address_is_refused_and_the_invitation_stays(pool: PgPool) {
    let stage = Stage::set(pool.clone()).await;
    let link = invite(&stage.console, &stage.ada, BEN, &[]).await;
    let before = made(&pool).await;
    for provider in Provider::ALL {
        let ben = Person::of(BEN);
        for (person, why) in [
            (
                ben.with_address("ben@elsewhere.test"),
                SignInProblem::AddressDiffers,
            ),
            (
                ben.with_address("ben+x@example.test"),
                SignInProblem::AddressDiffers,
            ),
            (
                ben.with_address("b.en@example.test"),
                SignInProblem::AddressDiffers,
            ),
            // A Cyrillic letter.
            (
                ben.with_address("bеn@example.test"),
                SignInProblem::AddressDiffers,
            ),
            (ben.unverified(), SignInProblem::AddressNotVerified),
        ] {
            let browser = stage.console.stranger();
            let answer = accept_by(&stage.providers, &browser, &link, provider, &person).await;
            let (page, query) = stop_of(&answer);
            assert_eq!((page.as_str(), query["problem"].as_str()), (&*link, why.key()));
            // Neither address is told to the other side.
            for told in [answer.header("location"), &answer.body] {
                assert!(!told.contains("ben") && !told.contains("test%"), "{told}");
            }
            assert_eq!(browser.cookie(IDENTITY), None);
            let page = browser.open(answer.header("location")).await;
            assert_eq!(page.status, 200, "it can be accepted");
            assert!(!page.body.contains("elsewhere.test"));
        }
    }
    assert_eq!(made(&pool).await, before);
    // It works with the right one, or with a password.
    let browser = vouched_for(&stage, &link, Provider::Google, &Person::of(BEN)).await;
    join(&stage.console, &browser).await.unwrap();
    let link = invite(&stage.console, &stage.ada, GRACE, &[]).await;
    let answer = accept_by(
        &stage.providers,
        &browser,
        &link,
        Provider::GitHub,
        &Person::of(BEN),
    )
    .await;
    stop_of(&answer);
    accept(&stage.console, &link, &[]).await;
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_09_addresses_may_differ_in_case(pool: PgPool) {
    let stage = Stage::set(pool).await;
    for provider in Provider::ALL {
        let invited = format!("{}@Example.test", provider.name());
        let link = invite(&stage.console, &stage.ada, &invited, &[]).await;
        let person = Person::of(&format!("{}@EXAMPLE.test", provider.key()));
        let browser = vouched_for(&stage, &link, provider, &person).await;
        join(&stage.console, &browser).await.unwrap();
        assert_eq!(
            settings(&browser).await.email.to_lowercase(),
            invited.to_lowercase()
        );
    }
}

/// The provider has proved the address; the mail with the link proves no more.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_09_the_invited_person_needs_no_link(pool: PgPool) {
    let stage = Stage::set(pool).await;
    for provider in Provider::ALL {
        let ben = Person::of(&format!("{}@example.test", provider.key()));
        invite(&stage.console, &stage.ada, &ben.email, &[]).await;
        let browser = stage.console.stranger();
        leads_to_link_page(&sign_in_by(&stage.providers, &browser, provider, &ben).await);
        join(&stage.console, &browser).await.unwrap();
        assert!(is_in(&browser).await);
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_09_the_invitation_of_somebody_else_is_not_pasted(pool: PgPool) {
    let stage = Stage::set(pool.clone()).await;
    let of_grace = invite(&stage.console, &stage.ada, GRACE, &["admin"]).await;
    let of_ben = invite(&stage.console, &stage.ada, BEN, &[]).await;
    let browser = stage.console.stranger();
    let ben = Person::of(BEN);
    leads_to_link_page(&sign_in_by(&stage.providers, &browser, Provider::Google, &ben).await);
    let paste = async |link: &str| {
        let link = format!("{}{link}", stage.console.origin);
        stage
            .console
            .backend
            .paste_invitation(&Client::default(), &pending(&browser), &link)
            .await
    };
    match paste(&of_grace).await {
        Err(Error::Invalid(faults)) => assert_eq!(
            faults.of(Field::Link),
            Some(&Fault::Refused(Refusal::OtherAddressInvited))
        ),
        other => panic!("{other:?}"),
    }
    paste(&of_ben).await.unwrap();
    join(&stage.console, &browser).await.unwrap();
    assert_eq!(settings(&browser).await.email, BEN);
    assert_eq!(browser.open(USERS).await.status, 403, "he is no administrator");
    assert_eq!(browser.open(&of_grace).await.status, 200);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_09_of_two_acceptances_at_once_one_makes_an_account(pool: PgPool) {
    let stage = Stage::set(pool.clone()).await;
    for round in 0..3 {
        let ben = Person::of(&format!("ben{round}@example.test"));
        let link = invite(&stage.console, &stage.ada, &ben.email, &[]).await;
        let before = made(&pool).await;
        let google = vouched_for(&stage, &link, Provider::Google, &ben).await;
        let twin = stage.console.stranger();
        twin.set_cookie(IDENTITY, &google.cookie(IDENTITY).unwrap());
        let github = vouched_for(&stage, &link, Provider::GitHub, &ben).await;
        let joined = tokio::join!(
            join(&stage.console, &google),
            join(&stage.console, &twin),
            join(&stage.console, &github),
        );
        let joined = [joined.0, joined.1, joined.2];
        assert_eq!(joined.iter().filter(|one| one.is_ok()).count(), 1, "{joined:?}");
        for refused in joined.into_iter().filter_map(Result::err) {
            assert!(
                matches!(&refused, Error::Refused(_) | Error::NotFound),
                "{refused:?}"
            );
        }
        let after = made(&pool).await;
        // Active people, sessions, identities.
        for n in 0..3 {
            assert_eq!(after[n], before[n] + 1, "{n}");
        }
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_09_the_first_account_of_an_organization_is_its_administrator(pool: PgPool) {
    let stage = Stage::set(pool.clone()).await;
    for provider in Provider::ALL {
        let email = format!("first.{}@other.test", provider.key());
        let made = stage
            .console
            .backend
            .create_organization(
                &Client::command_line(),
                provider.name(),
                std::slice::from_ref(&email),
            )
            .await
            .unwrap();
        let link = format!("/invitations/{}", made.links[0].1.expose());
        let first = Person::of(&email);
        let browser = vouched_for(&stage, &link, provider, &first).await;
        join(&stage.console, &browser).await.unwrap();
        assert_eq!(browser.open(USERS).await.status, 200);
        // The next one is not.
        let second = Person::of(&format!("second.{}@other.test", provider.key()));
        let second = colleague_by(&stage.console, &stage.providers, &browser, provider, &second).await;
        assert_eq!(second.open(USERS).await.status, 403);
    }
}

/// Ben has an account here, and gets the invited address of somebody else at the provider later.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_09_whoever_has_an_account_joins_no_second_time(pool: PgPool) {
    let stage = Stage::set(pool.clone()).await;
    eve(&stage.console).await;
    for provider in Provider::ALL {
        let ben = stage.member(provider).await;
        let invited = format!("grace.{}@example.test", provider.key());
        let link = invite(&stage.console, &stage.ada, &invited, &[]).await;
        let before = made(&pool).await;
        let browser = stage.console.stranger();
        let person = ben.with_address(&invited);
        let answer = accept_by(&stage.providers, &browser, &link, provider, &person).await;
        assert_eq!(stop_of(&answer).1["problem"], "identity-taken");
        assert_eq!(made(&pool).await, before);

        // Nor by what was vouched for before: only one of two accounts gets it.
        let grace = Person::of(&invited).known_as("6");
        let first = vouched_for(&stage, &link, provider, &grace).await;
        join(&stage.console, &first).await.unwrap();
        let other = format!("x.{}@example.test", provider.key());
        let link = invite(&stage.console, &stage.ada, &other, &[]).await;
        let answer = accept_by(
            &stage.providers,
            &stage.console.stranger(),
            &link,
            provider,
            &grace.with_address(&other),
        )
        .await;
        assert_eq!(stop_of(&answer).1["problem"], "identity-taken");
    }
}

/// Two invitations, two addresses, one account at the provider, which had first one and then the other.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_09_one_account_at_the_provider_joins_one_account(pool: PgPool) {
    let stage = Stage::set(pool.clone()).await;
    let of_ben = invite(&stage.console, &stage.ada, BEN, &[]).await;
    let of_grace = invite(&stage.console, &stage.ada, GRACE, &[]).await;
    let somebody = Person::of(BEN);
    let one = vouched_for(&stage, &of_ben, Provider::Google, &somebody).await;
    let two = vouched_for(&stage, &of_grace, Provider::Google, &somebody.with_address(GRACE)).await;
    join(&stage.console, &one).await.unwrap();
    let before = made(&pool).await;
    is_refused(join(&stage.console, &two).await, Refusal::IdentityOver);
    assert_eq!(made(&pool).await, before);
    assert_eq!(
        stage.console.stranger().open(&of_grace).await.status,
        200,
        "it is unused"
    );
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_09_what_waits_is_known_by_its_cookie_alone(pool: PgPool) {
    let stage = Stage::set(pool.clone()).await;
    let link = invite(&stage.console, &stage.ada, BEN, &[]).await;
    vouched_for(&stage, &link, Provider::Google, &Person::of(BEN)).await;
    let before = made(&pool).await;
    for guess in ["", "A", &"A".repeat(43), token(&link)] {
        let joined = stage
            .console
            .backend
            .join_with_identity(
                &Client::default(),
                &Token::presented(guess),
                "Mallory".into(),
                "Miller".into(),
            )
            .await;
        is_refused(joined, Refusal::IdentityOver);
    }
    assert_eq!(made(&pool).await, before);
}
