//! `/Users`.

use super::{
    ScimError,
    body::Body,
    by::{By, Named, if_match},
    changes::{changed_person, new_person, replaced_person},
    filter::Condition,
    list::{Asked, not_understood, page},
    resource::{Resource, answer},
};
use crate::Console;
use axum::{extract::State, response::Response};
use backend::scim::{Connection, PersonAsked, PersonChange};
use domain::{email_address::EmailAddress, ids::UserId};
use http::{HeaderMap, StatusCode};

type Answer = Result<Response, ScimError>;

/// What a condition asks. A value that nobody can have is no fault of the filter: nobody is found.
fn asked(condition: &Condition) -> Result<PersonAsked, ScimError> {
    let value = condition.value.as_str();
    let path = condition.path.own().ok_or_else(not_understood)?;
    let of = condition.path.of.as_ref();
    let is_work = of.is_none_or(|(name, value)| name == "type" && value == "work");
    Ok(match path {
        ("id", None) if of.is_none() => value.parse().map_or(PersonAsked::Nobody, PersonAsked::Id),
        ("username", None) if of.is_none() => address(value),
        ("emails", None | Some("value")) if is_work => address(value),
        ("externalid", None) if of.is_none() => PersonAsked::ExternalId(storable(value)),
        ("displayname", None) if of.is_none() => PersonAsked::Name(storable(value)),
        ("active", None) if of.is_none() => match value {
            "true" => PersonAsked::Active(true),
            "false" => PersonAsked::Active(false),
            _ => return Err(not_understood()),
        },
        _ => return Err(not_understood()),
    })
}

fn address(value: &str) -> PersonAsked {
    EmailAddress::parse(value).map_or(PersonAsked::Nobody, PersonAsked::Address)
}

/// PostgreSQL has no text with this in it, and so has nobody.
pub(super) fn storable(value: &str) -> String {
    value.replace('\0', "\u{fffd}")
}

pub(super) async fn list(State(console): State<Console>, By(by): By, query: Asked) -> Answer {
    let conditions: Result<Vec<_>, _> = query.conditions.iter().map(asked).collect();
    let found = console
        .backend
        .list_scim_people(&by, &conditions?, query.window)
        .await?;
    let listed = found
        .resources
        .iter()
        .map(|person| Resource::user(&console, &by, person).listed(&query.shown));
    let listed: Vec<_> = listed.collect();
    Ok(answer(StatusCode::OK, &page(&found, query.window, &listed)))
}

pub(super) async fn find(
    State(console): State<Console>,
    By(by): By,
    Named(user): Named<UserId>,
    query: Asked,
    headers: HeaderMap,
) -> Answer {
    let person = console.backend.find_scim_person(&by, user).await?;
    Ok(Resource::user(&console, &by, &person).found(&query.shown, &headers))
}

pub(super) async fn add(State(console): State<Console>, By(by): By, Body(body): Body) -> Answer {
    let person = console.backend.add_scim_person(&by, &new_person(&body)?).await?;
    Ok(Resource::user(&console, &by, &person).made())
}

async fn apply(
    console: &Console,
    by: &Connection,
    user: UserId,
    headers: &HeaderMap,
    change: &PersonChange,
) -> Answer {
    let person = console
        .backend
        .change_scim_person(by, user, if_match(headers), change)
        .await?;
    Ok(Resource::user(console, by, &person).changed())
}

pub(super) async fn replace(
    State(console): State<Console>,
    By(by): By,
    Named(user): Named<UserId>,
    headers: HeaderMap,
    Body(body): Body,
) -> Answer {
    apply(&console, &by, user, &headers, &replaced_person(&body)?).await
}

pub(super) async fn change(
    State(console): State<Console>,
    By(by): By,
    Named(user): Named<UserId>,
    headers: HeaderMap,
    Body(body): Body,
) -> Answer {
    apply(&console, &by, user, &headers, &changed_person(&body)?).await
}

pub(super) async fn delete(
    State(console): State<Console>,
    By(by): By,
    Named(user): Named<UserId>,
    headers: HeaderMap,
) -> Result<StatusCode, ScimError> {
    console
        .backend
        .delete_scim_person(&by, user, if_match(&headers))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
