use super::{ALL, active, add, connect, is_refused, look_up, new, status};
use crate::{
    Error,
    scim::{NewPerson, PersonAsked, PersonChange, Window},
    sso::tests::{deploy, sign_in},
    testing::{Stage, acceptance, client},
};
use domain::{
    field::{Fault, Field},
    refusal::Refusal,
    users::UserStatus,
};
use sqlx::PgPool;
use std::slice;

#[sqlx::test]
async fn whoever_comes_by_single_sign_on_is_active_at_once_and_everybody_else_is_invited(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let okta = connect(&stage, &ada, "Okta").await;
    let before = add(&stage, &okta, "ben@example.test").await.unwrap();
    assert!(before.active && before.display() == "Grace Hopper");
    assert_eq!(status(&stage, &ada, before.id).await, UserStatus::Invited);

    deploy(&stage.backend, &ada).await;
    let grace = add(&stage, &okta, "Grace@example.test").await.unwrap();
    assert_eq!(grace.external_id.as_deref(), Some("external-Grace@example.test"));
    assert_eq!(status(&stage, &ada, grace.id).await, UserStatus::Active);
    // It admits no such domain.
    let cleo = add(&stage, &okta, "cleo@elsewhere.test").await.unwrap();
    assert_eq!(status(&stage, &ada, cleo.id).await, UserStatus::Invited);

    let session = sign_in(&stage.backend, &ada, "grace@example.test").await;
    let caller = stage.caller(&session).await.unwrap();
    assert_eq!((caller.user, caller.name()), (grace.id, "Grace Hopper".into()));
    assert!(caller.roles.is_empty());
    let actor: Vec<(String, String, String)> = sqlx::query_as(
        "select actor_kind, actor_label, action from audit where actor_kind = 'scim' and target_id = $1",
    )
    .bind(grace.id.0)
    .fetch_all(&pool)
    .await
    .unwrap();
    assert_eq!(
        actor,
        [("scim".into(), "SCIM: Okta".into(), "scim.add_person".into())]
    );
}

#[sqlx::test]
async fn an_invitation_by_scim_is_accepted_as_any_other(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let okta = connect(&stage, &ada, "Okta").await;
    let ben = add(&stage, &okta, "ben@example.test").await.unwrap();
    let link = stage.copy_link(&ada, ben.id).await;
    let accepted = stage
        .backend
        .accept_invitation(&client(), &link, acceptance())
        .await;
    assert!(stage.caller(&accepted.unwrap()).await.is_some());
    let seen = look_up(&stage, &okta, "ben@example.test").await.unwrap();
    assert_eq!((seen.id, seen.display()), (ben.id, "Ben Babbage".into()));
}

#[sqlx::test]
async fn of_two_who_add_an_address_at_once_one_does(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let eve = stage.founder("Others", "eve@other.test").await;
    let okta = connect(&stage, &ada, "Okta").await;
    let entra = connect(&stage, &ada, "Entra").await;
    let others = connect(&stage, &eve, "Okta").await;
    deploy(&stage.backend, &ada).await;
    let (one, other) = tokio::join!(
        add(&stage, &okta, "grace@example.test"),
        add(&stage, &entra, "GRACE@example.test")
    );
    assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
    let lost = if one.is_ok() { other } else { one };
    assert!(is_refused(&lost, Refusal::AlreadyMember));
    let (one, other) = tokio::join!(
        add(&stage, &okta, "ben@example.test"),
        add(&stage, &others, "ben@example.test")
    );
    assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
    let lost = if one.is_ok() { other } else { one };
    assert!(is_refused(&lost, Refusal::AddressTaken));
}

#[sqlx::test]
async fn people_of_another_organization_are_not_there_and_their_addresses_only_taken(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let eve = stage.founder("Others", "eve@other.test").await;
    let okta = connect(&stage, &ada, "Okta").await;
    let taken = add(&stage, &okta, "eve@other.test").await;
    assert!(is_refused(&taken, Refusal::AddressTaken));
    let found = stage.backend.find_scim_person(&okta, eve.user).await;
    assert!(matches!(found, Err(Error::NotFound)));
    let change = stage
        .backend
        .change_scim_person(&okta, eve.user, None, &active(false))
        .await;
    assert!(matches!(change, Err(Error::NotFound)));
    let deleted = stage.backend.delete_scim_person(&okta, eve.user, None).await;
    assert!(matches!(deleted, Err(Error::NotFound)));
    // Whoever gets that answer often is searching.
    let mut asked = 1;
    while !matches!(
        add(&stage, &okta, "eve@other.test").await,
        Err(Error::TooManyAttempts { .. })
    ) {
        asked += 1;
        assert!(asked < 1_000);
    }
    let free = add(&stage, &okta, "nobody@example.test").await;
    assert!(matches!(free, Err(Error::TooManyAttempts { .. })));
}

#[sqlx::test]
async fn names_and_external_ids_change_and_the_address_stays(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let ben = stage.colleague(&ada, "ben@example.test", &[]).await;
    let okta = connect(&stage, &ada, "Okta").await;
    let tag = stage
        .backend
        .find_scim_person(&okta, ben.user)
        .await
        .unwrap()
        .entity_tag();
    let renamed = PersonChange {
        user_name: Some("BEN@example.test".into()),
        last: Some("Herschel".into()),
        external_id: Some(Some("00u1".into())),
        ..PersonChange::default()
    };
    let change = async |tag: Option<&str>, change: &PersonChange| {
        stage
            .backend
            .change_scim_person(&okta, ben.user, tag, change)
            .await
    };
    let changed = change(Some(&tag), &renamed).await.unwrap();
    assert_eq!(
        (changed.display(), changed.email.as_str()),
        ("Ben Herschel".into(), "ben@example.test")
    );
    assert!(is_refused(
        &change(Some(&tag), &renamed).await,
        Refusal::EditedMeanwhile
    ));
    // Nothing new leaves no trace.
    assert_eq!(change(Some("*"), &renamed).await.unwrap(), changed);
    let entries: i64 = sqlx::query_scalar("select count(*) from audit where action = 'scim.edit_person'")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(entries, 1);

    let moved = PersonChange {
        user_name: Some("other@example.test".into()),
        first: Some("Other".into()),
        active: Some(false),
        ..PersonChange::default()
    };
    assert!(is_refused(&change(None, &moved).await, Refusal::ScimAddressStays));
    assert_eq!(
        stage.backend.find_scim_person(&okta, ben.user).await.unwrap(),
        changed
    );
    let signed_in = stage.again("ben@example.test").await;
    assert_eq!(signed_in.name(), "Ben Herschel");
}

#[sqlx::test]
async fn what_is_no_person_is_not_added(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let okta = connect(&stage, &ada, "Okta").await;
    deploy(&stage.backend, &ada).await;
    let add = async |new: NewPerson| stage.backend.add_scim_person(&okta, &new).await;
    let inactive = NewPerson {
        active: Some(false),
        ..new("grace@example.test")
    };
    assert!(is_refused(&add(inactive).await, Refusal::ScimNewIsActive));
    let nameless = NewPerson {
        first: None,
        last: None,
        ..new("grace@example.test")
    };
    let missing = [
        (Field::FirstName, Fault::Missing),
        (Field::LastName, Fault::Missing),
    ];
    assert!(matches!(&add(nameless).await, Err(Error::Invalid(faults)) if faults.0 == missing));
    let elsewhere = NewPerson {
        first: None,
        last: None,
        ..new("grace@elsewhere.test")
    };
    assert!(add(elsewhere).await.unwrap().first.is_empty());
    let wrong = add(new("grace")).await;
    let expected = [(Field::Email, Fault::NotAnAddress)];
    assert!(matches!(&wrong, Err(Error::Invalid(faults)) if faults.0 == expected));
}

#[sqlx::test]
async fn people_are_found_and_paged_in_the_order_in_which_they_came(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let okta = connect(&stage, &ada, "Okta").await;
    deploy(&stage.backend, &ada).await;
    let mut ids = vec![ada.user];
    for n in 0..5 {
        stage.advance(time::Duration::seconds(1));
        ids.push(
            add(&stage, &okta, &format!("person{n}@example.test"))
                .await
                .unwrap()
                .id,
        );
    }
    let page = async |start, count| {
        let window = Window { start, count };
        let page = stage.backend.list_scim_people(&okta, &[], window).await.unwrap();
        assert_eq!(page.total, 6);
        page.resources.iter().map(|person| person.id).collect::<Vec<_>>()
    };
    assert_eq!([page(1, 4).await, page(5, 4).await].concat(), ids);
    assert!(page(7, 4).await.is_empty() && page(1, 0).await.is_empty());

    let find = async |asked: &[PersonAsked]| {
        let page = stage.backend.list_scim_people(&okta, asked, ALL).await.unwrap();
        page.resources.iter().map(|person| person.id).collect::<Vec<_>>()
    };
    let external = PersonAsked::ExternalId("external-person0@example.test".into());
    assert_eq!(find(slice::from_ref(&external)).await, ids[1..2]);
    assert_eq!(find(&[external, PersonAsked::Id(ids[2])]).await, []);
    assert_eq!(find(&[PersonAsked::Name("ADA Lovelace".into())]).await, ids[..1]);
    sqlx::query("update users set first_name = 'İbrahim', last_name = 'ΝΙΚΟΣ' where id = $1")
        .bind(ids[1].0)
        .execute(&pool)
        .await
        .unwrap();
    assert_eq!(
        find(&[PersonAsked::Name("İbrahim ΝΙΚΟΣ".into())]).await,
        ids[1..2]
    );
    assert_eq!(find(&[PersonAsked::Nobody]).await, []);
    stage
        .backend
        .change_scim_person(&okta, ids[3], None, &active(false))
        .await
        .unwrap();
    assert_eq!(find(&[PersonAsked::Active(false)]).await, ids[3..4]);
    assert_eq!(find(&[PersonAsked::Active(true)]).await.len(), 5);
}
