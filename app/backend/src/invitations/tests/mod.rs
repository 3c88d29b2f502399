//! Invitations from sending to acceptance, and the first administrator, on a real database.

mod copied_links;
mod reminders;

use crate::{
    Error,
    secret::Token,
    testing::{Stage, acceptance, client},
};
use domain::{
    access::{BuiltInGroup, Role, Roles},
    field::{Fault, Faults, Field},
    refusal::Refusal,
};
use sqlx::PgPool;
use time::Duration;

fn refusal<T: std::fmt::Debug>(outcome: Result<T, Error>) -> Refusal {
    match outcome {
        Err(Error::Refused(refusal)) => refusal,
        Err(Error::Invalid(Faults(faults))) => match &faults[..] {
            [(Field::Email, Fault::Refused(refusal))] => *refusal,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

#[sqlx::test]
async fn boot_05_the_first_administrator_has_exactly_five_roles(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let mut keys: Vec<_> = ada.roles.iter().map(Role::key).collect();
    keys.sort_unstable();
    assert_eq!(
        keys,
        [
            "access-request-approver",
            "access-token-admin",
            "cks-admin",
            "iam-admin",
            "object-storage-admin",
        ]
    );
    let ben = stage.colleague(&ada, "ben@example.test", &[]).await;
    assert!(ben.roles.is_empty());
}

#[sqlx::test]
async fn boot_02_set_up_is_over_once_an_organization_exists(pool: PgPool) {
    let stage = Stage::new(pool);
    let old = stage.backend.open_set_up().await.unwrap().unwrap();
    let link = stage.backend.open_set_up().await.unwrap().unwrap();
    let dead = stage.backend.set_up(&client(), &old, crate::testing::ada()).await;
    assert_eq!(refusal(dead), Refusal::SetUpLinkWrong);
    stage
        .backend
        .set_up(&client(), &link, crate::testing::ada())
        .await
        .unwrap();
    let used = stage
        .backend
        .set_up(&client(), &link, crate::testing::ada())
        .await;
    assert_eq!(refusal(used), Refusal::SetUpLinkWrong);
    assert!(stage.backend.open_set_up().await.unwrap().is_none());
}

#[sqlx::test]
async fn of_two_who_set_up_at_once_one_does(pool: PgPool) {
    let stage = Stage::new(pool);
    let link = stage.backend.open_set_up().await.unwrap().unwrap();
    let client = client();
    let (one, two) = tokio::join!(
        stage.backend.set_up(&client, &link, crate::testing::ada()),
        stage.backend.set_up(&client, &link, crate::testing::ada())
    );
    assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
}

#[sqlx::test]
async fn of_two_first_accounts_at_once_exactly_one_becomes_the_administrator(pool: PgPool) {
    let stage = Stage::new(pool);
    let emails = ["ada@example.test".to_owned(), "ben@example.test".to_owned()];
    let made = stage
        .backend
        .create_organization(&client(), "Engines", &emails)
        .await
        .unwrap();
    let client = client();
    let (one, two) = tokio::join!(
        stage
            .backend
            .accept_invitation(&client, &made.links[0].1, acceptance()),
        stage
            .backend
            .accept_invitation(&client, &made.links[1].1, acceptance())
    );
    let (one, two) = (
        stage.caller(&one.unwrap()).await.unwrap(),
        stage.caller(&two.unwrap()).await.unwrap(),
    );
    assert!(one.roles.is_empty() != two.roles.is_empty());
}

#[sqlx::test]
async fn inv_02_a_link_works_once_also_in_parallel(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let (_, link) = stage.invite(&ada, "ben@example.test", &[]).await;
    let client = client();
    let (one, two, three) = tokio::join!(
        stage.backend.accept_invitation(&client, &link, acceptance()),
        stage.backend.accept_invitation(&client, &link, acceptance()),
        stage.backend.accept_invitation(&client, &link, acceptance())
    );
    assert_eq!([&one, &two, &three].iter().filter(|r| r.is_ok()).count(), 1);
    assert_eq!(
        refusal(
            stage
                .backend
                .accept_invitation(&client, &link, acceptance())
                .await
        ),
        Refusal::InvitationUsed
    );
}

#[sqlx::test]
async fn inv_03_a_link_ends_at_its_second(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let (_, link) = stage.invite(&ada, "ben@example.test", &[]).await;
    stage.advance(Duration::days(7) - Duration::seconds(1));
    assert_eq!(
        stage
            .backend
            .look_at_invitation(&client(), &link)
            .await
            .unwrap()
            .closed,
        None
    );
    stage.advance(Duration::seconds(1));
    let late = stage
        .backend
        .accept_invitation(&client(), &link, acceptance())
        .await;
    assert_eq!(refusal(late), Refusal::InvitationExpired);
}

#[sqlx::test]
async fn inv_04_resending_kills_the_old_link_and_cancelling_every_link(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let (ben, old) = stage.invite(&ada, "ben@example.test", &[]).await;
    stage.advance(Duration::days(8));
    stage.backend.resend_invitation(&ada, ben).await.unwrap();
    let new = stage.copy_link(&ada, ben).await;
    let closed = async |link: &Token| {
        stage
            .backend
            .look_at_invitation(&client(), link)
            .await
            .unwrap()
            .closed
    };
    assert_eq!(closed(&old).await, Some(Refusal::InvitationReplaced));
    assert_eq!(closed(&new).await, None);
    stage.backend.cancel_invitation(&ada, ben).await.unwrap();
    assert_eq!(closed(&new).await, Some(Refusal::InvitationCancelled));
    assert!(matches!(
        stage.backend.cancel_invitation(&ada, ben).await,
        Err(Error::NotFound)
    ));
    // The address is free again.
    stage.invite(&ada, "ben@example.test", &[]).await;
}

#[sqlx::test]
async fn whoever_is_known_already_is_not_invited_again(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let ben = stage.colleague(&ada, "ben@example.test", &[]).await;
    stage.invite(&ada, "carla@example.test", &[]).await;
    let invite = async |email: &str| refusal(stage.backend.invite(&ada, email, &[]).await);
    assert_eq!(invite("BEN@example.test").await, Refusal::AlreadyMember);
    assert_eq!(invite("carla@Example.Test").await, Refusal::AlreadyInvited);
    stage.backend.deactivate_user(&ada, ben.user, "").await.unwrap();
    assert_eq!(invite("ben@example.test").await, Refusal::MemberIsDeactivated);
    let other = ["dora@example.test".to_owned()];
    stage
        .backend
        .create_organization(&client(), "Others", &other)
        .await
        .unwrap();
    assert_eq!(invite("dora@example.test").await, Refusal::AddressTaken);
}

#[sqlx::test]
async fn of_two_invitations_of_one_address_at_once_one_is_sent(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let (one, two) = tokio::join!(
        stage.backend.invite(&ada, "ben@example.test", &[]),
        stage.backend.invite(&ada, "Ben@Example.test", &[])
    );
    let refused = if one.is_ok() { two } else { one };
    assert_eq!(refusal(refused), Refusal::AlreadyInvited);
    let mails: i64 = sqlx::query_scalar("select count(*) from mails")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(mails, 1);
}

#[sqlx::test]
async fn inv_12_only_an_iam_admin_invites_and_only_into_groups_that_exist(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let groups = ["read", "write", "metrics", "billing_viewer"];
    let ben = stage.colleague(&ada, "ben@example.test", &groups).await;
    assert!(matches!(
        stage.backend.invite(&ben, "x@example.test", &[]).await,
        Err(Error::Forbidden { .. })
    ));
    let nowhere = domain::ids::GroupId(uuid::Uuid::nil());
    let unknown = stage.backend.invite(&ada, "x@example.test", &[nowhere]).await;
    assert!(matches!(unknown, Err(Error::Invalid(f)) if f.of(Field::Groups) == Some(&Fault::UnknownGroup)));
}

#[sqlx::test]
async fn inv_13_an_invitation_of_somebody_who_lost_the_right_counts_no_more(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let ben = stage.colleague(&ada, "ben@example.test", &["admin"]).await;
    let (carla, link) = stage.invite(&ben, "carla@example.test", &["admin"]).await;
    sqlx::query("delete from memberships where user_id = $1")
        .bind(ben.user.0)
        .execute(&pool)
        .await
        .unwrap();
    let accepted = stage
        .backend
        .accept_invitation(&client(), &link, acceptance())
        .await;
    assert_eq!(refusal(accepted), Refusal::InvitationExpired);
    let copied = stage.backend.copy_invitation_link(&ada, carla).await;
    assert_eq!(
        refusal(copied),
        Refusal::InvitationExpired,
        "it would be one more dead link"
    );
    // Whoever resends answers for it.
    stage.backend.resend_invitation(&ada, carla).await.unwrap();
    let link = stage.copy_link(&ada, carla).await;
    stage
        .backend
        .accept_invitation(&client(), &link, acceptance())
        .await
        .unwrap();
}

/// A link is judged by whoever copied it, too: the inviter's own goes on working.
#[sqlx::test]
async fn inv_13_a_copied_link_does_not_work_while_its_copier_lacks_the_right(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let ben = stage.colleague(&ada, "ben@example.test", &["admin"]).await;
    let (carla, adas_link) = stage.invite(&ada, "carla@example.test", &[]).await;
    let bens_link = stage.copy_link(&ben, carla).await;
    sqlx::query("delete from memberships where user_id = $1")
        .bind(ben.user.0)
        .execute(&pool)
        .await
        .unwrap();
    let accept = async |link| {
        let backend = &stage.backend;
        backend.accept_invitation(&client(), link, acceptance()).await
    };
    assert_eq!(refusal(accept(&bens_link).await), Refusal::InvitationExpired);
    accept(&adas_link).await.unwrap();
}

#[sqlx::test]
async fn the_groups_count_from_acceptance_and_can_be_edited_until_then(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let (ben, link) = stage.invite(&ada, "ben@example.test", &["admin"]).await;
    let all = stage.backend.list_groups(&ada).await.unwrap();
    let read: Vec<_> = all.iter().filter(|g| g.name == "read").map(|g| g.id).collect();
    stage.backend.edit_invited_groups(&ada, ben, &read).await.unwrap();
    let session = stage
        .backend
        .accept_invitation(&client(), &link, acceptance())
        .await
        .unwrap();
    let ben = stage.caller(&session).await.unwrap();
    assert_eq!(
        ben.roles,
        BuiltInGroup::Read.roles().iter().copied().collect::<Roles>()
    );
}

#[sqlx::test]
async fn opening_a_link_changes_nothing_and_an_unknown_one_is_not_found(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let (_, link) = stage.invite(&ada, "ben@example.test", &[]).await;
    for _ in 0..3 {
        assert_eq!(
            stage
                .backend
                .look_at_invitation(&client(), &link)
                .await
                .unwrap()
                .closed,
            None
        );
    }
    let unknown = stage
        .backend
        .look_at_invitation(&client(), &Token::presented("x"))
        .await;
    assert!(matches!(unknown, Err(Error::NotFound)));
    let stored: Vec<Vec<u8>> = sqlx::query_scalar("select token_hash from invitation_links")
        .fetch_all(&pool)
        .await
        .unwrap();
    assert!(stored.iter().all(|hash| hash != link.expose().as_bytes()));
}

#[sqlx::test]
async fn an_invitee_has_a_fresh_link_mailed_once_the_old_one_ran_out(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let (user, link) = stage.invite(&ada, "ben@example.test", &[]).await;
    let mails = async || {
        sqlx::query_scalar::<_, String>(
            "select recipient from mails where state = 'queued' order by created_at",
        )
        .fetch_all(&pool)
        .await
        .unwrap()
    };
    let ask = async |link: &Token| stage.backend.ask_for_fresh_link(&client(), link).await;
    // While it works there is nothing to do.
    ask(&link).await.unwrap();
    assert_eq!(mails().await, ["ben@example.test"]);
    stage.advance(Duration::days(8));
    let view = stage.backend.look_at_invitation(&client(), &link).await.unwrap();
    assert!(view.can_ask_again && view.email.is_empty());

    let (one, two) = tokio::join!(ask(&link), ask(&link));
    assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
    assert_eq!(
        mails().await,
        ["ben@example.test"],
        "the mail with the dead link is withdrawn"
    );
    let view = stage.backend.look_at_invitation(&client(), &link).await.unwrap();
    assert_eq!(
        (view.closed, view.can_ask_again),
        (Some(Refusal::InvitationReplaced), false)
    );
    let fresh = stage.copy_link(&ada, user).await;
    let view = stage.backend.look_at_invitation(&client(), &fresh).await.unwrap();
    assert_eq!((view.closed, view.email.as_str()), (None, "ben@example.test"));
}

#[sqlx::test]
async fn nobody_asks_again_for_an_invitation_whose_sender_may_not_invite(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let cleo = stage.colleague(&ada, "cleo@example.test", &["admin"]).await;
    let (user, link) = stage.invite(&cleo, "ben@example.test", &[]).await;
    stage.backend.deactivate_user(&ada, cleo.user, "").await.unwrap();
    stage.advance(Duration::hours(1));
    let view = stage.backend.look_at_invitation(&client(), &link).await.unwrap();
    assert!(!view.can_ask_again);
    assert!(stage.backend.ask_for_fresh_link(&client(), &link).await.is_err());
    stage.backend.cancel_invitation(&ada, user).await.unwrap();
    assert!(stage.backend.ask_for_fresh_link(&client(), &link).await.is_err());
    assert!(matches!(
        stage
            .backend
            .ask_for_fresh_link(&client(), &Token::presented("x"))
            .await,
        Err(Error::NotFound)
    ));
}
