//! A first password for somebody who signs in with a provider: a session alone sets none.

use super::Stage;
use crate::{
    phone::is_in,
    providers::{Person, is_signed_in, leads_to_link_page, sign_in_by},
    stage::{Post, db_count, sign_in},
    visitor::PASSWORD,
};
use domain::identities::Provider;
use sqlx::PgPool;

const NEW: &str = "nine herons carry my ladder";

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn set_03_a_first_password_comes_by_a_link_to_the_address_and_never_from_a_session_alone(pool: PgPool) {
    let (stage, post) = (Stage::set(pool.clone()).await, Post::open().await);
    let person = Person::of("ben@example.test");
    let thief = stage.joins(Provider::Google, &person).await;

    for current in ["", PASSWORD, NEW] {
        let fields = [("current_password", current), ("password", NEW)];
        let answer = thief.call("/api/account/change_password", &fields).await;
        assert_eq!(answer.status, 422, "{current}");
    }
    let asked = thief.call("/api/account/mail_password_link", &[]).await;
    assert_eq!(asked.status, 200);
    assert_eq!(db_count(&pool, "passwords").await, 1, "Ada's, and no other");

    // The link is in the mail and in nothing that the session is shown.
    let link = post
        .link_to(&stage.console, "ben@example.test", "/recover?token=")
        .await;
    let token = link.rsplit('=').next().unwrap().to_owned();
    for page in ["/", "/account/settings"] {
        assert!(!thief.open(page).await.body.contains(&token), "{page}");
    }
    let ben = stage.console.stranger();
    let fields = [("token", token.as_str()), ("password", NEW)];
    let answer = ben.post(&link, "/api/password_resets/complete", &fields).await;
    assert_eq!(answer.status, 303);
    // Whoever had the session has it no more, and the password works.
    assert_eq!(thief.open("/account/settings").await.redirect().0, 303);
    assert_eq!(
        sign_in(&stage.console.stranger(), "ben@example.test", NEW)
            .await
            .redirect(),
        (303, "/")
    );
}

/// Nobody has proved that the address is theirs where an identity provider of an organization says it.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn set_03_how_many_links_for_a_first_password_are_mailed_is_limited(pool: PgPool) {
    let keys = [("throttle_mails_address", "3/1h")];
    let stage = Stage::set_with(pool.clone(), &keys).await;
    let person = Person::of("ben@example.test");
    let ben = stage.joins(Provider::Google, &person).await;
    let mut asked = Vec::new();
    for _ in 0..4 {
        asked.push(
            ben.call("/api/account/mail_password_link", &[])
                .await
                .status
                .as_u16(),
        );
    }
    assert!(asked.starts_with(&[200]) && asked.ends_with(&[429]), "{asked:?}");
    stage.console.advance(3600);
    let again = ben.call("/api/account/mail_password_link", &[]).await;
    assert_eq!(again.status, 200);
}

/// "This wasn't me" takes the way away by which it was done.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn set_06_a_report_unlinks_what_the_sign_in_was_done_with(pool: PgPool) {
    let (stage, post) = (Stage::set(pool.clone()).await, Post::open().await);
    for provider in Provider::ALL {
        let person = Person::of(&format!("ben.{}@example.test", provider.key()));
        stage.joins(provider, &person).await;
        let thief = stage.console.stranger();
        is_signed_in(
            &sign_in_by(&stage.providers, &thief, provider, &person).await,
            &thief,
        );
        let link = post
            .link_to(&stage.console, &person.email, "/not-me?token=")
            .await;
        let fields = [("token", link.rsplit('=').next().unwrap())];
        let reported = stage
            .console
            .stranger()
            .call("/api/sessions/report", &fields)
            .await;
        assert_eq!(reported.status, 200);
        assert!(!is_in(&thief).await);
        let thief = stage.console.stranger();
        leads_to_link_page(&sign_in_by(&stage.providers, &thief, provider, &person).await);
    }
    assert_eq!(db_count(&pool, "identities").await, 0);
}
