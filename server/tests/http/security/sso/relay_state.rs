//! `RelayState` is a reference to what one browser has begun, and nothing else; a response counts once.

use super::vectors::{EC, RSA, Scene, named, theirs};
use crate::{
    identity_provider::{
        AWAY, FORM, bring, consumer, deploy, follow, leave, org_id, post, posting, problem, response, typed,
    },
    stage::{colleague, db_count, eve},
    visitor::{TestConsole, Visitor, encoded},
};
use backend::saml::testing::Asked;
use sqlx::PgPool;
use tokio::task::JoinSet;

const BEN: &str = "ben@example.test";

/// Ben is a member.
async fn scene(pool: PgPool) -> (TestConsole, Visitor, String) {
    let (console, ada, org_id) = super::scene(pool).await;
    colleague(&console, &ada, BEN, &[]).await;
    (console, ada, org_id)
}

/// A genuine response about Ben with whatever `RelayState`.
fn fields(console: &TestConsole, asked: &Asked, relay_state: Option<&str>) -> Vec<(&'static str, String)> {
    let mut fields = vec![("SAMLResponse", response(console, asked, BEN).posted())];
    fields.extend(relay_state.map(|state| ("RelayState", state.to_owned())));
    fields
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_16_any_other_relay_state_than_ours_lets_nobody_in_and_leads_nowhere(pool: PgPool) {
    let (console, _, org_id) = scene(pool.clone()).await;
    let sessions = db_count(&pool, "sessions").await;
    let long = "x".repeat(10 * 1024);
    for (relay_state, why) in [
        (Some("https://evil.test/"), "over"),
        (Some("//evil.test/"), "over"),
        (Some("/\\evil.test/"), "over"),
        (Some("javascript:alert(1)"), "over"),
        (Some("/organization/users"), "over"),
        (Some("' or true --"), "over"),
        (Some("\0"), "over"),
        (Some(long.as_str()), "over"),
        (Some(""), "unsolicited"),
        (None, "unsolicited"),
    ] {
        let browser = console.stranger();
        let asked = leave(&browser, &org_id).await;
        let answer = post(
            &browser,
            &consumer(&asked),
            &fields(&console, &asked, relay_state),
        )
        .await;
        assert_eq!(problem(&answer), why, "{relay_state:?}");
        assert!(!answer.header("location").contains("evil"), "{relay_state:?}");
        assert_eq!(browser.cookie("usher"), None, "{relay_state:?}");
    }
    assert_eq!(db_count(&pool, "sessions").await, sessions);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_16_where_one_goes_afterwards_is_a_page_of_ours(pool: PgPool) {
    let (console, _, org_id) = scene(pool).await;
    for (next, page) in [
        ("/account/settings", "/account/settings"),
        ("https://evil.test/", "/"),
        ("//evil.test/", "/"),
        ("/\\evil.test/", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ] {
        let browser = console.stranger();
        let query = encoded(&[("next", next)]);
        let asked = follow(&browser, &format!("/accounts/saml/{org_id}/login?{query}")).await;
        assert!(!asked.relay_state.contains("evil") && asked.relay_state.len() <= 80);
        let answer = bring(&browser, &asked, &response(&console, &asked, BEN)).await;
        assert_eq!(answer.redirect(), (303, page), "{next}");
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_16_what_one_browser_has_begun_no_other_one_ends(pool: PgPool) {
    let (console, _, org_id) = scene(pool.clone()).await;
    let sessions = db_count(&pool, "sessions").await;
    // As when somebody is led to post what the attacker's account was let in for, or the attacker has overheard it.
    let (ours, theirs, nobody) = (console.stranger(), console.stranger(), console.stranger());
    let asked = leave(&ours, &org_id).await;
    leave(&theirs, &org_id).await;
    let made_up = console.stranger();
    made_up.set_cookie(AWAY, &"A".repeat(43));
    let no_token = console.stranger();
    no_token.set_cookie(AWAY, "x");
    for other in [&theirs, &nobody, &made_up, &no_token] {
        let answer = bring(other, &asked, &response(&console, &asked, BEN)).await;
        assert_eq!(problem(&answer), "over");
        assert_eq!(other.cookie("usher"), None);
    }
    assert_eq!(db_count(&pool, "sessions").await, sessions);
    let answer = bring(&ours, &asked, &response(&console, &asked, BEN)).await;
    assert_eq!(answer.redirect(), (303, "/"));
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_16_what_was_begun_can_be_ended_once_in_time_and_at_its_own_consumer(pool: PgPool) {
    let (console, ada, org_id) = scene(pool.clone()).await;
    let browser = console.stranger();
    let asked = leave(&browser, &org_id).await;
    let cookie = browser.cookie(AWAY).unwrap();
    let said = response(&console, &asked, BEN);
    assert_eq!(bring(&browser, &asked, &said).await.redirect(), (303, "/"));
    // Again, by the button that goes back, with the cookie that was there.
    let again = console.stranger();
    again.set_cookie(AWAY, &cookie);
    assert_eq!(problem(&bring(&again, &asked, &said).await), "over");

    // At the consumer of another organization. It is used up by that.
    let eve = eve(&console).await;
    deploy(&console, &eve, typed()).await;
    let others = self::org_id(&console, &eve).await;
    let browser = console.stranger();
    let asked = leave(&browser, &org_id).await;
    let cookie = browser.cookie(AWAY).unwrap();
    let elsewhere = format!("/accounts/saml/{others}/acs");
    let there = post(
        &browser,
        &elsewhere,
        &fields(&console, &asked, Some(&asked.relay_state)),
    )
    .await;
    assert_eq!(problem(&there), "over");
    browser.set_cookie(AWAY, &cookie);
    let here = bring(&browser, &asked, &response(&console, &asked, BEN)).await;
    assert_eq!(problem(&here), "over");

    // Too late, by a response that is in time.
    let browser = console.stranger();
    let asked = leave(&browser, &org_id).await;
    console.advance(10 * 60 + 1);
    let late = bring(&browser, &asked, &response(&console, &asked, BEN)).await;
    assert_eq!(problem(&late), "over");
    assert_eq!(browser.cookie("usher"), None);
    assert_eq!(ada.open("/").await.status, 200);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_16_of_ten_at_once_one_gets_a_session(pool: PgPool) {
    let (console, _, org_id) = scene(pool.clone()).await;
    let sessions = db_count(&pool, "sessions").await;
    let browser = console.stranger();
    let asked = leave(&browser, &org_id).await;
    let fields = fields(&console, &asked, Some(&asked.relay_state));
    let fields: Vec<_> = fields
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let mut all = JoinSet::new();
    for _ in 0..10 {
        let request = posting(&browser, &consumer(&asked), FORM, encoded(&fields));
        all.spawn(async move {
            let answer = request.send().await.unwrap();
            answer.headers()["location"].to_str().unwrap() == "/"
        });
    }
    let let_in = all.join_all().await.into_iter().filter(|&in_| in_).count();
    assert_eq!(let_in, 1);
    assert_eq!(db_count(&pool, "sessions").await, sessions + 1);
}

/// The request of the vectors is the same each time, so that nothing but what was used stands in the way.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_16_a_response_signs_in_once_on_whichever_server(pool: PgPool) {
    let scene = Scene::set(pool.clone()).await;
    let vector = named("ok_pysaml2_both");
    let (_, answer) = scene.bring(&vector).await;
    assert_eq!(answer.redirect(), (303, "/"));
    let (browser, relay_state) = scene.leave().await;
    let replayed = scene.bring_again(&browser, &relay_state, &vector).await;
    assert_eq!(problem(&replayed), "replayed");
    assert_eq!(browser.cookie("usher"), None);

    // The other way in which the same assertion is packed.
    let (browser, relay_state) = scene.leave().await;
    let wrapped = scene
        .bring_again(&browser, &relay_state, &named("ok_b64_wrapped"))
        .await;
    assert_eq!(problem(&wrapped), "replayed");

    // Many at once, each begun by itself.
    scene.forget_used().await;
    let sessions = db_count(&pool, "sessions").await;
    let mut all = JoinSet::new();
    for _ in 0..6 {
        let (browser, relay_state) = scene.leave().await;
        let request = scene.posting(&browser, &relay_state, &vector);
        all.spawn(async move {
            let answer = request.send().await.unwrap();
            answer.headers()["location"].to_str().unwrap() == "/"
        });
    }
    let let_in = all.join_all().await.into_iter().filter(|&in_| in_).count();
    assert_eq!((let_in, db_count(&pool, "sessions").await), (1, sessions + 1));
}

/// What was refused for whom it is about is used up as well: it must not wait until they may.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_16_a_response_that_was_refused_for_its_person_is_used_up(pool: PgPool) {
    let scene = Scene::set(pool.clone()).await;
    sqlx::query("delete from identities")
        .execute(&pool)
        .await
        .unwrap();
    let vector = named("ok_pysaml2_both");
    let (_, answer) = scene.bring(&vector).await;
    // This one has neither an address nor names, which an account needs.
    assert_eq!(problem(&answer), "missing-attributes");
    let to = answer.header("location");
    assert!(to.contains("missing=email%2Cfirst_name%2Clast_name"), "{to}");
    deploy(&scene.console, &scene.ada, theirs(&[RSA, EC])).await;
    let used = db_count(&pool, "saml_used").await;
    let (browser, relay_state) = scene.leave().await;
    let again = scene.bring_again(&browser, &relay_state, &vector).await;
    assert_eq!((problem(&again).as_str(), used > 0), ("replayed", true));
}

/// What leaves tells the identity provider of this installation alone, and that a proof is wanted where it is.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_16_what_leaves_names_our_consumer_and_nothing_of_whoever_asks(pool: PgPool) {
    let (console, ada, org_id) = scene(pool).await;
    let login = format!("/accounts/saml/{org_id}/login");
    for (query, again) in [("", false), ("?again=true", true), ("?next=%2F&again=true", true)] {
        let asked = follow(&ada, &format!("{login}{query}")).await;
        assert_eq!(asked.force_authn, again, "{query}");
        assert_eq!(asked.acs_url, format!("{}{}", console.origin, consumer(&asked)));
        assert_eq!(consumer(&asked), format!("/accounts/saml/{org_id}/acs"));
        assert_eq!(asked.relay_state.len(), 43, "256 bits");
    }
    let to = ada.open(&login).await;
    let to = to.header("location");
    for told in [
        "ada",
        "Lovelace",
        &ada.cookie("usher").unwrap(),
        &ada.cookie(AWAY).unwrap(),
    ] {
        assert!(!to.contains(told), "{to}");
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_16_one_network_leaves_only_so_often(pool: PgPool) {
    let keys = [("throttle_external_sign_ins_network", "3/1m")];
    let console = TestConsole::start_with(pool.clone(), &keys).await;
    let ada = console.ada().await;
    deploy(&console, &ada, typed()).await;
    let org_id = self::org_id(&console, &ada).await;
    for _ in 0..3 {
        leave(&console.stranger(), &org_id).await;
    }
    let answer = console
        .stranger()
        .open(&format!("/accounts/saml/{org_id}/login"))
        .await;
    assert_eq!(problem(&answer), "too-many");
    assert_eq!(db_count(&pool, "external_sign_ins").await, 3);
    console.advance(60);
    leave(&console.stranger(), &org_id).await;
}
