//! Groups: made, renamed, joined, left, deleted.

use super::{change, draft, group, group_called, holds, newest_entry, policy, rule};
use crate::{Error, access::Intent, testing::Stage};
use domain::{
    access::{
        Role,
        policy::{NameQuery, Version},
    },
    field::{Fault, Field},
    ids::UserId,
    refusal::Refusal,
    users::Cursor,
};
use sqlx::PgPool;

#[sqlx::test]
async fn a_name_is_there_once_whatever_its_case(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let first = group(&stage, &ada, "Operators", &[]).await;
    let second = group(&stage, &ada, "Others", &[]).await;
    let taken = Fault::Refused(Refusal::NameTaken);
    for name in ["operators", "ADMIN", "billing_viewer"] {
        let refused = stage.backend.create_group(&ada, name, "").await;
        assert!(
            matches!(refused, Err(Error::Invalid(faults)) if faults.of(Field::Name) == Some(&taken)),
            "{name}"
        );
        let renamed = stage
            .backend
            .rename_group(&ada, second, Version(0), (name, ""))
            .await;
        assert!(
            matches!(renamed, Err(Error::Invalid(faults)) if faults.of(Field::Name) == Some(&taken)),
            "{name}"
        );
    }
    stage
        .backend
        .rename_group(&ada, first, Version(0), ("OPERATORS", ""))
        .await
        .unwrap();
}

#[sqlx::test]
async fn built_in_groups_stay_as_they_are(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let read = group_called(&stage, &ada, "read").await;
    let renamed = stage
        .backend
        .rename_group(&ada, read, Version(0), ("readers", ""))
        .await;
    assert!(matches!(renamed, Err(Error::Refused(Refusal::BuiltInGroup))));
    let deleted = stage.backend.delete_group(&ada, read, Intent::Confirmed).await;
    assert!(matches!(deleted, Err(Error::Refused(Refusal::BuiltInGroup))));
    for statement in [
        "delete from groups where name = 'read'",
        "update groups set name = 'readers' where name = 'read'",
        "update groups set built_in = false where name = 'read'",
    ] {
        assert!(
            sqlx::query(statement).execute(&pool).await.is_err(),
            "{statement}"
        );
    }
}

#[sqlx::test]
async fn pol_07_a_second_editor_does_not_overwrite_the_first(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let group = group(&stage, &ada, "Operators", &[]).await;
    let words = ("Operators", "Night and day");
    stage
        .backend
        .rename_group(&ada, group, Version(0), words)
        .await
        .unwrap();
    let late = stage
        .backend
        .rename_group(&ada, group, Version(0), ("Ops", ""))
        .await;
    assert!(matches!(late, Err(Error::Refused(Refusal::EditedMeanwhile))));
    // The same twice is no conflict.
    stage
        .backend
        .rename_group(&ada, group, Version(0), words)
        .await
        .unwrap();
    let view = stage
        .backend
        .find_group(&ada, group, "", Cursor::Start)
        .await
        .unwrap();
    assert_eq!(
        (view.group.name.as_str(), view.version),
        ("Operators", Version(1))
    );
}

#[sqlx::test]
async fn what_a_change_of_members_shows_is_what_it_does_and_what_is_recorded(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let ben = stage.colleague(&ada, "ben@example.test", &[]).await;
    let write = group_called(&stage, &ada, "write").await;
    let add = |intent| {
        stage
            .backend
            .add_members(&ada, write, std::slice::from_ref(&ben.user), "", intent)
    };

    let shown = add(Intent::Preview).await.unwrap();
    assert!(
        !holds(&stage, &ben, Role::CksAdmin).await,
        "a preview changes nothing"
    );
    let roles: Vec<_> = shown.gained.iter().map(|change| change.role.as_str()).collect();
    assert_eq!(roles, ["Access Token Admin", "CKS Admin", "Object Storage Admin"]);
    assert_eq!(shown.gained[0].people, ["Ben Babbage"]);
    let done = add(Intent::Save).await.unwrap();
    assert_eq!(done, shown);
    assert!(holds(&stage, &ben, Role::CksAdmin).await);
    let (action, _, after) = newest_entry(&stage).await;
    let after = after.unwrap();
    assert_eq!(action, "groups.change_members");
    assert_eq!(after["added"], serde_json::json!(["ben@example.test"]));
    assert_eq!(
        after["difference"]["gained"],
        serde_json::to_value(&shown.gained).unwrap()
    );
    assert!(
        add(Intent::Save).await.unwrap().is_nothing(),
        "again changes nothing"
    );

    let lost = stage
        .backend
        .remove_members(&ada, write, &[ben.user], Intent::Save)
        .await
        .unwrap();
    assert_eq!(lost.lost, shown.gained);
    let entries = || async {
        sqlx::query_scalar::<_, i64>("select count(*) from audit")
            .fetch_one(&stage.backend.pool)
            .await
            .unwrap()
    };
    let before = entries().await;
    stage
        .backend
        .remove_members(&ada, write, &[ben.user], Intent::Save)
        .await
        .unwrap();
    assert_eq!(entries().await, before, "taking nobody out is nothing to record");
}

#[sqlx::test]
async fn becoming_or_ceasing_to_be_an_administrator_wants_a_second_yes(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let ben = stage.colleague(&ada, "ben@example.test", &[]).await;
    let admin = group_called(&stage, &ada, "admin").await;
    let add = |intent| {
        stage
            .backend
            .add_members(&ada, admin, std::slice::from_ref(&ben.user), "", intent)
    };
    assert!(add(Intent::Preview).await.unwrap().makes_administrator);
    assert!(matches!(
        add(Intent::Save).await,
        Err(Error::Refused(Refusal::WantsConfirmation))
    ));
    assert!(!holds(&stage, &ben, Role::IamAdmin).await);
    add(Intent::Confirmed).await.unwrap();
    let leave = |intent| {
        stage
            .backend
            .remove_members(&ada, admin, std::slice::from_ref(&ada.user), intent)
    };
    assert!(leave(Intent::Preview).await.unwrap().cuts_self_off);
    assert!(matches!(
        leave(Intent::Save).await,
        Err(Error::Refused(Refusal::WantsConfirmation))
    ));
    leave(Intent::Confirmed).await.unwrap();
    let after = stage.backend.create_group(&ada, "Mine", "").await;
    assert!(
        matches!(after, Err(Error::Forbidden { .. })),
        "it counts for the next act"
    );
}

#[sqlx::test]
async fn a_group_that_policies_name_is_deleted_after_they_were_listed(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let ben = stage.colleague(&ada, "ben@example.test", &[]).await;
    let operators = group(&stage, &ada, "Operators", &[ben.user]).await;
    let policy = policy(
        &stage,
        &ada,
        "Clusters",
        vec![rule(&[Role::CksAdmin], &[ada.user], &[operators])],
    )
    .await;
    let view = stage
        .backend
        .find_group(&ada, operators, "", Cursor::Start)
        .await
        .unwrap();
    assert_eq!(view.policies[0].name, "Clusters");
    let at_once = stage.backend.delete_group(&ada, operators, Intent::Save).await;
    assert!(matches!(at_once, Err(Error::Refused(Refusal::GroupInUse))));
    let shown = stage
        .backend
        .delete_group(&ada, operators, Intent::Preview)
        .await
        .unwrap();
    assert_eq!(shown.lost[0].people, ["Ben Babbage"]);
    assert_eq!(
        stage
            .backend
            .delete_group(&ada, operators, Intent::Confirmed)
            .await
            .unwrap(),
        shown
    );
    assert!(!holds(&stage, &ben, Role::CksAdmin).await);
    let left = stage.backend.find_policy(&ada, policy).await.unwrap();
    assert_eq!((left.rules[0].users.len(), left.rules[0].groups.len()), (1, 0));
    let again = stage
        .backend
        .delete_group(&ada, operators, Intent::Confirmed)
        .await;
    assert!(matches!(again, Err(Error::NotFound)));
}

#[sqlx::test]
async fn members_are_found_and_paged_and_only_people_of_the_organization_join(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    // Rows by hand: sixty people take too long to join one by one.
    sqlx::query(
        "insert into users (id, organization_id, email, email_key, first_name, last_name, status, created_at, activated_at)
         select gen_random_uuid(), $1, n || '@example.test', n || '@example.test', 'Person', lpad(n::text, 3, '0'), 'active', now(), now()
         from generate_series(1, 120) n",
    )
    .bind(ada.organization.0)
    .execute(&pool)
    .await
    .unwrap();
    let ids: Vec<UserId> =
        sqlx::query_scalar::<_, uuid::Uuid>("select id from users where first_name = 'Person'")
            .fetch_all(&pool)
            .await
            .unwrap()
            .into_iter()
            .map(UserId)
            .collect();
    let all = group(&stage, &ada, "All", &ids).await;
    let mut cursor = Cursor::Start;
    let mut seen = Vec::new();
    loop {
        let view = stage.backend.find_group(&ada, all, "", cursor).await.unwrap();
        assert_eq!(view.group.members, 120);
        seen.extend(view.members.iter().map(|member| member.name.clone()));
        let Some(next) = view.next else {
            let before = view.previous.unwrap();
            let back = stage.backend.find_group(&ada, all, "", before).await.unwrap();
            assert_eq!(back.members.last().unwrap().name, "Person 100");
            break;
        };
        cursor = next;
    }
    assert_eq!(seen.len(), 120);
    assert!(seen.is_sorted());
    let found = stage
        .backend
        .find_group(&ada, all, "person 07", Cursor::Start)
        .await
        .unwrap();
    assert_eq!(found.members.len(), 10);

    let (invited, _) = stage.invite(&ada, "soon@example.test", &[]).await;
    for stranger in [invited, UserId(uuid::Uuid::from_u128(7))] {
        let refused = stage
            .backend
            .add_members(&ada, all, &[ids[0], stranger], "", Intent::Save)
            .await;
        assert!(
            matches!(refused, Err(Error::Invalid(faults)) if faults.of(Field::Members) == Some(&Fault::UnknownUser))
        );
    }
}

#[sqlx::test]
async fn org_01_groups_and_policies_of_another_organization_do_not_exist(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let ours = group(&stage, &ada, "Ours", &[]).await;
    let policy = policy(
        &stage,
        &ada,
        "Ours",
        vec![rule(&[Role::CksViewer], &[ada.user], &[])],
    )
    .await;
    let eve = stage.founder("Difference Engines", "eve@other.test").await;
    let (backend, yes) = (&stage.backend, Intent::Confirmed);
    let not_found =
        |outcome: Result<(), Error>| assert!(matches!(outcome, Err(Error::NotFound)), "{outcome:?}");
    not_found(backend.find_group(&eve, ours, "", Cursor::Start).await.map(drop));
    not_found(backend.rename_group(&eve, ours, Version(0), ("Mine", "")).await);
    not_found(backend.delete_group(&eve, ours, yes).await.map(drop));
    not_found(
        backend
            .add_members(&eve, ours, &[eve.user], "", yes)
            .await
            .map(drop),
    );
    not_found(
        backend
            .remove_members(&eve, ours, &[ada.user], yes)
            .await
            .map(drop),
    );
    not_found(backend.find_policy(&eve, policy).await.map(drop));
    not_found(
        backend
            .delete_policy(&eve, policy, Version(0), yes)
            .await
            .map(drop),
    );
    not_found(backend.explain_person(&eve, ada.user).await.map(drop));
    let theirs = draft("Theirs", vec![rule(&[Role::CksViewer], &[eve.user], &[])]);
    not_found(
        backend
            .save_policy(&eve, Some((policy, Version(0))), &theirs, yes)
            .await
            .map(drop),
    );
    // Nor do they get anything by a policy of hers.
    for foreign in [
        rule(&[Role::IamAdmin], &[ada.user], &[]),
        rule(&[Role::IamAdmin], &[], &[ours]),
    ] {
        let refused = backend
            .save_policy(&eve, None, &draft("Theirs", vec![foreign]), yes)
            .await;
        let fault = Fault::UnknownPrincipal { rule: 1 };
        assert!(matches!(refused, Err(Error::Invalid(faults)) if faults.of(Field::Rules) == Some(&fault)));
    }
    assert!(
        change(
            &stage,
            &ada,
            policy,
            &draft("Ours", vec![rule(&[Role::CksViewer], &[ada.user], &[])])
        )
        .await
        .is_ok()
    );
    let groups = backend
        .list_group_page(&eve, &NameQuery::default())
        .await
        .unwrap();
    assert!(groups.groups.iter().all(|group| group.name != "Ours"));
    assert!(backend.offer_users(&eve, "ada").await.unwrap().is_empty());
    assert!(backend.offer_groups(&eve, "ours").await.unwrap().is_empty());
}
