//! Sessions end when they should, on a real database.

use crate::{
    Error,
    secret::{Secret, Token},
    testing::{PASSWORD, Stage, client},
};
use domain::refusal::Refusal;
use sqlx::PgPool;
use time::Duration;

async fn sign_in(stage: &Stage, password: &str) -> Result<Token, Error> {
    stage
        .backend
        .sign_in(&client(), "Ada@Example.test", Secret::new(password.into()))
        .await
        .map(|signed_in| signed_in.session().expect("no code is asked for"))
}

#[sqlx::test]
async fn a_session_ends_when_it_is_idle_and_at_the_latest_after_a_day(pool: PgPool) {
    let stage = Stage::new(pool);
    stage.ada().await;
    let idle = sign_in(&stage, PASSWORD).await.unwrap();
    let busy = sign_in(&stage, PASSWORD).await.unwrap();
    stage.advance(Duration::hours(7));
    assert!(stage.caller(&busy).await.is_some());
    stage.advance(Duration::hours(1));
    assert!(stage.caller(&idle).await.is_none());
    for _ in 0..2 {
        assert!(stage.caller(&busy).await.is_some());
        stage.advance(Duration::hours(7));
    }
    assert!(stage.caller(&busy).await.is_some());
    stage.advance(Duration::hours(2));
    assert!(stage.caller(&busy).await.is_none());
}

#[sqlx::test]
async fn ses_02_signing_out_ends_this_session_and_no_other(pool: PgPool) {
    let stage = Stage::new(pool);
    stage.ada().await;
    let (one, two) = (
        sign_in(&stage, PASSWORD).await.unwrap(),
        sign_in(&stage, PASSWORD).await.unwrap(),
    );
    let caller = stage.caller(&one).await.unwrap();
    stage.backend.sign_out(&caller).await.unwrap();
    stage.backend.sign_out(&caller).await.unwrap();
    assert!(stage.caller(&one).await.is_none());
    assert!(stage.caller(&two).await.is_some());
}

#[sqlx::test]
async fn auth_01_wrong_address_wrong_password_and_deactivated_are_one_answer(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let ben = stage.colleague(&ada, "ben@example.test", &[]).await;
    stage.invite(&ada, "carla@example.test", &[]).await;
    stage.backend.deactivate_user(&ada, ben.user, "").await.unwrap();
    for (email, password) in [
        ("ada@example.test", "not the right one"),
        ("nobody@example.test", PASSWORD),
        ("ben@example.test", PASSWORD),
        ("carla@example.test", PASSWORD),
        ("no address", PASSWORD),
        ("ada@example.test", &"x".repeat(1 << 20)),
    ] {
        let refused = stage
            .backend
            .sign_in(&client(), email, Secret::new(password.into()))
            .await;
        assert!(
            matches!(refused, Err(Error::Refused(Refusal::WrongCredentials))),
            "{email}"
        );
    }
}

#[sqlx::test]
async fn pol_08_the_audit_log_is_append_only(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    stage.ada().await;
    for statement in [
        "update audit set actor_label = 'x'",
        "delete from audit",
        "truncate audit",
    ] {
        assert!(
            sqlx::query(statement).execute(&pool).await.is_err(),
            "{statement}"
        );
    }
}
