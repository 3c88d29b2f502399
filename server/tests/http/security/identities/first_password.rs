//! A first password for somebody who signs in with a provider: a session alone sets none.

use super::Stage;
use crate::{
    providers::Person,
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
