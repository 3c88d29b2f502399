//! Unlinking in the settings: with a fresh proof of who somebody is, and never the last way in.

use super::{ADA, BEN, Stage, wants_proof};
use crate::{
    identity_provider::{deploy, typed},
    phone::is_in,
    providers::{Person, identities, is_signed_in, leads_to_link_page, link, sign_in_by, unlink},
    stage::{Post, db_count, sign_in},
    visitor::PASSWORD,
};
use backend::Error;
use domain::{identities::Provider, refusal::Refusal};
use sqlx::PgPool;

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_10_the_last_way_in_stays(pool: PgPool) {
    let stage = Stage::set(pool.clone()).await;
    let post = Post::open().await;
    for (here, there) in [
        (Provider::Google, Provider::GitHub),
        (Provider::GitHub, Provider::Google),
    ] {
        let ben = Person::of(&format!("{}@example.test", here.key()));
        let browser = stage.joins(here, &ben).await;
        let only = identities(&stage.console, &ben.email).await[0];
        let refused = unlink(&stage.console, &browser, only).await;
        assert!(
            matches!(refused, Err(Error::Refused(Refusal::LastMethod))),
            "{refused:?}"
        );
        link(&stage.console, &stage.providers, &browser, there, &ben).await;
        unlink(&stage.console, &browser, only).await.unwrap();
        let other = identities(&stage.console, &ben.email).await[0];
        let refused = unlink(&stage.console, &browser, other).await;
        assert!(
            matches!(refused, Err(Error::Refused(Refusal::LastMethod))),
            "{refused:?}"
        );
        post.deliver(&stage.console).await;
        assert_eq!(
            post.server.received_by(&ben.email).len(),
            2,
            "linked, and unlinked"
        );

        // What is unlinked lets nobody in.
        let again = stage.console.stranger();
        leads_to_link_page(&sign_in_by(&stage.providers, &again, here, &ben).await);
        let again = stage.console.stranger();
        is_signed_in(&sign_in_by(&stage.providers, &again, there, &ben).await, &again);
    }
}

/// A method that leads nowhere at present is no way in.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_10_what_does_not_lead_in_is_no_other_way(pool: PgPool) {
    let stage = Stage::set(pool.clone()).await;
    let ben = Person::of(BEN);
    let browser = stage.joins(Provider::Google, &ben).await;
    sqlx::query(
        "insert into identities (id, organization_id, user_id, provider, issuer, format, subject, email, linked_at)
         select gen_random_uuid(), organization_id, id, 'saml', 'https://idp.example.test', '', 'ben', email, now()
         from users where email = $1",
    )
    .bind(BEN)
    .execute(&pool)
    .await
    .unwrap();
    let google = identities(&stage.console, BEN).await[0];
    let refused = unlink(&stage.console, &browser, google).await;
    assert!(
        matches!(refused, Err(Error::Refused(Refusal::LastMethod))),
        "{refused:?}"
    );
    let page = browser.open("/account/settings").await;
    assert!(page.body.contains("unlink-last"), "nor is it offered");
    // With single sign-on in use it is one.
    deploy(&stage.console, &stage.ada, typed()).await;
    unlink(&stage.console, &browser, google).await.unwrap();
}

/// Whoever has come in by what is unlinked is out; the session that unlinks stays.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_10_what_was_begun_by_an_unlinked_method_ends(pool: PgPool) {
    let stage = Stage::set(pool.clone()).await;
    for provider in Provider::ALL {
        let ada = Person::of(ADA);
        link(&stage.console, &stage.providers, &stage.ada, provider, &ada).await;
        let thief = stage.console.stranger();
        is_signed_in(
            &sign_in_by(&stage.providers, &thief, provider, &ada).await,
            &thief,
        );
        let other = stage.console.stranger();
        sign_in(&other, ADA, PASSWORD).await;
        let linked = identities(&stage.console, ADA).await[0];
        unlink(&stage.console, &stage.ada, linked).await.unwrap();
        assert!(!is_in(&thief).await, "{}", provider.name());
        assert!(is_in(&stage.ada).await && is_in(&other).await);
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_10_whoever_has_a_password_can_unlink_all(pool: PgPool) {
    let stage = Stage::set(pool.clone()).await;
    for provider in Provider::ALL {
        link(
            &stage.console,
            &stage.providers,
            &stage.ada,
            provider,
            &Person::of(ADA),
        )
        .await;
    }
    for identity in identities(&stage.console, ADA).await {
        unlink(&stage.console, &stage.ada, identity).await.unwrap();
        let again = unlink(&stage.console, &stage.ada, identity).await;
        assert!(matches!(again, Err(Error::NotFound)), "{again:?}");
    }
    assert_eq!(db_count(&pool, "identities").await, 0);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_10_of_two_that_are_unlinked_at_once_one_stays(pool: PgPool) {
    let stage = Stage::set(pool.clone()).await;
    for round in 0..5 {
        let ben = Person::of(&format!("ben{round}@example.test"));
        let browser = stage.joins(Provider::Google, &ben).await;
        link(&stage.console, &stage.providers, &browser, Provider::GitHub, &ben).await;
        let both = identities(&stage.console, &ben.email).await;
        let (one, two) = tokio::join!(
            unlink(&stage.console, &browser, both[0]),
            unlink(&stage.console, &browser, both[1]),
        );
        assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
        let refused = one.and(two);
        assert!(
            matches!(refused, Err(Error::Refused(Refusal::LastMethod))),
            "{refused:?}"
        );
        assert_eq!(identities(&stage.console, &ben.email).await.len(), 1);
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_10_unlinking_asks_for_a_fresh_proof_and_takes_nobody_elses(pool: PgPool) {
    let stage = Stage::set(pool.clone()).await;
    let ben = stage.member(Provider::Google).await;
    let ada = Person::of(ADA);
    link(
        &stage.console,
        &stage.providers,
        &stage.ada,
        Provider::Google,
        &ada,
    )
    .await;
    let (hers, his) = (
        identities(&stage.console, ADA).await[0],
        identities(&stage.console, &ben.email).await[0],
    );
    let refused = unlink(&stage.console, &stage.ada, his).await;
    assert!(matches!(refused, Err(Error::NotFound)), "{refused:?}");
    stage.console.advance(301);
    wants_proof(unlink(&stage.console, &stage.ada, hers).await);
    assert_eq!(db_count(&pool, "identities").await, 2);
}
