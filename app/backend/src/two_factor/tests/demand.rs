//! An organization that asks everybody for two-factor authentication. The stage's clock begins on 24 November 2026.

use super::*;
use crate::access::Intent;
use domain::{access::BuiltInGroup, ids::GroupId};

const DAY: &str = "2026-12-10";

async fn db_asked(pool: &PgPool, email: &str) -> i64 {
    sqlx::query_scalar(
        "select count(*) from mails where recipient = $1 and message ->> 'kind' = 'two_factor_asked_for'",
    )
    .bind(email)
    .fetch_one(pool)
    .await
    .unwrap()
}

async fn again(stage: &Stage, email: &str) -> Caller {
    let signed_in = stage.backend.sign_in(&client(), email, password()).await.unwrap();
    stage.caller(&signed_in.session().unwrap()).await.unwrap()
}

async fn group(stage: &Stage, caller: &Caller, group: BuiltInGroup) -> GroupId {
    let groups = stage.backend.list_groups(caller).await.unwrap();
    groups.iter().find(|found| found.name == group.name()).unwrap().id
}

#[sqlx::test]
async fn nobody_is_cut_off_before_the_day_and_access_comes_back_with_an_authenticator(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    stage.colleague(&ada, "ben@example.test", &["read"]).await;
    let ada = enrol(&stage, &ada).await;
    for _ in 0..2 {
        stage.backend.ask_for_two_factor(&ada.caller, DAY).await.unwrap();
    }
    assert_eq!(
        (
            db_asked(&pool, "ben@example.test").await,
            db_asked(&pool, "ada@example.test").await
        ),
        (1, 0)
    );
    let demand = stage.backend.two_factor_demand(&ada.caller).await.unwrap();
    let missing: Vec<_> = demand
        .missing
        .iter()
        .map(|person| person.email.as_str())
        .collect();
    assert_eq!(
        (missing, demand.more, demand.is_in_force()),
        (vec!["ben@example.test"], false, false)
    );

    stage.advance(Duration::days(15));
    let ben = again(&stage, "ben@example.test").await;
    assert!(!ben.must_enrol);
    assert!(stage.backend.two_factor_demand(&ben).await.is_ok());

    stage.advance(Duration::days(1));
    let ben = again(&stage, "ben@example.test").await;
    assert!(ben.must_enrol);
    assert!(matches!(
        stage.backend.two_factor_demand(&ben).await,
        Err(Error::TwoFactorWanted)
    ));
    stage.backend.own_settings(&ben).await.unwrap();
    let ben = enrol(&stage, &ben).await;
    assert!(!ben.caller.must_enrol);
    assert!(stage.backend.two_factor_demand(&ben.caller).await.is_ok());
    assert!(is_refused(
        stage.backend.turn_two_factor_off(&ben.caller).await,
        Refusal::TwoFactorAskedFor
    ));
}

/// What was under way when the day began does not happen after it.
#[sqlx::test]
async fn an_act_of_somebody_without_it_is_refused_in_its_transaction(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let ben = stage.colleague(&ada, "ben@example.test", &["admin"]).await;
    let ada = enrol(&stage, &ada).await;
    stage
        .backend
        .ask_for_two_factor(&ada.caller, "2026-11-26")
        .await
        .unwrap();
    stage.advance(Duration::hours(7));
    // As it was known when the request began, 31 hours before the day.
    let before = ben.clone();
    assert!(
        stage
            .backend
            .invite(&before, "dora@example.test", &[])
            .await
            .is_ok()
    );
    sqlx::query("update sessions set last_seen_at = last_seen_at + interval '2 days', expires_at = expires_at + interval '2 days'")
        .execute(&pool)
        .await
        .unwrap();
    stage.advance(Duration::hours(32));
    let refused = stage.backend.invite(&before, "emma@example.test", &[]).await;
    assert!(matches!(refused, Err(Error::Forbidden { .. })), "{refused:?}");
}

#[sqlx::test]
async fn whoever_asks_has_it_themselves_and_a_recent_proof(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    assert!(is_refused(
        stage.backend.ask_for_two_factor(&ada, DAY).await,
        Refusal::LastEnrolledAdministrator
    ));
    let ada = enrol(&stage, &ada).await.caller;
    let soon = stage.backend.ask_for_two_factor(&ada, "2026-11-25").await;
    assert!(matches!(soon, Err(Error::Invalid(faults)) if faults.of(Field::From) == Some(&Fault::TooSoon)));
    let ben = stage.colleague(&ada, "ben@example.test", &["read"]).await;
    assert!(matches!(
        stage.backend.ask_for_two_factor(&ben, DAY).await,
        Err(Error::Forbidden { .. })
    ));
    stage.advance(Duration::minutes(6));
    assert!(wants_proof(stage.backend.ask_for_two_factor(&ada, DAY).await));
    assert!(wants_proof(stage.backend.stop_asking_for_two_factor(&ada).await));
}

#[sqlx::test]
async fn it_keeps_an_administrator_who_has_it(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let ben = stage.colleague(&ada, "ben@example.test", &["admin"]).await;
    let ada = enrol(&stage, &ada).await.caller;
    stage.backend.ask_for_two_factor(&ada, DAY).await.unwrap();
    let refused = Refusal::LastEnrolledAdministrator;
    assert!(is_refused(stage.backend.turn_two_factor_off(&ada).await, refused));
    assert!(is_refused(
        stage.backend.reset_two_factor(&ben, ada.user).await,
        refused
    ));
    assert!(is_refused(
        stage.backend.deactivate_user(&ben, ada.user, "").await.map(drop),
        refused
    ));
    let admin = group(&stage, &ben, BuiltInGroup::Admin).await;
    let removed = stage
        .backend
        .remove_members(&ben, admin, &[ada.user], Intent::Confirmed)
        .await;
    assert!(is_refused(removed.map(drop), refused));
    // With a second one each of them may go.
    let ben = enrol(&stage, &ben).await.caller;
    stage.backend.deactivate_user(&ben, ada.user, "").await.unwrap();
}

#[sqlx::test]
async fn reminders_are_sent_once_a_week_and_a_day_before(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    stage.colleague(&ada, "ben@example.test", &["read"]).await;
    let ada = enrol(&stage, &ada).await.caller;
    stage.backend.ask_for_two_factor(&ada, DAY).await.unwrap();
    let mut sent = Vec::new();
    for _ in 0..17 {
        for _ in 0..2 {
            stage.backend.remind_of_two_factor().await.unwrap();
        }
        sent.push(db_asked(&pool, "ben@example.test").await);
        stage.advance(Duration::days(1));
    }
    // The word of the first day; a week before, which is the 3rd; a day before, which is the 9th.
    assert_eq!(sent, [1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 3, 3]);
    assert_eq!(db_asked(&pool, "ada@example.test").await, 0);
}

#[sqlx::test]
async fn the_operators_link_lets_the_last_one_in_again(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let ada = enrol(&stage, &ada).await.caller;
    stage.backend.ask_for_two_factor(&ada, DAY).await.unwrap();
    stage.advance(Duration::days(20));
    let operator = crate::Client::command_line();
    let recovery = stage
        .backend
        .recover_administrator(&operator, None)
        .await
        .unwrap();
    let new = Secret::new("nine owls repair my piano".to_owned());
    let session = stage
        .backend
        .reset_password(&client(), &recovery.link, new)
        .await
        .unwrap();
    let ada = stage.caller(&session.unwrap()).await.unwrap();
    assert!(!ada.must_enrol && !ada.two_factor);
    let demand = stage.backend.two_factor_demand(&ada).await.unwrap();
    assert_eq!(
        demand.from, None,
        "it asks nobody any more: nobody could have said so"
    );
}
