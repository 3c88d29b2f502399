//! Who goes and who comes back, by whose word.

use super::{ALL, active, add, connect, is_refused, look_up, status};
use crate::{
    Error,
    scim::PersonChange,
    testing::{Stage, client},
};
use domain::{
    refusal::Refusal,
    users::{UserQuery, UserStatus},
};
use sqlx::PgPool;

#[sqlx::test]
async fn deactivation_is_that_of_the_console_and_can_be_taken_back(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let ben = stage.colleague(&ada, "ben@example.test", &["write"]).await;
    let token = stage
        .backend
        .create_token(&ben, "Deploy", "never", "")
        .await
        .unwrap();
    let session = stage.again("ben@example.test").await;
    let okta = connect(&stage, &ada, "Okta").await;
    let change = stage
        .backend
        .change_scim_person(&okta, ben.user, None, &active(false))
        .await;
    assert!(!change.unwrap().active);
    assert!(session.session().is_ok());
    assert!(matches!(
        stage.backend.invite(&session, "dora@example.test", &[]).await,
        Err(Error::SignedOut | Error::Forbidden { .. })
    ));
    assert!(
        stage
            .backend
            .find_caller(token.expose(), client())
            .await
            .unwrap()
            .is_none()
    );
    let rows = stage
        .backend
        .list_users(&ada, &UserQuery::default())
        .await
        .unwrap()
        .rows;
    let row = rows.iter().find(|row| row.id == ben.user).unwrap();
    let deactivation = row.deactivation.as_ref().unwrap();
    assert_eq!(deactivation.reason.as_deref(), Some("By SCIM (Okta)"));
    // Again does nothing.
    let again = stage
        .backend
        .change_scim_person(&okta, ben.user, None, &active(false))
        .await;
    assert!(!again.unwrap().active);

    let back = stage
        .backend
        .change_scim_person(&okta, ben.user, None, &active(true))
        .await;
    assert!(back.unwrap().active);
    let groups = stage.again("ben@example.test").await;
    assert!(groups.roles.iter().count() > 0);
    assert!(
        stage
            .backend
            .find_caller(token.expose(), client())
            .await
            .unwrap()
            .is_some()
    );
}

#[sqlx::test]
async fn whom_an_administrator_put_out_scim_does_not_let_in_again(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let ben = stage.colleague(&ada, "ben@example.test", &[]).await;
    let okta = connect(&stage, &ada, "Okta").await;
    let change = async |change: &PersonChange| {
        stage
            .backend
            .change_scim_person(&okta, ben.user, None, change)
            .await
    };
    stage.backend.deactivate_user(&ada, ben.user, "").await.unwrap();
    assert!(is_refused(
        &change(&active(true)).await,
        Refusal::DeactivatedByHand
    ));
    // Not even by deleting and adding them.
    stage
        .backend
        .delete_scim_person(&okta, ben.user, None)
        .await
        .unwrap();
    assert!(look_up(&stage, &okta, "ben@example.test").await.is_none());
    let added = add(&stage, &okta, "ben@example.test").await;
    assert!(is_refused(&added, Refusal::DeactivatedByHand));
    // And not whom SCIM put out once, and an administrator since.
    stage.backend.reactivate_user(&ada, ben.user).await.unwrap();
    change(&active(false)).await.unwrap();
    stage.backend.reactivate_user(&ada, ben.user).await.unwrap();
    stage.backend.deactivate_user(&ada, ben.user, "").await.unwrap();
    assert!(is_refused(
        &change(&active(true)).await,
        Refusal::DeactivatedByHand
    ));
}

#[sqlx::test]
async fn whom_scim_deletes_is_deactivated_and_comes_back_when_added_again(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let ben = stage.colleague(&ada, "ben@example.test", &["write"]).await;
    let okta = connect(&stage, &ada, "Okta").await;
    stage
        .backend
        .delete_scim_person(&okta, ben.user, None)
        .await
        .unwrap();
    assert_eq!(status(&stage, &ada, ben.user).await, UserStatus::Deactivated);
    let gone = stage.backend.find_scim_person(&okta, ben.user).await;
    assert!(matches!(gone, Err(Error::NotFound)));
    let gone = stage.backend.delete_scim_person(&okta, ben.user, None).await;
    assert!(matches!(gone, Err(Error::NotFound)));
    let gone = stage
        .backend
        .change_scim_person(&okta, ben.user, None, &active(true))
        .await;
    assert!(matches!(gone, Err(Error::NotFound)));
    let everybody = stage.backend.list_scim_people(&okta, &[], ALL).await.unwrap();
    assert_eq!(everybody.total, 1);

    let back = add(&stage, &okta, "BEN@example.test").await.unwrap();
    assert_eq!((back.id, back.active), (ben.user, true));
    assert!(!stage.again("ben@example.test").await.roles.is_empty());
    // An administrator's reactivation shows them, too.
    stage
        .backend
        .delete_scim_person(&okta, ben.user, None)
        .await
        .unwrap();
    stage.backend.reactivate_user(&ada, ben.user).await.unwrap();
    assert!(look_up(&stage, &okta, "ben@example.test").await.is_some());
    let twice = add(&stage, &okta, "ben@example.test").await;
    assert!(is_refused(&twice, Refusal::AlreadyMember));
}

#[sqlx::test]
async fn somebody_invited_is_gone_with_the_invitation(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let okta = connect(&stage, &ada, "Okta").await;
    let ben = add(&stage, &okta, "ben@example.test").await.unwrap();
    let link = stage.copy_link(&ada, ben.id).await;
    stage
        .backend
        .delete_scim_person(&okta, ben.id, None)
        .await
        .unwrap();
    let view = stage.backend.look_at_invitation(&client(), &link).await.unwrap();
    assert_eq!(view.closed, Some(Refusal::InvitationCancelled));
    let again = add(&stage, &okta, "ben@example.test").await.unwrap();
    let change = stage
        .backend
        .change_scim_person(&okta, again.id, None, &active(false))
        .await;
    assert!(!change.unwrap().active);
    assert!(look_up(&stage, &okta, "ben@example.test").await.is_none());
}

#[sqlx::test]
async fn the_last_administrator_and_the_one_without_sso_stay(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let okta = connect(&stage, &ada, "Okta").await;
    let out = stage
        .backend
        .change_scim_person(&okta, ada.user, None, &active(false))
        .await;
    assert!(is_refused(&out, Refusal::LastAdministrator));
    let out = stage.backend.delete_scim_person(&okta, ada.user, None).await;
    assert!(matches!(out, Err(Error::Refused(Refusal::LastAdministrator))));
    assert_eq!(status(&stage, &ada, ada.user).await, UserStatus::Active);

    let grace = stage.colleague(&ada, "grace@example.test", &["admin"]).await;
    let (one, other) = (active(false), active(false));
    let (one, other) = tokio::join!(
        stage.backend.change_scim_person(&okta, ada.user, None, &one),
        stage.backend.change_scim_person(&okta, grace.user, None, &other),
    );
    let refused = [&one, &other].map(|out| is_refused(out, Refusal::LastAdministrator));
    assert!(refused[0] != refused[1], "{one:?} {other:?}");
}

#[sqlx::test]
async fn whom_an_administrator_puts_out_after_scim_did_stays_out(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let ben = stage.colleague(&ada, "ben@example.test", &["write"]).await;
    let okta = connect(&stage, &ada, "Okta").await;
    let scim = async |is_active: bool| {
        let change = active(is_active);
        stage
            .backend
            .change_scim_person(&okta, ben.user, None, &change)
            .await
    };
    scim(false).await.unwrap();
    let by_hand = stage
        .backend
        .deactivate_user(&ada, ben.user, "Stolen laptop")
        .await;
    assert!(by_hand.unwrap().is_none(), "there is nothing to undo");
    assert!(scim(true).await.is_err());
    let rows = stage
        .backend
        .list_users(&ada, &UserQuery::default())
        .await
        .unwrap()
        .rows;
    let row = rows.iter().find(|row| row.id == ben.user).unwrap();
    let reason = row.deactivation.as_ref().unwrap().reason.clone();
    assert_eq!(reason.as_deref(), Some("Stolen laptop"));
    stage.backend.reactivate_user(&ada, ben.user).await.unwrap();
    scim(false).await.unwrap();
    assert!(
        scim(true).await.unwrap().active,
        "a new deactivation by SCIM is SCIM's"
    );
}

#[sqlx::test]
async fn nobody_is_sent_a_mail_for_each_time_they_are_put_out_and_let_in(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let ben = stage.colleague(&ada, "ben@example.test", &["write"]).await;
    let okta = connect(&stage, &ada, "Okta").await;
    let mails = async || -> i64 {
        let mails = sqlx::query_scalar("select count(*) from mails where recipient = 'ben@example.test'");
        mails.fetch_one(&pool).await.unwrap()
    };
    let before = mails().await;
    for _ in 0..10 {
        for is_active in [false, true] {
            let change = active(is_active);
            stage
                .backend
                .change_scim_person(&okta, ben.user, None, &change)
                .await
                .unwrap();
        }
    }
    assert_eq!(mails().await - before, 6);
}
