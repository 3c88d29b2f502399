//! What happens to an account, a configuration or an organization while somebody is away at the identity provider counts
//! when they come back.

use super::scene;
use crate::{
    identity_provider::{bring, come, deploy, leave, problem, prove, response, typed, who_is_in},
    stage::{caller, colleague, db_count, deactivate, reactivate},
    visitor::TestConsole,
};
use backend::{Client, sso::SsoTyped};
use sqlx::PgPool;

const BEN: &str = "ben@example.test";

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn deact_04_a_single_sign_on_under_way_ends_with_the_account(pool: PgPool) {
    let (console, ada, org_id) = scene(pool.clone()).await;
    colleague(&console, &ada, BEN, &["read"]).await;
    let (first, known) = (console.stranger(), console.stranger());
    let asked_first = leave(&first, &org_id).await;
    assert_eq!(
        come(&console, &org_id, BEN, |_| ()).await.1.redirect(),
        (303, "/")
    );
    let asked_known = leave(&known, &org_id).await;
    deactivate(&console, &ada, BEN).await;
    for (browser, asked) in [(&first, &asked_first), (&known, &asked_known)] {
        let answer = bring(browser, asked, &response(&console, asked, BEN)).await;
        assert_eq!(
            (problem(&answer).as_str(), browser.cookie("usher")),
            ("no-account", None)
        );
    }
    let sessions = "sessions s join users u on u.id = s.user_id where u.email = 'ben@example.test'";
    assert_eq!(db_count(&pool, sessions).await, 0);
    assert_eq!(
        db_count(
            &pool,
            "audit where action = 'sessions.sign_in' and result = 'refused'"
        )
        .await,
        2
    );
    // They are known again afterwards, by a new sign-in.
    reactivate(&console, &ada, BEN).await;
    assert_eq!(
        come(&console, &org_id, BEN, |_| ()).await.1.redirect(),
        (303, "/")
    );
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn deact_01_a_session_by_single_sign_on_ends_at_once_on_every_server(pool: PgPool) {
    let (console, ada, org_id) = scene(pool.clone()).await;
    let other = TestConsole::start(pool).await;
    colleague(&console, &ada, BEN, &[]).await;
    let (here, _) = come(&console, &org_id, BEN, |_| ()).await;
    let there = other.stranger();
    there.set_cookie("usher", &here.cookie("usher").unwrap());
    assert_eq!(there.open("/").await.status, 200);
    deactivate(&console, &ada, BEN).await;
    assert_eq!(there.open("/").await.redirect().0, 303);
    assert_eq!(here.open("/").await.redirect().0, 303);
}

/// Whichever of the two is first, nobody is signed in in the end.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn deact_04_a_single_sign_on_in_the_moment_of_the_deactivation_leaves_no_session(pool: PgPool) {
    let (console, ada, org_id) = scene(pool.clone()).await;
    colleague(&console, &ada, BEN, &[]).await;
    for round in 0..6 {
        let mut away = Vec::new();
        for _ in 0..3 {
            let browser = console.stranger();
            let asked = leave(&browser, &org_id).await;
            away.push((browser, asked));
        }
        let coming = away.iter().map(async |(browser, asked)| {
            bring(browser, asked, &response(&console, asked, BEN)).await;
        });
        let (_, ended) = tokio::join!(
            futures_util::future::join_all(coming),
            deactivate(&console, &ada, BEN)
        );
        assert_eq!(ended.status, 200);
        for (browser, _) in &away {
            assert_eq!(who_is_in(&console, browser).await, None, "{round}");
        }
        let sessions = "sessions s join users u on u.id = s.user_id where u.email = 'ben@example.test'";
        assert_eq!(db_count(&pool, sessions).await, 0, "{round}");
        reactivate(&console, &ada, BEN).await;
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_03_single_sign_on_that_is_switched_off_meanwhile_lets_nobody_in(pool: PgPool) {
    let (console, ada, org_id) = scene(pool.clone()).await;
    let by = caller(&console, &ada).await;
    let browser = console.stranger();
    let asked = leave(&browser, &org_id).await;
    console.backend.switch_sso(&by, false).await.unwrap();
    let answer = bring(&browser, &asked, &response(&console, &asked, BEN)).await;
    assert_eq!(problem(&answer), "no-sso");
    assert_eq!(db_count(&pool, "users").await, 1);
    let answer = browser.open(&format!("/accounts/saml/{org_id}/login")).await;
    assert_eq!(problem(&answer), "no-sso");
    // Sessions that began by it stay, and it goes on where it stopped.
    console.backend.switch_sso(&by, true).await.unwrap();
    let (grace, _) = come(&console, &org_id, "grace@example.test", |_| ()).await;
    console.backend.switch_sso(&by, false).await.unwrap();
    assert!(who_is_in(&console, &grace).await.is_some());
}

/// The rules are those of the moment in which somebody comes.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_18_rules_that_are_deployed_meanwhile_count(pool: PgPool) {
    let (console, ada, org_id) = scene(pool.clone()).await;
    for (rules, why) in [
        (
            SsoTyped {
                creates_accounts: false,
                ..typed()
            },
            "only-invited",
        ),
        (
            SsoTyped {
                domains: "corp.test".into(),
                ..typed()
            },
            "domain-not-admitted",
        ),
    ] {
        prove(&console, &ada).await;
        deploy(&console, &ada, typed()).await;
        let browser = console.stranger();
        let asked = leave(&browser, &org_id).await;
        deploy(&console, &ada, rules).await;
        let answer = bring(&browser, &asked, &response(&console, &asked, BEN)).await;
        assert_eq!(problem(&answer), why);
    }
    let strict = SsoTyped {
        require_signed_assertion: true,
        ..typed()
    };
    deploy(&console, &ada, strict).await;
    assert_eq!(
        come(&console, &org_id, BEN, |_| ()).await.1.redirect(),
        (303, "/")
    );
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_03_an_organization_that_is_closed_meanwhile_lets_nobody_in(pool: PgPool) {
    let (console, ada, org_id) = scene(pool.clone()).await;
    colleague(&console, &ada, BEN, &[]).await;
    assert_eq!(
        come(&console, &org_id, BEN, |_| ()).await.1.redirect(),
        (303, "/")
    );
    let browser = console.stranger();
    let asked = leave(&browser, &org_id).await;
    let operator = Client::command_line();
    console
        .backend
        .close_organization(&operator, &org_id)
        .await
        .unwrap();
    let answer = bring(&browser, &asked, &response(&console, &asked, BEN)).await;
    assert_eq!(
        (problem(&answer).as_str(), browser.cookie("usher")),
        ("over", None)
    );
    let answer = console
        .stranger()
        .open(&format!("/accounts/saml/{org_id}/login"))
        .await;
    assert_eq!(problem(&answer), "no-sso");
    assert_eq!(db_count(&pool, "sessions").await, 0);
    console
        .backend
        .reopen_organization(&operator, &org_id)
        .await
        .unwrap();
    assert_eq!(
        come(&console, &org_id, BEN, |_| ()).await.1.redirect(),
        (303, "/")
    );
}
