//! What is of another organization, or of another site: no identity provider finds out who belongs elsewhere, and no site
//! signs somebody out of their own organization, or in to one that they did not ask for.

use super::scene_with;
use crate::{
    identity_provider::{
        bring, come, deploy, leave, org_id, problem, response, turned_away, typed, who_is_in,
    },
    stage::{db_count, eve},
    visitor::{Answer, TestConsole, Visitor},
};
use backend::{saml::testing::Asked, sso::SsoTyped};
use http::header;
use reqwest::Method;
use sqlx::PgPool;

/// Of people whom the other organization may have.
const OTHERS: &str = "example.test, other.test";

fn rules(creates_accounts: bool) -> SsoTyped {
    SsoTyped {
        creates_accounts,
        domains: OTHERS.into(),
        ..typed()
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_18_where_nobody_new_comes_in_free_and_taken_are_one_answer(pool: PgPool) {
    let (console, _, org_id) = scene_with(pool.clone(), rules(false)).await;
    eve(&console).await;
    for email in ["eve@other.test", "nobody@other.test"] {
        assert_eq!(
            turned_away(&console, &org_id, email).await,
            "only-invited",
            "{email}"
        );
    }
}

/// As with invitations: an organization is told so only so often, and then a free address is no other answer.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_18_how_often_it_is_told_that_an_address_is_taken_elsewhere_is_limited(pool: PgPool) {
    let console = TestConsole::start_with(pool.clone(), &[("throttle_taken_addresses", "2/1h")]).await;
    let ada = console.ada().await;
    deploy(&console, &ada, rules(true)).await;
    let org_id = org_id(&console, &ada).await;
    eve(&console).await;
    // Whoever gets an account costs nothing.
    for n in 0..4 {
        let (_, answer) = come(&console, &org_id, &format!("new{n}@example.test"), |_| ()).await;
        assert_eq!(answer.redirect(), (303, "/"), "{n}");
    }
    let taken = async || turned_away(&console, &org_id, "eve@other.test").await;
    assert_eq!(taken().await, "no-account");
    assert_eq!(taken().await, "no-account");
    let users = db_count(&pool, "users").await;
    assert_eq!(taken().await, "too-many");
    assert_eq!(
        turned_away(&console, &org_id, "free@other.test").await,
        "too-many"
    );
    assert_eq!(db_count(&pool, "users").await, users);
    // Who is a member already has nothing to do with it.
    let (_, answer) = come(&console, &org_id, "new1@example.test", |_| ()).await;
    assert_eq!(answer.redirect(), (303, "/"));
    console.advance(3600);
    assert_eq!(taken().await, "no-account");
}

/// A link, or a frame, of another site.
async fn led_by(site: &str, browser: &Visitor, path: &str) -> Answer {
    let request = browser
        .request(Method::GET, path)
        .header(header::ACCEPT, "text/html,*/*;q=0.8")
        .header(header::REFERER, "https://evil.test/")
        .header("sec-fetch-site", site)
        .header("sec-fetch-mode", "navigate");
    browser.send(request).await
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_16_another_site_signs_nobody_out_of_their_organization(pool: PgPool) {
    let (console, ada, own) = scene_with(pool.clone(), rules(true)).await;
    let eve = eve(&console).await;
    deploy(&console, &eve, rules(true)).await;
    let theirs = org_id(&console, &eve).await;
    for site in ["cross-site", "same-site"] {
        let answer = led_by(
            site,
            &ada,
            &format!("/accounts/saml/{theirs}/login?next=/account/settings"),
        )
        .await;
        assert_eq!(problem(&answer), "signed-in-elsewhere", "{site}");
    }
    assert_eq!(
        who_is_in(&console, &ada).await.as_deref(),
        Some("ada@example.test")
    );
    assert_eq!(ada.cookie("saml"), None);
    assert_eq!(db_count(&pool, "external_sign_ins").await, 0);
    // The page of one's own organization at the identity provider goes on leading here, and so does one's own way.
    let answer = led_by("cross-site", &ada, &format!("/accounts/saml/{own}/login")).await;
    assert!(
        answer
            .header("location")
            .starts_with("https://made-idp.example.test/")
    );
    for site in ["same-origin", "none"] {
        let answer = led_by(site, &ada, &format!("/accounts/saml/{theirs}/login")).await;
        assert!(
            answer
                .header("location")
                .starts_with("https://made-idp.example.test/"),
            "{site}"
        );
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_16_a_browser_remembers_no_organization_that_another_site_chose(pool: PgPool) {
    let (console, _, org_id) = scene_with(pool, rules(true)).await;
    let browser = console.stranger();
    let answer = led_by("cross-site", &browser, &format!("/accounts/saml/{org_id}/login")).await;
    let asked = Asked::by(answer.header("location"));
    let answer = bring(
        &browser,
        &asked,
        &response(&console, &asked, "grace@example.test"),
    )
    .await;
    assert_eq!(answer.redirect(), (303, "/"));
    assert_eq!(browser.cookie("sso"), None);
    // Whoever began here is remembered.
    let browser = console.stranger();
    let asked = leave(&browser, &org_id).await;
    bring(
        &browser,
        &asked,
        &response(&console, &asked, "grace@example.test"),
    )
    .await;
    assert_eq!(browser.cookie("sso").as_deref(), Some(org_id.as_str()));
}
