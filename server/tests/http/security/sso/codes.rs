//! A person with two-factor authentication who comes by single sign-on: a second factor is the identity provider's affair,
//! unless the organization wants the code here.

use super::scene_with;
use crate::{
    identity_provider::{AWAY, bring, come, deploy, follow, leave, prove, response, typed, who_is_in},
    phone::{CHALLENGE, CODE_PAGE, Enrolled, SETTINGS, enrol, is_in, is_wrong, sign_in_with, type_code},
    stage::{USERS, colleague, db_ask_for_two_factor, db_count, deactivate, sign_in},
    visitor::{PASSWORD, TestConsole, Visitor},
};
use backend::sso::SsoTyped;
use sqlx::PgPool;

const BEN: &str = "ben@example.test";

/// Ben has an authenticator and may see people.
async fn scene(pool: PgPool, asks_for_code: bool) -> (TestConsole, Visitor, String, Enrolled) {
    let (console, ada, org_id) = scene_with(
        pool,
        SsoTyped {
            asks_for_code,
            ..typed()
        },
    )
    .await;
    let ben = colleague(&console, &ada, BEN, &["admin"]).await;
    let enrolled = enrol(&console, &ben).await;
    (console, ada, org_id, enrolled)
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn mfa_12_by_default_the_identity_provider_asks_for_the_second_factor(pool: PgPool) {
    let (console, _, org_id, _) = scene(pool.clone(), false).await;
    for _ in 0..2 {
        let (ben, answer) = come(&console, &org_id, BEN, |_| ()).await;
        assert_eq!(answer.redirect(), (303, "/"));
        assert!(is_in(&ben).await && ben.cookie(CHALLENGE).is_none());
        assert_eq!(ben.open(USERS).await.status, 200);
    }
    assert_eq!(db_count(&pool, "sign_in_challenges").await, 0);
    // By the password there is a code all the same.
    let answer = sign_in(&console.stranger(), BEN, PASSWORD).await;
    assert_eq!(answer.redirect(), (303, CODE_PAGE));
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn mfa_12_an_organization_that_asks_for_the_code_gives_no_session_before_it(pool: PgPool) {
    let (console, _, org_id, enrolled) = scene(pool.clone(), true).await;
    let sessions = db_count(&pool, "sessions").await;
    let browser = console.stranger();
    let asked = follow(
        &browser,
        &format!("/accounts/saml/{org_id}/login?next=%2Faccount%2Fsettings"),
    )
    .await;
    let answer = bring(&browser, &asked, &response(&console, &asked, BEN)).await;
    assert_eq!(
        answer.redirect(),
        (303, "/sign-in/code?next=%2Faccount%2Fsettings")
    );
    assert_eq!((browser.cookie("usher"), browser.cookie(AWAY)), (None, None));
    assert!(browser.cookie(CHALLENGE).is_some() && !is_in(&browser).await);
    assert_eq!(db_count(&pool, "sessions").await, sessions);
    assert!(is_wrong(&type_code(&browser, "000000").await));
    assert_eq!(
        type_code(&browser, &enrolled.phone.next_code(&console))
            .await
            .status,
        200
    );
    assert_eq!(who_is_in(&console, &browser).await.as_deref(), Some(BEN));
    assert_eq!(
        db_count(
            &pool,
            "sessions where method = 'saml' and not second_factor_elsewhere"
        )
        .await,
        1
    );
    // Who has no authenticator is asked for none.
    let (_, answer) = come(&console, &org_id, "new@example.test", |_| ()).await;
    assert_eq!(answer.redirect(), (303, "/"));
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn mfa_12_a_first_sign_in_that_is_linked_asks_for_the_code_as_well(pool: PgPool) {
    let (console, ada, org_id, enrolled) = scene(pool.clone(), true).await;
    let (browser, answer) = come(&console, &org_id, BEN, |_| ()).await;
    assert_eq!(answer.redirect(), (303, CODE_PAGE));
    // What waits ends with the account.
    deactivate(&console, &ada, BEN).await;
    let code = enrolled.phone.next_code(&console);
    assert_eq!(type_code(&browser, &code).await.status, 409);
    assert_eq!(browser.cookie("usher"), None);
}

/// The choice is judged when somebody comes, not when they left.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn mfa_12_the_choice_of_this_moment_counts(pool: PgPool) {
    let (console, ada, org_id, _) = scene(pool, false).await;
    let browser = console.stranger();
    let asked = leave(&browser, &org_id).await;
    prove(&console, &ada).await;
    deploy(
        &console,
        &ada,
        SsoTyped {
            asks_for_code: true,
            ..typed()
        },
    )
    .await;
    let answer = bring(&browser, &asked, &response(&console, &asked, BEN)).await;
    assert_eq!(answer.redirect(), (303, CODE_PAGE));
    assert_eq!(browser.cookie("usher"), None);
}

/// Somebody without an authenticator, in an organization that wants everybody to have one.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn mfa_12_an_organization_that_wants_two_factors_takes_the_identity_provider_s(pool: PgPool) {
    let (console, ada, org_id, enrolled) = scene(pool.clone(), false).await;
    colleague(&console, &ada, "grace@example.test", &["admin"]).await;
    db_ask_for_two_factor(&pool).await;
    let by_sso = async || come(&console, &org_id, "grace@example.test", |_| ()).await.0;
    let (grace, by_password) = (by_sso().await, console.stranger());
    sign_in(&by_password, "grace@example.test", PASSWORD).await;
    assert_eq!(grace.open(USERS).await.status, 200);
    assert_eq!(
        by_password.open(USERS).await.status,
        403,
        "the same person by the password alone"
    );
    assert!(is_in(&by_password).await, "but for their own settings");
    let name = [("name", "Team")];
    assert_eq!(grace.call("/api/groups/create", &name).await.status, 200);
    assert_eq!(by_password.call("/api/groups/create", &name).await.status, 403);

    // An organization that trusts the identity provider with one factor only.
    let ben = sign_in_with(&console, BEN, &enrolled.phone).await;
    prove(&console, &ben).await;
    deploy(
        &console,
        &ben,
        SsoTyped {
            asks_for_code: true,
            ..typed()
        },
    )
    .await;
    let later = by_sso().await;
    assert_eq!(later.open(USERS).await.status, 403);
    assert_eq!(later.open(SETTINGS).await.status, 200);
    assert_eq!(
        later
            .call("/api/groups/create", &[("name", "Other")])
            .await
            .status,
        403
    );
    let (ben, answer) = come(&console, &org_id, BEN, |_| ()).await;
    assert_eq!(answer.redirect(), (303, CODE_PAGE));
    assert_eq!(
        type_code(&ben, &enrolled.phone.next_code(&console)).await.status,
        200
    );
    assert_eq!(ben.open(USERS).await.status, 200);
}

/// What the identity provider says of the end of a session holds with a code in between.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn mfa_12_the_code_does_not_make_a_session_longer_than_the_identity_provider_says(pool: PgPool) {
    let (console, _, org_id, enrolled) = scene(pool, true).await;
    let ends = console.backend.now() + time::Duration::minutes(30);
    let (browser, answer) = come(&console, &org_id, BEN, |said| said.session_ends = Some(ends)).await;
    assert_eq!(answer.redirect(), (303, CODE_PAGE));
    assert_eq!(
        type_code(&browser, &enrolled.phone.next_code(&console))
            .await
            .status,
        200
    );
    assert!(is_in(&browser).await);
    console.advance(31 * 60);
    assert!(!is_in(&browser).await);
}
