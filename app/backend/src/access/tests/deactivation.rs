//! What a deactivation takes from whom, before it is done.

use crate::{Error, testing::Stage};
use domain::{refusal::Refusal, users::UserStatus};
use sqlx::PgPool;

#[sqlx::test]
async fn what_the_dialog_shows_is_what_a_deactivation_does_and_what_is_recorded(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let ben = stage
        .colleague(&ada, "ben@example.test", &["metrics", "admin"])
        .await;
    let shown = stage.backend.preview_deactivation(&ada, ben.user).await.unwrap();
    assert!(stage.backend.find_user(&ada, ben.user).await.unwrap().status == UserStatus::Active);
    let roles: Vec<_> = shown.lost.iter().map(|change| change.role.as_str()).collect();
    assert!(roles.contains(&"IAM Admin") && roles.contains(&"Observability Viewer"));
    assert!(!shown.cuts_self_off);
    assert!(
        stage
            .backend
            .preview_deactivation(&ben, ben.user)
            .await
            .unwrap()
            .cuts_self_off
    );
    stage.backend.deactivate_user(&ada, ben.user, "").await.unwrap();
    let after: serde_json::Value =
        sqlx::query_scalar("select after from audit where action = 'users.deactivate'")
            .fetch_one(&pool)
            .await
            .unwrap();
    assert_eq!(
        after["difference"]["lost"],
        serde_json::to_value(&shown.lost).unwrap()
    );

    let last = stage.backend.preview_deactivation(&ada, ada.user).await;
    assert!(matches!(last, Err(Error::Refused(Refusal::LastAdministrator))));
    let again = stage.backend.preview_deactivation(&ada, ben.user).await;
    assert!(matches!(again, Err(Error::Refused(Refusal::NotActive))));
}
