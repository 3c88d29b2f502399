//! A password that changes beside other work, on a real database.

use crate::{
    database::Tx,
    secret::Secret,
    testing::{PASSWORD, Stage, client, until_waiting},
};
use sqlx::PgPool;

const NEW: &str = "eleven foxes paint the harbour";

#[sqlx::test]
async fn auth_16_a_link_that_is_made_while_the_password_changes_is_dead(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    stage
        .backend
        .ask_password_reset(&client(), "ada@example.test")
        .await
        .unwrap();
    stage.backend.finish_beside().await;
    // What the mail's worker does: it makes the link and holds the mail until both are written.
    let mut worker = Tx::begin(&pool).await.unwrap();
    let link = stage
        .backend
        .mint_password_link(&mut worker, ada.user, stage.backend.now())
        .await
        .unwrap()
        .unwrap();
    sqlx::query("select id from mails for update")
        .execute(&mut *worker)
        .await
        .unwrap();
    let (backend, caller) = (stage.backend.clone(), ada.clone());
    let changing = tokio::spawn(async move {
        let (current, new) = (Secret::new(PASSWORD.to_owned()), Secret::new(NEW.to_owned()));
        backend.change_password(&caller, &current, &new).await
    });
    until_waiting(&pool, 1).await;
    worker.commit().await.unwrap();
    changing.await.unwrap().unwrap();
    let found = stage.backend.look_at_password_reset(&client(), &link).await;
    assert!(found.unwrap().is_none());
}
