//! Deactivation, the last administrator, and the list of people, on a real database.

use crate::{
    Caller, Error,
    secret::Secret,
    testing::{PASSWORD, Stage, client},
};
use domain::{
    access::Role,
    field::Field,
    ids::UserId,
    refusal::Refusal,
    users::{Cursor, ShownStatus, SortBy, StatusVersion, UserQuery, UserRow},
};
use sqlx::PgPool;
use time::Duration;

#[sqlx::test]
async fn deactivating_ends_every_session_and_every_invitation_they_sent(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let ben = stage.colleague(&ada, "ben@example.test", &["admin"]).await;
    let session = stage
        .backend
        .sign_in(&client(), "ben@example.test", Secret::new(PASSWORD.into()))
        .await
        .unwrap()
        .session()
        .unwrap();
    let (_, link) = stage.invite(&ben, "carla@example.test", &[]).await;

    stage.backend.deactivate_user(&ada, ben.user, "").await.unwrap();

    assert!(stage.caller(&session).await.is_none());
    let view = stage.backend.look_at_invitation(&client(), &link).await.unwrap();
    assert!(view.closed.is_some());
    let invited = UserQuery {
        status: Some(ShownStatus::InviteExpired),
        ..UserQuery::default()
    };
    let expired = stage.backend.list_users(&ada, &invited).await.unwrap().rows;
    assert_eq!(expired[0].email, "carla@example.test");
    let signed_in = stage
        .backend
        .sign_in(&client(), "ben@example.test", Secret::new(PASSWORD.into()))
        .await;
    assert!(matches!(
        signed_in,
        Err(Error::Refused(Refusal::WrongCredentials))
    ));
    // An act that was under way when its actor was deactivated does not happen after it.
    assert!(matches!(
        stage.backend.invite(&ben, "dora@example.test", &[]).await,
        Err(Error::SignedOut)
    ));
    let entries: i64 = sqlx::query_scalar("select count(*) from audit where action = 'users.deactivate'")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(entries, 1);
}

/// Whatever an administrator saw or chose of somebody else's invitation is of no use once they are out.
#[sqlx::test]
async fn a_link_that_a_deactivated_administrator_copied_is_dead(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let mallory = stage.colleague(&ada, "mallory@example.test", &["admin"]).await;
    let (victim, adas_link) = stage.invite(&ada, "victim@example.test", &[]).await;
    let copied = stage.copy_link(&mallory, victim).await;
    let (edited, _) = stage.invite(&ada, "other@example.test", &[]).await;
    let admin: Vec<_> = stage
        .backend
        .list_groups(&mallory)
        .await
        .unwrap()
        .iter()
        .take(1)
        .map(|g| g.id)
        .collect();
    stage
        .backend
        .edit_invited_groups(&mallory, edited, &admin)
        .await
        .unwrap();
    let edited_link = stage.copy_link(&ada, edited).await;

    stage
        .backend
        .deactivate_user(&ada, mallory.user, "")
        .await
        .unwrap();

    let closed = async |link| {
        stage
            .backend
            .look_at_invitation(&client(), link)
            .await
            .unwrap()
            .closed
    };
    assert_eq!(closed(&copied).await, Some(Refusal::InvitationExpired));
    assert_eq!(closed(&edited_link).await, Some(Refusal::InvitationExpired));
    assert_eq!(closed(&adas_link).await, None);
    stage.backend.reactivate_user(&ada, mallory.user).await.unwrap();
    assert_eq!(closed(&copied).await, Some(Refusal::InvitationReplaced));
}

#[sqlx::test]
async fn deactivating_twice_is_one_act(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let ben = stage.colleague(&ada, "ben@example.test", &[]).await;
    for _ in 0..2 {
        stage.backend.deactivate_user(&ada, ben.user, "").await.unwrap();
    }
    let mails: i64 =
        sqlx::query_scalar("select count(*) from mails where message->>'kind' = 'account_deactivated'")
            .fetch_one(&pool)
            .await
            .unwrap();
    assert_eq!(mails, 1);
}

#[sqlx::test]
async fn reactivating_gives_back_the_account_but_no_session(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let ben = stage.colleague(&ada, "ben@example.test", &["write"]).await;
    let session = stage
        .backend
        .sign_in(&client(), "ben@example.test", Secret::new(PASSWORD.into()))
        .await
        .unwrap()
        .session()
        .unwrap();
    stage.backend.deactivate_user(&ada, ben.user, "").await.unwrap();
    stage.backend.reactivate_user(&ada, ben.user).await.unwrap();

    assert!(stage.caller(&session).await.is_none());
    let again = stage
        .backend
        .sign_in(&client(), "ben@example.test", Secret::new(PASSWORD.into()))
        .await
        .unwrap()
        .session()
        .unwrap();
    assert!(stage.caller(&again).await.unwrap().roles.holds(Role::CksAdmin));
}

#[sqlx::test]
async fn the_last_active_administrator_stays(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let refused = stage.backend.deactivate_user(&ada, ada.user, "").await;
    assert!(
        matches!(refused, Err(Error::Refused(Refusal::LastAdministrator))),
        "{refused:?}"
    );
    assert!(
        sqlx::query("delete from memberships")
            .execute(&pool)
            .await
            .is_err()
    );
    assert!(
        sqlx::query("delete from policy_rule_roles")
            .execute(&pool)
            .await
            .is_err()
    );

    let ben = stage.colleague(&ada, "ben@example.test", &["admin"]).await;
    stage.backend.deactivate_user(&ada, ada.user, "").await.unwrap();
    let refused = stage.backend.deactivate_user(&ben, ben.user, "").await;
    assert!(matches!(refused, Err(Error::Refused(Refusal::LastAdministrator))));
}

#[sqlx::test]
async fn of_two_administrators_who_deactivate_each_other_one_stays(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let ben = stage.colleague(&ada, "ben@example.test", &["admin"]).await;
    for _ in 0..10 {
        let (one, two) = tokio::join!(
            stage.backend.deactivate_user(&ada, ben.user, ""),
            stage.backend.deactivate_user(&ben, ada.user, "")
        );
        assert_eq!(
            [one.is_ok(), two.is_ok()].into_iter().filter(|ok| *ok).count(),
            1,
            "{one:?} {two:?}"
        );
        let (who, whom) = if one.is_ok() {
            (&ada, ben.user)
        } else {
            (&ben, ada.user)
        };
        stage.backend.reactivate_user(who, whom).await.unwrap();
    }
}

#[sqlx::test]
async fn only_an_iam_admin_of_the_same_organization_deactivates(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let ben = stage
        .colleague(
            &ada,
            "ben@example.test",
            &["read", "write", "metrics", "billing_viewer"],
        )
        .await;
    let refused = stage.backend.deactivate_user(&ben, ada.user, "").await;
    assert!(matches!(refused, Err(Error::Forbidden { needs }) if needs == [Role::IamAdmin]));

    let eve = stage.founder("Difference Engines", "eve@other.test").await;
    assert!(matches!(
        stage.backend.deactivate_user(&eve, ben.user, "").await,
        Err(Error::NotFound)
    ));
    assert!(matches!(
        stage.backend.find_user(&eve, ben.user).await,
        Err(Error::NotFound)
    ));
    assert_eq!(
        stage
            .backend
            .list_users(&eve, &UserQuery::default())
            .await
            .unwrap()
            .rows
            .len(),
        1
    );
}

/// 120 people, as fast as SQL writes them.
async fn db_crowd(pool: &PgPool, stage: &Stage) -> crate::Caller {
    let ada = stage.ada().await;
    sqlx::query(
        "insert into users (id, organization_id, email, email_key, first_name, last_name, status, created_at, activated_at,
                            last_sign_in_at)
         select gen_random_uuid(), $1, 'p' || n || '@example.test', 'p' || n || '@example.test', 'Person', lpad(n::text, 3, '0'),
                'active', $2, $2, case when n % 3 = 0 then null else $2 - n * interval '1 hour' end
         from generate_series(1, 120) n",
    )
    .bind(ada.organization.0)
    .bind(stage.backend.now())
    .execute(pool)
    .await
    .unwrap();
    ada
}

#[sqlx::test]
async fn paging_shows_everybody_once_in_every_order_and_back(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = db_crowd(&pool, &stage).await;
    for (sort, descending) in SortBy::ALL
        .into_iter()
        .flat_map(|sort| [(sort, false), (sort, true)])
    {
        let mut query = UserQuery {
            sort,
            descending,
            ..UserQuery::default()
        };
        let mut pages: Vec<Vec<UserId>> = Vec::new();
        let last = loop {
            let page = stage.backend.list_users(&ada, &query).await.unwrap();
            pages.push(page.rows.iter().map(|row| row.id).collect());
            match page.next {
                Some(next) => query.cursor = next,
                None => break page,
            }
        };
        let everybody: std::collections::HashSet<_> = pages.iter().flatten().collect();
        assert_eq!((pages.len(), everybody.len()), (3, 121), "{sort:?} {descending}");
        query.cursor = last.previous.unwrap();
        let back = stage.backend.list_users(&ada, &query).await.unwrap();
        assert_eq!(back.rows.iter().map(|row| row.id).collect::<Vec<_>>(), pages[1]);
    }
}

#[sqlx::test]
async fn the_list_is_searched_by_name_and_address_and_filtered_by_status(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = db_crowd(&pool, &stage).await;
    stage.invite(&ada, "carla_100%@example.test", &["read"]).await;
    let list = async |search: &str, status| {
        let query = UserQuery {
            search: search.into(),
            status,
            ..UserQuery::default()
        };
        stage.backend.list_users(&ada, &query).await.unwrap().rows
    };
    assert_eq!(list("LOVELACE", None).await[0].email, "ada@example.test");
    assert_eq!(list("p11@", None).await.len(), 1);
    assert_eq!(list("_100%", None).await.len(), 1);
    assert!(list("p%1", None).await.is_empty());
    assert_eq!(list("\0lovelace", None).await.len(), 1);
    let invited = list("", Some(ShownStatus::Invited)).await;
    assert_eq!(invited.len(), 1);
    let groups: Vec<_> = invited[0]
        .groups
        .iter()
        .map(|group| group.name.as_str())
        .collect();
    assert_eq!(groups, ["read"]);
    stage.advance(Duration::days(7));
    assert!(list("", Some(ShownStatus::Invited)).await.is_empty());
    assert_eq!(
        list("", Some(ShownStatus::InviteExpired)).await[0].status,
        ShownStatus::InviteExpired
    );
}

#[sqlx::test]
async fn a_cursor_that_is_nobodys_shows_the_list_from_its_start(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let query = UserQuery {
        cursor: Cursor::After(UserId(uuid::Uuid::nil())),
        ..UserQuery::default()
    };
    assert_eq!(
        stage.backend.list_users(&ada, &query).await.unwrap().rows.len(),
        1
    );
}

#[sqlx::test]
async fn a_reason_is_shown_and_audited_until_the_account_is_reactivated(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let ben = stage.colleague(&ada, "ben@example.test", &[]).await;
    let reason = " Left the company ";
    let deactivate = async |reason| {
        stage
            .backend
            .deactivate_user(&ada, ben.user, reason)
            .await
            .unwrap()
    };
    assert_eq!(deactivate(reason).await, Some(StatusVersion(1)));
    assert_eq!(deactivate("Other").await, None);
    let row = row_of(&stage, &ada, "ben@example.test").await;
    assert_eq!(
        row.deactivation.unwrap().reason.as_deref(),
        Some("Left the company")
    );
    let taken_back = stage.backend.reactivate_user(&ada, ben.user).await.unwrap();
    assert_eq!(taken_back.unwrap().reason.as_deref(), Some("Left the company"));
    assert_eq!(stage.backend.reactivate_user(&ada, ben.user).await.unwrap(), None);
    assert_eq!(row_of(&stage, &ada, "ben@example.test").await.deactivation, None);
    let audited: Vec<(Option<String>, Option<String>)> = sqlx::query_as(
        "select before->>'reason', after->>'reason' from audit
         where action in ('users.deactivate', 'users.reactivate') order by id",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    let reason = Some("Left the company".to_owned());
    assert_eq!(audited, [(None, reason.clone()), (reason, None)]);
}

#[sqlx::test]
async fn a_reason_that_is_no_line_is_refused_and_nothing_happens(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let ben = stage.colleague(&ada, "ben@example.test", &[]).await;
    for reason in ["a\nb".to_owned(), "x".repeat(201)] {
        let refused = stage.backend.deactivate_user(&ada, ben.user, &reason).await;
        assert!(matches!(refused, Err(Error::Invalid(faults)) if faults.of(Field::Reason).is_some()));
    }
    let row = row_of(&stage, &ada, "ben@example.test").await;
    assert_eq!(row.status, ShownStatus::Active);
}

async fn row_of(stage: &Stage, by: &Caller, email: &str) -> UserRow {
    let query = UserQuery {
        search: email.to_owned(),
        ..UserQuery::default()
    };
    let page = stage.backend.list_users(by, &query).await.unwrap();
    page.rows.into_iter().next().unwrap()
}
