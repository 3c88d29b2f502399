//! Acts by a token: those of its person, but for what is about oneself and what wants a proof of who somebody is.

use crate::{
    Caller, Error,
    secret::Secret,
    testing::{PASSWORD, Stage, client},
};
use domain::{
    field::{Fault, Field},
    theme::Theme,
};
use sqlx::PgPool;
use time::Duration;

impl Stage {
    async fn caller_by(&self, token: &str) -> Option<Caller> {
        self.backend.find_caller(token, client()).await.unwrap()
    }
}

#[sqlx::test]
async fn a_token_does_what_its_person_may_and_the_log_names_it(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let ben = stage.colleague(&ada, "ben@example.test", &["write"]).await;
    let token = stage.token(&ada, "Nightly build", "never").await;
    let by_token = stage.caller_by(&token).await.unwrap();
    assert_eq!(by_token.roles, ada.roles);
    stage
        .backend
        .invite(&by_token, "cleo@example.test", &[])
        .await
        .unwrap();
    stage
        .backend
        .deactivate_user(&by_token, ben.user, "")
        .await
        .unwrap();
    let actors: Vec<String> = sqlx::query_scalar(
        "select actor_label from audit where action in ('invitations.create', 'users.deactivate') order by id desc limit 2",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    assert_eq!(actors, ["ada@example.test, by the token Nightly build"; 2]);
}

#[sqlx::test]
async fn what_is_about_oneself_is_done_in_a_session(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let token = stage.token(&ada, "Deploy", "never").await;
    let by_token = stage.caller_by(&token).await.unwrap();
    let (backend, password) = (&stage.backend, || Secret::new(PASSWORD.to_owned()));
    let new = Secret::new("nine calm otters row upstream".to_owned());
    let wanted = [
        backend.own_settings(&by_token).await.map(drop),
        backend
            .choose_theme(&by_token, Theme::Dark.as_str())
            .await
            .map(drop),
        backend
            .change_password(&by_token, &password(), &new)
            .await
            .map(drop),
        backend.confirm_identity(&by_token, &password()).await.map(drop),
        backend.start_enrolment(&by_token, &password()).await.map(drop),
        backend.turn_two_factor_off(&by_token).await,
        backend.end_other_sessions(&by_token).await.map(drop),
        backend.sign_out(&by_token).await,
    ];
    for (place, outcome) in wanted.into_iter().enumerate() {
        assert!(
            matches!(outcome, Err(Error::SessionWanted)),
            "{place}: {outcome:?}"
        );
    }
}

/// Whoever finds a token makes no administrator by it, and no other token.
#[sqlx::test]
async fn what_wants_a_proof_is_done_by_no_token(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let ben = stage.colleague(&ada, "ben@example.test", &[]).await;
    let token = stage.token(&ada, "Deploy", "never").await;
    let by_token = stage.caller_by(&token).await.unwrap();
    let backend = &stage.backend;
    let admins = backend.list_groups(&ada).await.unwrap();
    let admins: Vec<_> = admins
        .iter()
        .filter(|group| group.name == "admin")
        .map(|group| group.id)
        .collect();
    let refused = [
        backend
            .invite(&by_token, "mallory@example.test", &admins)
            .await
            .map(drop),
        backend
            .create_token(&by_token, "Another", "never", "")
            .await
            .map(drop),
        backend.create_service(&by_token, "Another").await.map(drop),
        backend.reset_two_factor(&by_token, ben.user).await.map(drop),
    ];
    for (place, outcome) in refused.into_iter().enumerate() {
        let wanted = [(Field::CurrentPassword, Fault::ProofWanted)];
        assert!(
            matches!(&outcome, Err(Error::Invalid(faults)) if faults.0 == wanted),
            "{place}: {outcome:?}"
        );
    }
}

#[sqlx::test]
async fn an_act_that_was_under_way_does_not_happen_after_its_token_is_gone(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let short = stage.token(&ada, "Short", "one_hour").await;
    let long = stage.token(&ada, "Long", "never").await;
    let (by_short, by_long) = (
        stage.caller_by(&short).await.unwrap(),
        stage.caller_by(&long).await.unwrap(),
    );
    let invite = async |by: &Caller, email: &str| stage.backend.invite(by, email, &[]).await;
    invite(&by_short, "one@example.test").await.unwrap();
    stage.advance(Duration::HOUR);
    assert!(matches!(
        invite(&by_short, "two@example.test").await,
        Err(Error::SignedOut)
    ));
    invite(&by_long, "three@example.test").await.unwrap();
    let all = stage.backend.tokens_of(&ada, ada.user).await.unwrap().tokens;
    let long = all.iter().find(|token| token.name == "Long").unwrap();
    stage.backend.delete_token(&by_long, long.id).await.unwrap();
    assert!(matches!(
        invite(&by_long, "four@example.test").await,
        Err(Error::SignedOut)
    ));
}

#[sqlx::test]
async fn a_demand_for_two_factor_holds_for_acts_by_a_token(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let token = stage.token(&ada, "Deploy", "never").await;
    let early = stage.caller_by(&token).await.unwrap();
    sqlx::query("update organizations set two_factor_from = $1")
        .bind(stage.backend.now())
        .execute(&pool)
        .await
        .unwrap();
    let late = stage.caller_by(&token).await.unwrap();
    let invite = async |by: &Caller, email: &str| stage.backend.invite(by, email, &[]).await;
    assert!(matches!(
        invite(&late, "one@example.test").await,
        Err(Error::TwoFactorWanted)
    ));
    // It is judged again when the act begins.
    assert!(matches!(
        invite(&early, "two@example.test").await,
        Err(Error::Forbidden { .. })
    ));
    super::db_second_factor_elsewhere(&pool, ada.user).await;
    invite(&early, "three@example.test").await.unwrap();
    let again = stage.caller_by(&token).await.unwrap();
    invite(&again, "four@example.test").await.unwrap();
}
