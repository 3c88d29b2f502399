use super::{ALL, add, connect};
use crate::{
    Caller, Error,
    access::Intent,
    scim::{Connection, GroupAsked, GroupChange, MemberStep, ScimGroup},
    testing::{Stage, acceptance, client},
};
use domain::{
    access::{
        Role,
        policy::{PolicyDraft, RuleDraft},
    },
    field::{Fault, Field},
    ids::{GroupId, UserId},
    refusal::Refusal,
};
use sqlx::PgPool;

fn named(name: &str, members: &[UserId]) -> GroupChange {
    GroupChange {
        name: Some(name.into()),
        external_id: Some(Some(format!("external-{name}"))),
        members: vec![MemberStep::Add(members.to_vec())],
    }
}

fn members(step: MemberStep) -> GroupChange {
    GroupChange {
        members: vec![step],
        ..GroupChange::default()
    }
}

fn who(group: &ScimGroup) -> Vec<&str> {
    let members = group.members.as_ref().expect("members");
    members.iter().map(|member| member.email.as_str()).collect()
}

/// A policy by which members of the group hold a role.
async fn give(stage: &Stage, by: &Caller, group: GroupId, role: Role) {
    let draft = PolicyDraft {
        name: format!("{} for {group}", role.key()),
        description: String::new(),
        rules: vec![RuleDraft {
            roles: vec![role.into()],
            groups: vec![group],
            ..RuleDraft::default()
        }],
    };
    stage
        .backend
        .save_policy(by, None, &draft, Intent::Confirmed)
        .await
        .expect("a policy");
}

#[sqlx::test]
async fn a_membership_gives_what_policies_give_the_group_from_the_next_request_on(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let okta = connect(&stage, &ada, "Okta").await;
    let ben = stage.colleague(&ada, "ben@example.test", &[]).await;
    let group = stage
        .backend
        .add_scim_group(&okta, &named("Cluster team", &[ben.user]))
        .await
        .unwrap();
    assert_eq!(who(&group), ["ben@example.test"]);
    let holds = async || stage.again("ben@example.test").await.roles.holds(Role::CksAdmin);
    assert!(!holds().await);
    give(&stage, &ada, group.id, Role::CksAdmin).await;
    assert!(holds().await);
    let change = async |step| {
        stage
            .backend
            .change_scim_group(&okta, group.id, None, &members(step))
            .await
            .unwrap()
    };
    assert_eq!(who(&change(MemberStep::Remove(vec![ben.user])).await), [""; 0]);
    assert!(!holds().await);
    change(MemberStep::Replace(vec![ben.user, ada.user])).await;
    assert!(holds().await);
    assert_eq!(who(&change(MemberStep::Replace(vec![])).await), [""; 0]);
    // Again: nothing, and no entry.
    change(MemberStep::Remove(vec![ben.user])).await;
    let entries: i64 = sqlx::query_scalar(
        "select count(*) from audit where action = 'groups.change_members' and actor_label = 'SCIM: Okta'",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_eq!(entries, 4);
}

#[sqlx::test]
async fn whoever_is_invited_comes_into_the_group_on_acceptance(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let okta = connect(&stage, &ada, "Okta").await;
    let ben = add(&stage, &okta, "ben@example.test").await.unwrap();
    let cleo = add(&stage, &okta, "cleo@example.test").await.unwrap();
    let group = stage
        .backend
        .add_scim_group(&okta, &named("Team", &[ben.id, cleo.id]))
        .await
        .unwrap();
    assert_eq!(who(&group), ["ben@example.test", "cleo@example.test"]);
    let asked = [GroupAsked::Member(cleo.id)];
    let of_cleo = stage
        .backend
        .list_scim_groups(&okta, &asked, ALL, false)
        .await
        .unwrap();
    assert_eq!((of_cleo.total, &of_cleo.resources[0].members), (1, &None));
    let out = members(MemberStep::Remove(vec![cleo.id]));
    stage
        .backend
        .change_scim_group(&okta, group.id, None, &out)
        .await
        .unwrap();
    for user in [ben.id, cleo.id] {
        let link = stage.copy_link(&ada, user).await;
        stage
            .backend
            .accept_invitation(&client(), &link, acceptance())
            .await
            .unwrap();
    }
    let group = stage
        .backend
        .find_scim_group(&okta, group.id, true)
        .await
        .unwrap();
    assert_eq!(who(&group), ["ben@example.test"]);
}

#[sqlx::test]
async fn scim_keeps_the_groups_that_it_made_and_no_others(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let okta = connect(&stage, &ada, "Okta").await;
    let own = stage.backend.create_group(&ada, "Console", "").await.unwrap();
    let taken = [(Field::Name, Fault::Refused(Refusal::NameTaken))];
    for name in ["CONSOLE", "admin"] {
        let made = stage.backend.add_scim_group(&okta, &named(name, &[])).await;
        assert!(
            matches!(&made, Err(Error::Invalid(faults)) if faults.0 == taken),
            "{name}"
        );
    }
    let all = stage
        .backend
        .list_scim_groups(&okta, &[], ALL, true)
        .await
        .unwrap();
    assert_eq!(all.total, 0);
    assert!(matches!(
        stage.backend.find_scim_group(&okta, own, true).await,
        Err(Error::NotFound)
    ));
    let out = members(MemberStep::Add(vec![ada.user]));
    let change = stage.backend.change_scim_group(&okta, own, None, &out).await;
    assert!(matches!(change, Err(Error::NotFound)));
    let deleted = stage.backend.delete_scim_group(&okta, own, None).await;
    assert!(matches!(deleted, Err(Error::NotFound)));

    let eve = stage.founder("Others", "eve@other.test").await;
    let others = connect(&stage, &eve, "Okta").await;
    let theirs = stage
        .backend
        .add_scim_group(&others, &named("Console", &[]))
        .await
        .unwrap();
    let found = stage.backend.find_scim_group(&okta, theirs.id, true).await;
    assert!(matches!(found, Err(Error::NotFound)));
    let unknown = stage
        .backend
        .add_scim_group(&okta, &named("Team", &[eve.user]))
        .await;
    let expected = [(Field::Members, Fault::UnknownUser)];
    assert!(matches!(&unknown, Err(Error::Invalid(faults)) if faults.0 == expected));
    let all = stage
        .backend
        .list_scim_groups(&okta, &[], ALL, true)
        .await
        .unwrap();
    assert_eq!(all.total, 0);
}

#[sqlx::test]
async fn a_group_is_renamed_found_and_deleted(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let okta = connect(&stage, &ada, "Okta").await;
    let group = stage
        .backend
        .add_scim_group(&okta, &named("Team", &[ada.user]))
        .await
        .unwrap();
    let tag = group.entity_tag();
    let rename = GroupChange {
        name: Some("Crew".into()),
        ..GroupChange::default()
    };
    let change = async |tag: Option<&str>| {
        stage
            .backend
            .change_scim_group(&okta, group.id, tag, &rename)
            .await
    };
    assert_eq!(change(tag.as_deref()).await.unwrap().name, "Crew");
    let late = change(tag.as_deref()).await;
    assert!(matches!(late, Err(Error::Refused(Refusal::EditedMeanwhile))));
    let late = stage
        .backend
        .delete_scim_group(&okta, group.id, tag.as_deref())
        .await;
    assert!(matches!(late, Err(Error::Refused(Refusal::EditedMeanwhile))));
    for asked in [
        GroupAsked::Name("CREW".into()),
        GroupAsked::ExternalId("external-Team".into()),
        GroupAsked::Id(group.id),
        GroupAsked::Member(ada.user),
    ] {
        let found = stage
            .backend
            .list_scim_groups(&okta, &[asked], ALL, true)
            .await
            .unwrap();
        assert_eq!(
            (found.total, who(&found.resources[0])),
            (1, vec!["ada@example.test"])
        );
    }
    let none = stage
        .backend
        .list_scim_groups(&okta, &[GroupAsked::None], ALL, true)
        .await;
    assert_eq!(none.unwrap().total, 0);
    stage
        .backend
        .delete_scim_group(&okta, group.id, None)
        .await
        .unwrap();
    let gone = stage.backend.delete_scim_group(&okta, group.id, None).await;
    assert!(matches!(gone, Err(Error::NotFound)));
}

/// Ada is an administrator by a group that SCIM keeps, and by nothing else.
async fn by_group_alone(stage: &Stage) -> (Caller, Connection, GroupId) {
    let ada = stage.ada().await;
    let okta = connect(stage, &ada, "Okta").await;
    let group = stage
        .backend
        .add_scim_group(&okta, &named("Chiefs", &[ada.user]))
        .await
        .unwrap();
    give(stage, &ada, group.id, Role::IamAdmin).await;
    let groups = stage.backend.list_groups(&ada).await.unwrap();
    let built_in = groups.iter().find(|group| group.name == "admin").unwrap().id;
    stage
        .backend
        .remove_members(&ada, built_in, &[ada.user], Intent::Confirmed)
        .await
        .unwrap();
    (ada, okta, group.id)
}

#[sqlx::test]
async fn no_group_takes_the_last_administrator_with_it(pool: PgPool) {
    let stage = Stage::new(pool);
    let (ada, okta, group) = by_group_alone(&stage).await;
    let last = |error| matches!(error, Some(Error::Refused(Refusal::LastAdministrator)));
    for step in [MemberStep::Remove(vec![ada.user]), MemberStep::Replace(vec![])] {
        let change = stage
            .backend
            .change_scim_group(&okta, group, None, &members(step))
            .await;
        assert!(last(change.err()));
    }
    assert!(last(
        stage.backend.delete_scim_group(&okta, group, None).await.err()
    ));
    let (out, gone) = (members(MemberStep::Replace(vec![])), stage.backend.clone());
    let (one, other) = tokio::join!(
        stage.backend.change_scim_group(&okta, group, None, &out),
        gone.delete_scim_group(&okta, group, None)
    );
    assert!(last(one.err()) && last(other.err()));
    assert!(stage.again("ada@example.test").await.roles.holds(Role::IamAdmin));
}
