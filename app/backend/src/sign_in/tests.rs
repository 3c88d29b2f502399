//! What happens beside the answer to a sign-in, on a real database.

use crate::{
    Client, Error,
    secret::Secret,
    testing::{Stage, client},
};
use domain::refusal::Refusal;
use sqlx::PgPool;
use std::time::Duration;
use tokio::time::{sleep, timeout};

async fn count(pool: &PgPool, table_and_condition: &str) -> i64 {
    let query = format!("select count(*) from {table_and_condition}");
    sqlx::query_scalar(sqlx::AssertSqlSafe(query))
        .fetch_one(pool)
        .await
        .unwrap()
}

/// The entries can't be written for as long as the log is held; that must not cost everybody else their connections.
#[sqlx::test]
async fn what_no_answer_waits_for_has_few_connections_and_is_done(pool: PgPool) {
    const GUESSES: i64 = 12;
    let waiting = "pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    let stage = Stage::new(pool.clone());
    stage.ada().await;
    let mut hold = pool.begin().await.unwrap();
    sqlx::query("lock table audit in access exclusive mode")
        .execute(&mut *hold)
        .await
        .unwrap();
    for n in 0..GUESSES {
        let from = Client {
            address: format!("203.0.113.{n}"),
            ..client()
        };
        let wrong = Secret::new("seven owls repair my violin".to_owned());
        let answer = stage.backend.sign_in(&from, "ada@example.test", wrong);
        let answer = timeout(Duration::from_secs(10), answer).await;
        let answer = answer.expect("an answer, whatever is not recorded yet");
        assert!(
            matches!(answer, Err(Error::Refused(Refusal::WrongCredentials))),
            "{n}: {answer:?}"
        );
    }
    let all_wait = async {
        while count(&pool, waiting).await < 2 {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(Duration::from_secs(10), all_wait).await.unwrap();
    sleep(Duration::from_millis(100)).await;
    assert_eq!(count(&pool, waiting).await, 2);
    hold.rollback().await.unwrap();
    stage.backend.finish_beside().await;
    let recorded = "audit where action = 'sessions.sign_in' and result = 'refused'";
    assert_eq!(count(&pool, recorded).await, GUESSES);
}
