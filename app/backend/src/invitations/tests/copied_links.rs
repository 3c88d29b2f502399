//! What a link is worth that somebody has seen beside the invitee.

use super::refusal;
use crate::{
    secret::Token,
    testing::{Stage, acceptance, client},
};
use domain::refusal::Refusal;
use sqlx::PgPool;
use time::Duration;

#[sqlx::test]
async fn inv_13_a_link_that_was_copied_without_a_proof_makes_nobody_an_administrator(pool: PgPool) {
    let stage = Stage::new(pool);
    let mut ada = stage.ada().await;
    stage.advance(Duration::hours(1));
    let unproved = stage.again("ada@example.test").await;
    ada.credential = unproved.credential.clone();
    ada.proved_at = stage.backend.now() - Duration::hours(1);
    let (ben, before) = stage.invite(&ada, "ben@example.test", &[]).await;
    // Somebody who proved who they are mends the groups, and copies a link of their own.
    let proved = unproved;
    let admin = stage.backend.list_groups(&proved).await.unwrap();
    let admin = admin.iter().find(|group| group.name == "admin").unwrap().id;
    let accept = async |link: &Token| {
        let client = client();
        let accepted = stage.backend.accept_invitation(&client, link, acceptance());
        accepted.await.map(|_| ())
    };
    stage
        .backend
        .edit_invited_groups(&proved, ben, &[admin])
        .await
        .unwrap();
    assert_eq!(refusal(accept(&before).await), Refusal::InvitationReplaced);
    stage
        .backend
        .edit_invited_groups(&proved, ben, &[])
        .await
        .unwrap();
    let after = stage.copy_link(&proved, ben).await;
    stage
        .backend
        .edit_invited_groups(&proved, ben, &[admin])
        .await
        .unwrap();
    assert_eq!(refusal(accept(&before).await), Refusal::InvitationReplaced);
    accept(&after).await.unwrap();
}
