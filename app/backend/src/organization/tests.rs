//! Closing an organization and opening it again, on a real database.

use crate::{
    Client, Error,
    secret::Secret,
    testing::{PASSWORD, Stage, acceptance, client},
};
use domain::refusal::Refusal;
use sqlx::PgPool;

#[sqlx::test]
async fn everything_of_a_closed_organization_is_refused_and_is_there_again_when_it_is_reopened(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let (_, link) = stage.invite(&ada, "ben@example.test", &["write"]).await;
    let from = client();
    let sign_in = || {
        stage
            .backend
            .sign_in(&from, "ada@example.test", Secret::new(PASSWORD.into()))
    };
    let session = sign_in().await.unwrap().session().unwrap();
    let operator = Client::command_line();

    let closed = stage.backend.close_organization(&operator, ada.org_id.as_str());
    let closed = closed.await.unwrap();
    assert_eq!(
        (closed.name.as_str(), closed.already),
        ("Analytical Engines", false)
    );
    assert_eq!(closed.sessions_ended, 2);
    assert!(stage.caller(&session).await.is_none());
    assert!(matches!(
        sign_in().await,
        Err(Error::Refused(Refusal::WrongCredentials))
    ));
    let view = stage.backend.look_at_invitation(&from, &link).await.unwrap();
    assert_eq!(view.closed, Some(Refusal::OrganizationGone));
    let accepted = stage
        .backend
        .accept_invitation(&client(), &link, acceptance())
        .await;
    assert!(matches!(accepted, Err(Error::Refused(Refusal::OrganizationGone))));
    // An act that was under way.
    let invited = stage.backend.invite(&ada, "carla@example.test", &[]).await;
    assert!(matches!(invited, Err(Error::NotFound)));

    let reopened = stage.backend.reopen_organization(&operator, ada.org_id.as_str());
    assert!(!reopened.await.unwrap().already);
    assert!(stage.caller(&session).await.is_none(), "sessions stay ended");
    sign_in().await.unwrap();
    stage
        .backend
        .accept_invitation(&client(), &link, acceptance())
        .await
        .unwrap();
    let audited: Vec<(String, String)> = sqlx::query_as(
        "select action, actor_kind from audit where action in ('organization.close', 'organization.reopen') order by id",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    let entry = |act: &str| (act.to_owned(), "operator".to_owned());
    assert_eq!(
        audited,
        [entry("organization.close"), entry("organization.reopen")]
    );
}

#[sqlx::test]
async fn closing_touches_one_organization_and_again_does_nothing(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let operator = Client::command_line();
    let other = stage
        .backend
        .create_organization(&operator, "Others", &["eve@other.test".to_owned()])
        .await
        .unwrap();
    for unknown in ["", "zzzzzz", "0", "'; drop table users"] {
        let refused = stage.backend.close_organization(&operator, unknown).await;
        assert!(matches!(refused, Err(Error::NotFound)), "{unknown}");
    }
    let close = || stage.backend.close_organization(&operator, other.org_id.as_str());
    assert!(!close().await.unwrap().already);
    assert!(close().await.unwrap().already);
    let open = stage
        .backend
        .reopen_organization(&operator, ada.org_id.as_str())
        .await
        .unwrap();
    assert!(open.already);
    stage.backend.invite(&ada, "ben@example.test", &[]).await.unwrap();
    let entries: i64 = sqlx::query_scalar("select count(*) from audit where action = 'organization.close'")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(entries, 1);
}

#[sqlx::test]
async fn no_link_is_made_for_a_closed_organization(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let (user, _) = stage.invite(&ada, "ben@example.test", &[]).await;
    stage
        .backend
        .close_organization(&Client::command_line(), ada.org_id.as_str())
        .await
        .unwrap();
    let copied = stage.backend.copy_invitation_link(&ada, user).await;
    assert!(matches!(copied, Err(Error::NotFound)));
}
