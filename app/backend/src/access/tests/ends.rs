//! Rules and memberships that end: they give nothing from that second on, and nothing has to run for it.

use super::{draft, group, group_called, holds, policy, rule};
use crate::{Error, access::Intent, testing::Stage};
use domain::access::{Action, Role};
use sqlx::PgPool;
use time::Duration;

#[sqlx::test]
async fn a_membership_that_ends_gives_nothing_on_the_next_request(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let ben = stage.colleague(&ada, "ben@example.test", &[]).await;
    let admin = group_called(&stage, &ada, "admin").await;
    // The clock of the stage stands at 10:00.
    stage
        .backend
        .add_members(&ada, admin, &[ben.user], "2026-11-24T11:00", Intent::Confirmed)
        .await
        .unwrap();
    let session = stage
        .backend
        .sign_in(
            &crate::testing::client(),
            "ben@example.test",
            crate::secret::Secret::new(crate::testing::PASSWORD.into()),
        )
        .await
        .unwrap()
        .session()
        .unwrap();
    stage.advance(Duration::minutes(60) - Duration::SECOND);
    let before = stage.caller(&session).await.unwrap();
    assert!(before.may(Action::InviteUser));
    stage.advance(Duration::SECOND);
    let after = stage.caller(&session).await.unwrap();
    assert!(!after.may(Action::InviteUser));
    assert!(!holds(&stage, &after, Role::IamAdmin).await);
    // A request that was judged a second too early is judged again when its act begins.
    let late = stage.backend.invite(&before, "eve@example.test", &[]).await;
    assert!(matches!(late, Err(Error::Forbidden { needs }) if needs == [Role::IamAdmin]));
    // Nor is the end moved by whom it has cut off.
    for who in [&before, &after] {
        let moved = stage
            .backend
            .add_members(who, admin, &[ben.user], "", Intent::Confirmed)
            .await;
        assert!(matches!(moved, Err(Error::Forbidden { .. })));
    }
    // It is in no list of members any more, and can be given anew.
    let view = stage
        .backend
        .find_group(&ada, admin, "", domain::users::Cursor::Start)
        .await
        .unwrap();
    assert_eq!(view.members.len(), 1);
    stage
        .backend
        .add_members(&ada, admin, &[ben.user], "", Intent::Confirmed)
        .await
        .unwrap();
    assert!(stage.caller(&session).await.unwrap().may(Action::InviteUser));
}

#[sqlx::test]
async fn a_rule_that_ends_gives_nothing_though_its_policy_stays(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let ben = stage.colleague(&ada, "ben@example.test", &[]).await;
    let group = group(&stage, &ada, "Night shift", &[ben.user]).await;
    let mut ending = rule(&[Role::IamViewer, Role::CksViewer], &[], &[group]);
    ending.ends = "2026-11-24T12:00".into();
    let lasting = rule(&[Role::CksViewer], &[ben.user], &[]);
    let policy = policy(&stage, &ada, "Shifts", vec![ending.clone(), lasting.clone()]).await;
    assert!(holds(&stage, &ben, Role::IamViewer).await && holds(&stage, &ben, Role::CksViewer).await);
    stage.advance(Duration::hours(2));
    assert!(!holds(&stage, &ben, Role::IamViewer).await, "it has ended");
    assert!(
        holds(&stage, &ben, Role::CksViewer).await,
        "another rule gives it"
    );
    assert!(stage.backend.find_policy(&ada, policy).await.unwrap().rules[0].is_over);
    // The policy can be saved with the end that it has; another one that lies behind is refused.
    let renamed = draft("Shifts of old", vec![ending.clone(), lasting.clone()]);
    super::change(&stage, &ada, policy, &renamed).await.unwrap();
    ending.ends = "2026-11-24T11:00".into();
    let earlier = draft("Shifts of old", vec![ending, lasting]);
    assert!(matches!(
        super::change(&stage, &ada, policy, &earlier).await,
        Err(Error::Invalid(_))
    ));
}

#[sqlx::test]
async fn the_log_tells_who_was_added_from_whose_end_moved(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let ben = stage.colleague(&ada, "ben@example.test", &["read"]).await;
    let carla = stage.colleague(&ada, "carla@example.test", &[]).await;
    let read = group_called(&stage, &ada, "read").await;
    let both = [ben.user, carla.user];
    for end in ["2027-01-01T00:00", "2027-01-01T00:00", "2028-01-01T00:00"] {
        stage
            .backend
            .add_members(&ada, read, &both, end, Intent::Confirmed)
            .await
            .unwrap();
    }
    let entries: Vec<(Option<serde_json::Value>, serde_json::Value)> =
        sqlx::query_as("select before, after from audit where action = 'groups.change_members' order by id")
            .fetch_all(&pool)
            .await
            .unwrap();
    assert_eq!(entries.len(), 2, "the same again is no change");
    let (before, after) = &entries[0];
    assert_eq!(
        before.as_ref().unwrap()["ends"],
        serde_json::json!({ "ben@example.test": "without end" })
    );
    assert_eq!(after["added"], serde_json::json!(["carla@example.test"]));
    assert_eq!(after["with_another_end"], serde_json::json!(["ben@example.test"]));
    let (before, after) = &entries[1];
    assert_eq!(
        before.as_ref().unwrap()["ends"]["carla@example.test"],
        "2027-01-01T00:00:00Z"
    );
    assert_eq!(after["until"], "2028-01-01T00:00:00Z");
}
