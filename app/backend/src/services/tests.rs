use crate::{
    Error,
    mail::{
        Transport,
        testing::{MailServer, Received},
    },
    testing::Stage,
};
use domain::{
    field::{Fault, Field},
    refusal::Refusal,
    services::MOST_SERVICES,
};
use sqlx::PgPool;
use time::Duration;

#[sqlx::test]
async fn a_service_is_known_by_its_secret_and_under_no_other_name(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let (id, secret) = stage
        .backend
        .create_service(&ada, " Deploy server ")
        .await
        .unwrap();
    let find =
        async |name: Option<&str>, secret: &str| stage.backend.find_service(name, secret).await.unwrap();
    let found = find(None, secret.expose()).await.unwrap();
    assert_eq!((found.id, found.organization), (id, ada.organization));
    assert!(find(Some(&id.to_string()), secret.expose()).await.is_some());
    for other in ["", "Deploy server", &ada.user.to_string()] {
        assert!(find(Some(other), secret.expose()).await.is_none(), "{other}");
    }
    let mut wrong = secret.expose().to_owned();
    wrong.pop();
    assert!(find(None, &wrong).await.is_none());

    let listed = stage
        .backend
        .list_services(&ada)
        .await
        .unwrap()
        .services
        .remove(0);
    assert_eq!(
        (listed.name.as_str(), listed.created_by.as_str()),
        ("Deploy server", "Ada Lovelace")
    );
    assert!(listed.last_used.is_some() && !listed.maker_is_out);
    stage.backend.delete_service(&ada, id).await.unwrap();
    assert!(find(None, secret.expose()).await.is_none());
    assert!(matches!(
        stage.backend.delete_service(&ada, id).await,
        Err(Error::NotFound)
    ));
}

#[sqlx::test]
async fn administrators_are_told_of_a_new_service_and_not_of_its_secret(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    stage.colleague(&ada, "grace@example.test", &["admin"]).await;
    stage.colleague(&ada, "ben@example.test", &["write"]).await;
    let server = MailServer::start().await;
    let transport = Transport::from_url(&server.url()).unwrap();
    stage.backend.deliver_due_mails(&transport).await.unwrap();
    let (_, secret) = stage.backend.create_service(&ada, "Gateway").await.unwrap();
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
            .filter(|text| text.contains("added the service Gateway"));
        assert_eq!(of_it.count(), told, "{email}");
    }
}

#[sqlx::test]
async fn names_stand_once_and_an_organization_has_only_so_many(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let eve = stage.founder("Others", "eve@other.test").await;
    stage.backend.create_service(&eve, "Deploy").await.unwrap();
    for n in 0..MOST_SERVICES {
        let name = format!("Deploy {n}");
        stage
            .backend
            .create_service(&ada, name.trim_end_matches(" 0"))
            .await
            .unwrap();
    }
    let one_more = stage.backend.create_service(&ada, "One more").await;
    assert!(matches!(one_more, Err(Error::Refused(Refusal::TooManyServices))));
    let twice = stage.backend.create_service(&eve, "DEPLOY").await;
    let taken = [(Field::Name, Fault::Refused(Refusal::NameTaken))];
    assert!(
        matches!(&twice, Err(Error::Invalid(faults)) if faults.0 == taken),
        "{twice:?}"
    );
}

#[sqlx::test]
async fn a_service_stays_when_its_maker_goes_and_says_so(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let grace = stage.colleague(&ada, "grace@example.test", &["admin"]).await;
    let (_, secret) = stage.backend.create_service(&grace, "Deploy").await.unwrap();
    stage.backend.deactivate_user(&ada, grace.user, "").await.unwrap();
    assert!(
        stage
            .backend
            .find_service(None, secret.expose())
            .await
            .unwrap()
            .is_some()
    );
    assert!(stage.backend.list_services(&ada).await.unwrap().services[0].maker_is_out);
}

#[sqlx::test]
async fn only_an_iam_admin_who_proved_who_they_are_adds_services(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let viewer = stage.colleague(&ada, "ben@example.test", &["read"]).await;
    let writer = stage.colleague(&ada, "cleo@example.test", &["write"]).await;
    let (id, _) = stage.backend.create_service(&ada, "Deploy").await.unwrap();
    let seen = stage.backend.list_services(&viewer).await.unwrap();
    assert!(seen.services.len() == 1 && !seen.may_change);
    for other in [&viewer, &writer] {
        let made = stage.backend.create_service(other, "Mine").await;
        assert!(matches!(made, Err(Error::Forbidden { .. })));
        let deleted = stage.backend.delete_service(other, id).await;
        assert!(matches!(deleted, Err(Error::Forbidden { .. })));
    }
    assert!(matches!(
        stage.backend.list_services(&writer).await,
        Err(Error::Forbidden { .. })
    ));
    let eve = stage.founder("Others", "eve@other.test").await;
    assert!(matches!(
        stage.backend.delete_service(&eve, id).await,
        Err(Error::NotFound)
    ));
    stage.advance(Duration::minutes(6));
    let late = stage.backend.create_service(&ada, "Another").await;
    let wanted = [(Field::CurrentPassword, Fault::ProofWanted)];
    assert!(matches!(&late, Err(Error::Invalid(faults)) if faults.0 == wanted));
}

#[sqlx::test]
async fn services_of_a_closed_organization_are_refused(pool: PgPool) {
    let stage = Stage::new(pool);
    stage.ada().await;
    let eve = stage.founder("Others", "eve@other.test").await;
    let (_, secret) = stage.backend.create_service(&eve, "Deploy").await.unwrap();
    let client = crate::Client::command_line();
    stage
        .backend
        .close_organization(&client, eve.org_id.as_str())
        .await
        .unwrap();
    assert!(
        stage
            .backend
            .find_service(None, secret.expose())
            .await
            .unwrap()
            .is_none()
    );
}
