//! SCIM on a real database: tokens and switches, people, groups. What its requests look like is tried over HTTP.

mod deactivation;
mod groups;
mod people;
mod tokens;

use super::{Connection, NewPerson, PersonAsked, PersonChange, ScimPerson, Window};
use crate::{
    Caller, Error, Result,
    secret::Token,
    testing::{Stage, client},
};
use domain::{
    email_address::EmailAddress,
    field::{Fault, Field},
    ids::UserId,
    refusal::Refusal,
    scim::ScimPart,
    users::UserStatus,
};

const ALL: Window = Window { start: 1, count: 100 };

/// An identity provider whose people and groups are taken.
async fn connect(stage: &Stage, by: &Caller, name: &str) -> Connection {
    for part in ScimPart::ALL {
        stage.backend.switch_scim(by, part, true).await.expect("a switch");
    }
    let (_, secret) = stage.backend.create_scim_token(by, name).await.expect("a token");
    find(stage, by, &secret).await.expect("a connection")
}

async fn find(stage: &Stage, by: &Caller, secret: &Token) -> Option<Connection> {
    let org_id = by.org_id.as_str();
    let found = stage
        .backend
        .find_scim_connection(org_id, secret.expose(), client());
    found.await.expect("a database")
}

fn new(email: &str) -> NewPerson {
    NewPerson {
        user_name: email.into(),
        first: Some("Grace".into()),
        last: Some("Hopper".into()),
        external_id: Some(format!("external-{email}")),
        ..NewPerson::default()
    }
}

async fn add(stage: &Stage, by: &Connection, email: &str) -> Result<ScimPerson> {
    stage.backend.add_scim_person(by, &new(email)).await
}

/// Whoever SCIM finds under an address.
async fn look_up(stage: &Stage, by: &Connection, email: &str) -> Option<ScimPerson> {
    let asked = [PersonAsked::Address(
        EmailAddress::parse(email).expect("an address"),
    )];
    let page = stage
        .backend
        .list_scim_people(by, &asked, ALL)
        .await
        .expect("a page");
    assert_eq!(page.total, page.resources.len() as u64);
    page.resources.into_iter().next()
}

fn active(active: bool) -> PersonChange {
    PersonChange {
        active: Some(active),
        ..PersonChange::default()
    }
}

fn is_refused(outcome: &Result<ScimPerson>, why: Refusal) -> bool {
    match outcome {
        Err(Error::Refused(refusal)) => *refusal == why,
        Err(Error::Invalid(faults)) => faults.0 == [(Field::Email, Fault::Refused(why))],
        _ => false,
    }
}

async fn status(stage: &Stage, by: &Caller, user: UserId) -> UserStatus {
    stage.backend.find_user(by, user).await.unwrap().status
}
