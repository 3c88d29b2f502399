//! What a sign-in at the identity provider proves: that it was the person, and when.

use crate::{
    identity_provider::{bring, follow, leave, problem, response, who_is_in},
    stage::{caller, colleague},
    visitor::{TestConsole, Visitor},
};
use sqlx::PgPool;
use time::Duration;

const BEN: &str = "ben@example.test";

/// Ben is a member.
async fn scene(pool: PgPool) -> (TestConsole, String) {
    let (console, ada, org_id) = super::scene(pool).await;
    colleague(&console, &ada, BEN, &[]).await;
    (console, org_id)
}

async fn is_proved(console: &TestConsole, who: &Visitor) -> bool {
    console.backend.is_proved(&caller(console, who).await)
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn whom_an_identity_provider_had_signed_in_is_in_but_has_proved_nothing_now(pool: PgPool) {
    let (console, org_id) = scene(pool).await;
    for (seconds, proves) in [
        (0, true),
        (120, true),
        (-30, true),
        (301, false),
        (8 * 3600, false),
    ] {
        let browser = console.stranger();
        let asked = leave(&browser, &org_id).await;
        let mut said = response(&console, &asked, BEN);
        said.authn_instant -= Duration::seconds(seconds);
        assert_eq!(bring(&browser, &asked, &said).await.redirect(), (303, "/"));
        assert_eq!(who_is_in(&console, &browser).await.as_deref(), Some(BEN));
        assert_eq!(is_proved(&console, &browser).await, proves, "{seconds} s ago");
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn an_identity_provider_that_was_to_ask_again_and_did_not_proves_nothing(pool: PgPool) {
    let (console, org_id) = scene(pool).await;
    let browser = console.stranger();
    let asked = leave(&browser, &org_id).await;
    bring(&browser, &asked, &response(&console, &asked, BEN)).await;
    console.advance(6 * 60);
    assert!(!is_proved(&console, &browser).await);
    let again = format!("/accounts/saml/{org_id}/login?again=true");

    let asked = follow(&browser, &again).await;
    let mut said = response(&console, &asked, BEN);
    said.authn_instant -= Duration::seconds(121);
    let refused = bring(&browser, &asked, &said).await;
    assert_eq!(problem(&refused), "not-signed-in-anew");
    // They are in as before.
    assert_eq!(who_is_in(&console, &browser).await.as_deref(), Some(BEN));
    assert!(!is_proved(&console, &browser).await);

    // Two clocks may be two minutes apart.
    let asked = follow(&browser, &again).await;
    let mut said = response(&console, &asked, BEN);
    said.authn_instant -= Duration::seconds(120);
    assert_eq!(bring(&browser, &asked, &said).await.redirect(), (303, "/"));
    assert!(is_proved(&console, &browser).await);
}
