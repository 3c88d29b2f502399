use super::{add, connect, find};
use crate::{
    Error,
    mail::{
        Transport,
        testing::{MailServer, Received},
    },
    testing::{Stage, client},
};
use domain::{
    field::{Fault, Field},
    refusal::Refusal,
    scim::{MOST_SCIM_TOKENS, ScimPart},
};
use sqlx::PgPool;
use time::Duration;

#[sqlx::test]
async fn a_token_works_in_its_own_organization_until_it_is_deleted(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let eve = stage.founder("Others", "eve@other.test").await;
    let (id, secret) = stage.backend.create_scim_token(&ada, " Okta ").await.unwrap();
    let found = find(&stage, &ada, &secret).await.unwrap();
    assert_eq!((found.token, found.organization), (id, ada.organization));
    assert!(find(&stage, &eve, &secret).await.is_none());
    for wrong in ["", "usher_scim_", &secret.expose()[1..], "nothing"] {
        let found = stage
            .backend
            .find_scim_connection(ada.org_id.as_str(), wrong, client());
        assert!(found.await.unwrap().is_none(), "{wrong}");
    }
    let line = stage.backend.view_scim(&ada).await.unwrap().tokens.remove(0);
    assert_eq!((line.name.as_str(), line.maker_is_out), ("Okta", false));
    assert!(line.last_used.is_some());
    let foreign = stage.backend.delete_scim_token(&eve, id).await;
    assert!(matches!(foreign, Err(Error::NotFound)));
    stage.backend.delete_scim_token(&ada, id).await.unwrap();
    assert!(find(&stage, &ada, &secret).await.is_none());
    let again = stage.backend.delete_scim_token(&ada, id).await;
    assert!(matches!(again, Err(Error::NotFound)));
}

#[sqlx::test]
async fn what_was_under_way_does_not_happen_after_the_token_or_the_switch_is_gone(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let okta = connect(&stage, &ada, "Okta").await;
    stage
        .backend
        .switch_scim(&ada, ScimPart::Users, false)
        .await
        .unwrap();
    let off = add(&stage, &okta, "grace@example.test").await;
    assert!(matches!(off, Err(Error::Refused(Refusal::ScimUsersOff))));
    stage
        .backend
        .switch_scim(&ada, ScimPart::Users, true)
        .await
        .unwrap();
    stage.backend.delete_scim_token(&ada, okta.token).await.unwrap();
    let gone = add(&stage, &okta, "grace@example.test").await;
    assert!(matches!(gone, Err(Error::SignedOut)));
}

#[sqlx::test]
async fn a_closed_organization_takes_nothing(pool: PgPool) {
    let stage = Stage::new(pool);
    stage.ada().await;
    let eve = stage.founder("Others", "eve@other.test").await;
    let okta = connect(&stage, &eve, "Okta").await;
    let (_, secret) = stage.backend.create_scim_token(&eve, "Entra").await.unwrap();
    stage
        .backend
        .close_organization(&client(), eve.org_id.as_str())
        .await
        .unwrap();
    assert!(find(&stage, &eve, &secret).await.is_none());
    let late = add(&stage, &okta, "grace@example.test").await;
    assert!(matches!(late, Err(Error::NotFound)));
}

#[sqlx::test]
async fn only_an_iam_admin_who_proved_who_they_are_adds_a_token_and_all_are_told(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    stage.colleague(&ada, "grace@example.test", &["admin"]).await;
    let viewer = stage.colleague(&ada, "ben@example.test", &["read"]).await;
    let writer = stage.colleague(&ada, "cleo@example.test", &["write"]).await;
    let server = MailServer::start().await;
    let transport = Transport::from_url(&server.url()).unwrap();
    stage.backend.deliver_due_mails(&transport).await.unwrap();
    let (id, secret) = stage.backend.create_scim_token(&ada, "Okta").await.unwrap();
    stage.backend.deliver_due_mails(&transport).await.unwrap();
    for (email, told) in [
        ("ada@example.test", 1),
        ("grace@example.test", 1),
        ("ben@example.test", 0),
    ] {
        let mails = server.received_by(email);
        let texts: Vec<_> = mails.iter().map(Received::text).collect();
        assert!(texts.iter().all(|text| !text.contains(secret.expose())));
        let of_it = texts
            .iter()
            .filter(|text| text.contains("added the token Okta for SCIM"));
        assert_eq!(of_it.count(), told, "{email}");
    }
    let seen = stage.backend.view_scim(&viewer).await.unwrap();
    assert!(seen.tokens.len() == 1 && !seen.may_change);
    assert!(matches!(
        stage.backend.view_scim(&writer).await,
        Err(Error::Forbidden { .. })
    ));
    for other in [&viewer, &writer] {
        let made = stage.backend.create_scim_token(other, "Mine").await;
        assert!(matches!(made, Err(Error::Forbidden { .. })));
        let deleted = stage.backend.delete_scim_token(other, id).await;
        assert!(matches!(deleted, Err(Error::Forbidden { .. })));
        let switched = stage.backend.switch_scim(other, ScimPart::Users, true).await;
        assert!(matches!(switched, Err(Error::Forbidden { .. })));
    }
    stage.advance(Duration::minutes(6));
    let late = stage.backend.create_scim_token(&ada, "Another").await;
    let wanted = [(Field::CurrentPassword, Fault::ProofWanted)];
    assert!(matches!(&late, Err(Error::Invalid(faults)) if faults.0 == wanted));
}

#[sqlx::test]
async fn names_stand_once_and_there_are_only_so_many(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    for n in 0..MOST_SCIM_TOKENS {
        if n == 1 {
            let twice = stage.backend.create_scim_token(&ada, "OKTA 0").await;
            let taken = [(Field::Name, Fault::Refused(Refusal::NameTaken))];
            assert!(matches!(&twice, Err(Error::Invalid(faults)) if faults.0 == taken));
        }
        let name = format!("Okta {n}");
        stage.backend.create_scim_token(&ada, &name).await.unwrap();
    }
    let one_more = stage.backend.create_scim_token(&ada, "One more").await;
    assert!(matches!(
        one_more,
        Err(Error::Refused(Refusal::TooManyScimTokens))
    ));
}
