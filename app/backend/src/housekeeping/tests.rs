use crate::{
    access::Draft,
    mail::{Transport, testing::MailServer},
    secret::Secret,
    testing::{Stage, client},
};
use domain::access::policy::PolicyDraft;
use sqlx::PgPool;
use time::Duration;

async fn count(pool: &PgPool, table: &str) -> i64 {
    let sql = format!("select count(*) from {table}");
    sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
        .fetch_one(pool)
        .await
        .unwrap()
}

#[sqlx::test]
async fn rel_11_what_is_over_is_deleted_and_nothing_else(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let mut client = client();
    client.browser = Some(stage.backend.new_browser());
    let wrong = Secret::new("seven owls repair my violin".to_owned());
    let _ = stage.backend.sign_in(&client, "ada@example.test", wrong).await;
    let right = Secret::new(crate::testing::PASSWORD.to_owned());
    stage
        .backend
        .sign_in(&client, "ada@example.test", right)
        .await
        .unwrap();
    stage.backend.invite(&ada, "ben@example.test", &[]).await.unwrap();
    sqlx::query("update mails set state = 'sent', finished_at = $1")
        .bind(stage.backend.now())
        .execute(&pool)
        .await
        .unwrap();
    assert_eq!(stage.backend.tidy_up().await.unwrap(), 0);

    stage.backend.recover_administrator(&client, None).await.unwrap();
    assert_eq!(count(&pool, "password_resets").await, 1);
    stage.backend.tidy_up().await.unwrap();
    assert_eq!(count(&pool, "password_resets").await, 1);

    stage.advance(Duration::hours(9));
    stage.backend.tidy_up().await.unwrap();
    assert_eq!(count(&pool, "sessions").await, 0);
    assert_eq!(count(&pool, "throttles").await, 0);
    assert_eq!(count(&pool, "password_resets").await, 0);
    assert_eq!(
        (count(&pool, "mails").await, count(&pool, "known_browsers").await),
        (2, 1),
        "the invitation and the word of a new device"
    );

    stage.advance(Duration::days(90));
    stage.backend.tidy_up().await.unwrap();
    assert_eq!(
        (count(&pool, "mails").await, count(&pool, "known_browsers").await),
        (0, 1)
    );

    stage.advance(Duration::days(90));
    assert_eq!(stage.backend.tidy_up().await.unwrap(), 1);
    assert_eq!(stage.backend.tidy_up().await.unwrap(), 0);
}

#[sqlx::test]
async fn rel_11_reports_of_sign_ins_and_drafts_go_when_their_time_is_over(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let mut client = client();
    client.browser = Some(stage.backend.new_browser());
    let right = Secret::new(crate::testing::PASSWORD.to_owned());
    let session = stage.backend.sign_in(&client, "ada@example.test", right).await;
    session.unwrap();
    let mails = MailServer::start().await;
    let transport = Transport::from_url(&mails.url()).unwrap();
    assert_eq!(stage.backend.deliver_due_mails(&transport).await.unwrap(), 1);
    let draft = Draft {
        policy: None,
        typed: PolicyDraft::begun(),
    };
    stage.backend.keep_draft(&ada, None, &draft).await.unwrap();
    let left = async || {
        stage.backend.tidy_up().await.unwrap();
        (
            count(&pool, "sign_in_reports").await,
            count(&pool, "policy_drafts").await,
        )
    };
    assert_eq!(left().await, (1, 1));
    stage.advance(Duration::days(7) - Duration::SECOND);
    assert_eq!(left().await, (1, 1));
    stage.advance(Duration::SECOND);
    assert_eq!(left().await, (0, 0));
}
