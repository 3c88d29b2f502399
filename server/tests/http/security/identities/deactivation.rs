//! Deactivated people: no provider lets them in, and nothing that was under way does.

use super::{ADA, BEN, GRACE, Stage, made};
use crate::{
    phone::{enrol, is_in, type_code},
    providers::{
        DEPARTURE, Person, accept_by, come_back, is_signed_in, is_stopped, join, leads_to_link_page, leave,
        leave_to_link, link, link_by_password, sign_in_by,
    },
    stage::{Post, colleague, db_count, deactivate, invite, reactivate},
    visitor::PASSWORD,
};
use backend::Error;
use domain::{identities::Provider, refusal::Refusal, sign_in_problem::SignInProblem};
use sqlx::PgPool;

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn deact_01_no_provider_lets_a_deactivated_person_in(pool: PgPool) {
    let stage = Stage::set(pool.clone()).await;
    let post = Post::open().await;
    for provider in Provider::ALL {
        let ben = stage.member(provider).await;
        assert_eq!(
            deactivate(&stage.console, &stage.ada, &ben.email).await.status,
            200
        );
        post.deliver(&stage.console).await;
        let (before, mails) = (made(&pool).await, post.server.received_by(&ben.email).len());
        for person in [
            ben.clone(),
            ben.with_address("elsewhere@example.test"),
            ben.unverified(),
        ] {
            let browser = stage.console.stranger();
            let answer = sign_in_by(&stage.providers, &browser, provider, &person).await;
            is_stopped(&answer, SignInProblem::NoAccount);
            assert!(!is_in(&browser).await);
        }
        // Another account at the provider with the address leads to what anybody is led to.
        let browser = stage.console.stranger();
        let answer = sign_in_by(&stage.providers, &browser, provider, &ben.known_as("9")).await;
        leads_to_link_page(&answer);
        assert!(matches!(
            join(&stage.console, &browser).await,
            Err(Error::Refused(_))
        ));
        let linked = link_by_password(&stage.console, &browser, PASSWORD).await;
        assert!(matches!(linked, Err(Error::Refused(Refusal::WrongCredentials))));
        let mut after = before;
        after[3] += 1;
        assert_eq!(made(&pool).await, after);
        post.deliver(&stage.console).await;
        assert_eq!(post.server.received_by(&ben.email).len(), mails, "nobody is told");
        let entry = format!(
            "audit where action = 'sessions.sign_in' and result = 'refused' and target_label = '{}'",
            ben.email
        );
        // The entry of a wrong password is written beside its answer.
        stage.console.backend.finish_beside().await;
        assert_eq!(
            db_count(&pool, &entry).await,
            4,
            "with the password that was tried"
        );
    }
    // In the words in which the sign-in page answers an unknown address and a wrong password.
    let said = SignInProblem::NoAccount.what();
    assert_eq!(said, Refusal::WrongCredentials.sentence());
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn deact_04_what_was_under_way_at_a_provider_gives_nothing(pool: PgPool) {
    let stage = Stage::set(pool.clone()).await;
    for provider in Provider::ALL {
        let ben = stage.member(provider).await;
        let (away, links) = (stage.console.stranger(), stage.console.stranger());
        let departed = leave(&away, provider, &[]).await;
        let code = stage.providers.code(&departed, &ben);
        // Away to link the other provider.
        is_signed_in(
            &sign_in_by(&stage.providers, &links, provider, &ben).await,
            &links,
        );
        let other = match provider {
            Provider::Google => Provider::GitHub,
            Provider::GitHub => Provider::Google,
        };
        let to_link = leave_to_link(&stage.console, &links, other).await.unwrap();
        let cookie = links.cookie(DEPARTURE).unwrap();
        let code_to_link = stage.providers.code(&to_link, &ben);

        deactivate(&stage.console, &stage.ada, &ben.email).await;
        let before = made(&pool).await;
        is_stopped(
            &come_back(&away, &departed, &code).await,
            SignInProblem::NoAccount,
        );
        is_stopped(
            &come_back(&links, &to_link, &code_to_link).await,
            SignInProblem::Over,
        );
        assert_eq!(made(&pool).await, before);

        // Nor once they are back: the session that began it stays ended.
        reactivate(&stage.console, &stage.ada, &ben.email).await;
        is_signed_in(
            &sign_in_by(&stage.providers, &links, provider, &ben).await,
            &links,
        );
        links.set_cookie(DEPARTURE, &cookie);
        is_stopped(
            &come_back(&links, &to_link, &code_to_link).await,
            SignInProblem::Over,
        );
        assert_eq!(db_count(&pool, "identities where last_used_at is null").await, 0);
    }
    assert_eq!(db_count(&pool, "identities").await, 2);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn deact_04_a_code_that_was_asked_for_after_a_provider_gives_nothing(pool: PgPool) {
    let stage = Stage::set(pool.clone()).await;
    for provider in Provider::ALL {
        let (ben, phone) = stage.enrolled_member(provider).await;
        let browser = stage.console.stranger();
        sign_in_by(&stage.providers, &browser, provider, &ben).await;
        deactivate(&stage.console, &stage.ada, &ben.email).await;
        let before = made(&pool).await;
        for _ in 0..2 {
            assert_ne!(
                type_code(&browser, &phone.next_code(&stage.console)).await.status,
                200
            );
            assert!(!is_in(&browser).await);
            reactivate(&stage.console, &stage.ada, &ben.email).await;
        }
        assert_eq!(made(&pool).await[1], before[1], "no session");
    }
}

/// With the password right and the code not yet typed, a provider waits to be linked.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn deact_04_what_waits_to_be_linked_is_not_linked(pool: PgPool) {
    let stage = Stage::set(pool.clone()).await;
    let browser = colleague(&stage.console, &stage.ada, BEN, &[]).await;
    let phone = enrol(&stage.console, &browser).await.phone;
    for provider in Provider::ALL {
        let (with_code, before_it) = (stage.console.stranger(), stage.console.stranger());
        for browser in [&with_code, &before_it] {
            let answer = sign_in_by(&stage.providers, browser, provider, &Person::of(BEN)).await;
            leads_to_link_page(&answer);
        }
        assert!(
            link_by_password(&stage.console, &with_code, PASSWORD)
                .await
                .unwrap()
        );
        deactivate(&stage.console, &stage.ada, BEN).await;
        assert_ne!(
            type_code(&with_code, &phone.next_code(&stage.console))
                .await
                .status,
            200
        );
        let linked = link_by_password(&stage.console, &before_it, PASSWORD).await;
        assert!(
            matches!(linked, Err(Error::Refused(Refusal::WrongCredentials))),
            "{linked:?}"
        );
        reactivate(&stage.console, &stage.ada, BEN).await;
        assert_ne!(
            type_code(&with_code, &phone.next_code(&stage.console))
                .await
                .status,
            200
        );
        assert_eq!(db_count(&pool, "identities").await, 0);
        stage.console.advance(3_600);
    }
}

/// What a provider vouches for by an invitation whose sender is deactivated, or that is cancelled.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn deact_04_what_waits_to_join_does_not_join(pool: PgPool) {
    let stage = Stage::set(pool.clone()).await;
    let grace = colleague(&stage.console, &stage.ada, GRACE, &["admin"]).await;
    let link = invite(&stage.console, &grace, BEN, &[]).await;
    let mut waiting = Vec::new();
    for provider in Provider::ALL {
        let browser = stage.console.stranger();
        let answer = accept_by(&stage.providers, &browser, &link, provider, &Person::of(BEN)).await;
        leads_to_link_page(&answer);
        waiting.push(browser);
    }
    deactivate(&stage.console, &stage.ada, GRACE).await;
    for _ in 0..2 {
        let before = made(&pool).await;
        for browser in &waiting {
            let joined = join(&stage.console, browser).await;
            assert!(matches!(joined, Err(Error::Refused(_))), "{joined:?}");
            assert!(!is_in(browser).await);
        }
        assert_eq!(made(&pool).await, before);
        // Also once the sender is back.
        reactivate(&stage.console, &stage.ada, GRACE).await;
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn deact_05_reactivation_gives_the_providers_back_and_no_session(pool: PgPool) {
    let stage = Stage::set(pool.clone()).await;
    for provider in Provider::ALL {
        let ben = Person::of(&format!("ben.{}@example.test", provider.key()));
        let browser = stage.joins(provider, &ben).await;
        deactivate(&stage.console, &stage.ada, &ben.email).await;
        reactivate(&stage.console, &stage.ada, &ben.email).await;
        assert!(!is_in(&browser).await);
        is_signed_in(
            &sign_in_by(&stage.providers, &browser, provider, &ben).await,
            &browser,
        );
        assert!(is_in(&browser).await);
    }
    // The same for whoever has all methods.
    colleague(&stage.console, &stage.ada, GRACE, &["admin"]).await;
    link(
        &stage.console,
        &stage.providers,
        &stage.ada,
        Provider::Google,
        &Person::of(ADA),
    )
    .await;
    let grace = stage.console.stranger();
    crate::stage::sign_in(&grace, GRACE, PASSWORD).await;
    deactivate(&stage.console, &grace, ADA).await;
    let browser = stage.console.stranger();
    let answer = sign_in_by(&stage.providers, &browser, Provider::Google, &Person::of(ADA)).await;
    is_stopped(&answer, SignInProblem::NoAccount);
    reactivate(&stage.console, &grace, ADA).await;
    let answer = sign_in_by(&stage.providers, &browser, Provider::Google, &Person::of(ADA)).await;
    is_signed_in(&answer, &browser);
}
