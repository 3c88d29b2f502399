//! `/Groups`: those that SCIM made.

use super::{
    ScimError,
    body::Body,
    by::{By, Named, if_match},
    changes::{changed_group, new_group, replaced_group},
    filter::Condition,
    list::{Asked, not_understood, page},
    resource::{Resource, answer},
    users::storable,
};
use crate::Console;
use axum::{extract::State, response::Response};
use backend::scim::GroupAsked;
use domain::ids::GroupId;
use http::{HeaderMap, StatusCode};

type Answer = Result<Response, ScimError>;

fn asked(condition: &Condition) -> Result<GroupAsked, ScimError> {
    let value = condition.value.as_str();
    let path = condition.path.own().ok_or_else(not_understood)?;
    if condition.path.of.is_some() {
        return Err(not_understood());
    }
    Ok(match path {
        ("id", None) => value.parse().map_or(GroupAsked::None, GroupAsked::Id),
        ("displayname", None) => GroupAsked::Name(storable(value)),
        ("externalid", None) => GroupAsked::ExternalId(storable(value)),
        ("members", None | Some("value")) => value.parse().map_or(GroupAsked::None, GroupAsked::Member),
        _ => return Err(not_understood()),
    })
}

pub(super) async fn list(State(console): State<Console>, By(by): By, query: Asked) -> Answer {
    let conditions: Result<Vec<_>, _> = query.conditions.iter().map(asked).collect();
    let with_members = query.shown.has("members");
    let found = console
        .backend
        .list_scim_groups(&by, &conditions?, query.window, with_members)
        .await?;
    let listed = found
        .resources
        .iter()
        .map(|group| Resource::group(&console, &by, group).listed(&query.shown));
    let listed: Vec<_> = listed.collect();
    Ok(answer(StatusCode::OK, &page(&found, query.window, &listed)))
}

pub(super) async fn find(
    State(console): State<Console>,
    By(by): By,
    Named(group): Named<GroupId>,
    query: Asked,
    headers: HeaderMap,
) -> Answer {
    let with_members = query.shown.has("members");
    let group = console.backend.find_scim_group(&by, group, with_members).await?;
    Ok(Resource::group(&console, &by, &group).found(&query.shown, &headers))
}

pub(super) async fn add(State(console): State<Console>, By(by): By, Body(body): Body) -> Answer {
    let group = console.backend.add_scim_group(&by, &new_group(&body)?).await?;
    Ok(Resource::group(&console, &by, &group).made())
}

pub(super) async fn replace(
    State(console): State<Console>,
    By(by): By,
    Named(group): Named<GroupId>,
    headers: HeaderMap,
    Body(body): Body,
) -> Answer {
    let change = replaced_group(&body)?;
    let group = console
        .backend
        .change_scim_group(&by, group, if_match(&headers), &change)
        .await?;
    Ok(Resource::group(&console, &by, &group).changed())
}

/// Answered without the group, which may have very many members: Entra ID wants it so, and Okta takes it.
pub(super) async fn change(
    State(console): State<Console>,
    By(by): By,
    Named(group): Named<GroupId>,
    headers: HeaderMap,
    Body(body): Body,
) -> Result<StatusCode, ScimError> {
    let change = changed_group(&body)?;
    console
        .backend
        .patch_scim_group(&by, group, if_match(&headers), &change)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn delete(
    State(console): State<Console>,
    By(by): By,
    Named(group): Named<GroupId>,
    headers: HeaderMap,
) -> Result<StatusCode, ScimError> {
    console
        .backend
        .delete_scim_group(&by, group, if_match(&headers))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
