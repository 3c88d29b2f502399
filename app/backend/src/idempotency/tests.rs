use super::{Claim, KEEP, Keyed};
use crate::{Caller, testing::Stage};
use futures_util::future::join_all;
use serde_json::json;
use sqlx::PgPool;
use time::Duration;

async fn first(stage: &Stage, caller: &Caller, key: &str, question: &[u8]) -> Claim {
    match stage.backend.claim_key(caller, key, question).await.unwrap() {
        Keyed::First(claim) => claim,
        other => panic!("{other:?}"),
    }
}

#[sqlx::test]
async fn an_answer_is_given_again_to_the_same_question_of_the_same_person(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let ben = stage.colleague(&ada, "ben@example.test", &["admin"]).await;
    let claim = first(&stage, &ada, "k", b"group A").await;
    let ask = async |caller: &Caller, question: &[u8]| {
        stage.backend.claim_key(caller, "k", question).await.unwrap()
    };
    assert_eq!(ask(&ada, b"group A").await, Keyed::InHand);
    assert_eq!(ask(&ada, b"group B").await, Keyed::OfAnother);
    stage
        .backend
        .keep_answer(&ada, &claim, &json!({ "id": 7 }))
        .await
        .unwrap();
    assert_eq!(ask(&ada, b"group A").await, Keyed::Answered(json!({ "id": 7 })));
    assert_eq!(ask(&ada, b"group B").await, Keyed::OfAnother);
    assert!(matches!(ask(&ben, b"group A").await, Keyed::First(_)));
    stage.backend.give_back_key(&ada, &claim).await.unwrap();
    assert_eq!(
        ask(&ada, b"group A").await,
        Keyed::Answered(json!({ "id": 7 })),
        "what was answered stays"
    );
    stage.advance(KEEP);
    assert!(matches!(ask(&ada, b"group B").await, Keyed::First(_)));
}

#[sqlx::test]
async fn of_many_at_once_one_is_worked_on(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let all = join_all((0..8).map(|_| stage.backend.claim_key(&ada, "k", b"q"))).await;
    let firsts = all
        .into_iter()
        .filter(|found| matches!(found, Ok(Keyed::First(_))));
    assert_eq!(firsts.count(), 1);
}

#[sqlx::test]
async fn a_refused_question_leaves_its_key_and_so_does_a_server_that_died(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let claim = first(&stage, &ada, "k", b"q").await;
    stage.backend.give_back_key(&ada, &claim).await.unwrap();
    first(&stage, &ada, "k", b"another").await;
    stage.advance(Duration::minutes(2) - Duration::SECOND);
    assert_eq!(
        stage.backend.claim_key(&ada, "k", b"another").await.unwrap(),
        Keyed::InHand
    );
    stage.advance(Duration::SECOND);
    assert_eq!(
        stage.backend.claim_key(&ada, "k", b"q").await.unwrap(),
        Keyed::OfAnother
    );
    first(&stage, &ada, "k", b"another").await;
}

#[sqlx::test]
async fn kept_answers_are_forgotten_after_a_day(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let claim = first(&stage, &ada, "k", b"q").await;
    stage.backend.keep_answer(&ada, &claim, &json!({})).await.unwrap();
    let kept = async || -> i64 {
        sqlx::query_scalar("select count(*) from idempotency_keys")
            .fetch_one(&pool)
            .await
            .unwrap()
    };
    stage.advance(KEEP - Duration::SECOND);
    stage.backend.tidy_up().await.unwrap();
    assert_eq!(kept().await, 1);
    stage.advance(Duration::SECOND);
    stage.backend.tidy_up().await.unwrap();
    assert_eq!(kept().await, 0);
}
