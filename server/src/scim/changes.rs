//! What a request says of a person or a group. Attributes that we have none of are passed over: identity providers send
//! many.

use super::{
    ScimError,
    body::{Attributes, attribute, text, truth},
    operations::{Kind, Operation, operations},
};
use backend::scim::{GroupChange, MemberStep, NewPerson, PersonChange};
use domain::{ids::UserId, scim::MEMBERS_AT_ONCE};
use http::StatusCode;
use serde_json::Value;

fn read_only(name: &str) -> ScimError {
    ScimError::bad("mutability", format!("{name} can't be changed."))
}

fn optional<T>(
    body: &Attributes,
    name: &str,
    read: fn(&str, &Value) -> Result<T, ScimError>,
) -> Result<Option<T>, ScimError> {
    attribute(body, name).map(|value| read(name, value)).transpose()
}

fn names(body: &Attributes) -> Result<(Option<String>, Option<String>), ScimError> {
    match attribute(body, "name") {
        Some(Value::Object(name)) => Ok((
            optional(name, "givenName", text)?,
            optional(name, "familyName", text)?,
        )),
        None => Ok((None, None)),
        Some(_) => Err(ScimError::value("name is no object.")),
    }
}

/// An empty one is none.
fn external_id(body: &Attributes) -> Result<Option<String>, ScimError> {
    Ok(optional(body, "externalId", text)?.filter(|id| !id.is_empty()))
}

pub(super) fn new_person(body: &Attributes) -> Result<NewPerson, ScimError> {
    let (first, last) = names(body)?;
    Ok(NewPerson {
        user_name: optional(body, "userName", text)?.unwrap_or_default(),
        first,
        last,
        display: optional(body, "displayName", text)?,
        external_id: external_id(body)?,
        active: optional(body, "active", truth)?,
    })
}

/// A PUT. What it does not name stays, as RFC 7644 section 3.5.1 leaves to us.
pub(super) fn replaced_person(body: &Attributes) -> Result<PersonChange, ScimError> {
    let (first, last) = names(body)?;
    Ok(PersonChange {
        user_name: optional(body, "userName", text)?,
        first,
        last,
        external_id: external_id(body)?.map(Some),
        active: optional(body, "active", truth)?,
    })
}

pub(super) fn changed_person(body: &Attributes) -> Result<PersonChange, ScimError> {
    let mut change = PersonChange::default();
    for operation in operations(body)? {
        change_person(&mut change, &operation)?;
    }
    Ok(change)
}

fn change_person(change: &mut PersonChange, operation: &Operation) -> Result<(), ScimError> {
    let Some(path) = operation.path.own() else {
        return Ok(());
    };
    let (value, removes) = (&operation.value, operation.kind == Kind::Remove);
    match path {
        ("username" | "active" | "name", _) if removes => Err(read_only(&operation.path.attribute)),
        ("username", None) => {
            change.user_name = Some(text("userName", value)?);
            Ok(())
        }
        ("active", None) => {
            change.active = Some(truth("active", value)?);
            Ok(())
        }
        ("externalid", None) => {
            let id = if removes || value.is_null() {
                None
            } else {
                Some(text("externalId", value)?).filter(|id| !id.is_empty())
            };
            change.external_id = Some(id);
            Ok(())
        }
        ("name", Some("givenname")) => {
            change.first = Some(text("name.givenName", value)?);
            Ok(())
        }
        ("name", Some("familyname")) => {
            change.last = Some(text("name.familyName", value)?);
            Ok(())
        }
        ("name", None) => {
            let Value::Object(name) = value else {
                return Err(ScimError::value("name is no object."));
            };
            change.first = optional(name, "givenName", text)?.or_else(|| change.first.take());
            change.last = optional(name, "familyName", text)?.or_else(|| change.last.take());
            Ok(())
        }
        (name @ ("id" | "meta" | "groups"), _) if operation.is_named => Err(read_only(name)),
        _ => Ok(()),
    }
}

/// A POST.
pub(super) fn new_group(body: &Attributes) -> Result<GroupChange, ScimError> {
    let members = attribute(body, "members").map(users).transpose()?;
    Ok(GroupChange {
        name: optional(body, "displayName", text)?,
        external_id: external_id(body)?.map(Some),
        members: members.map(MemberStep::Add).into_iter().collect(),
    })
}

/// A PUT. What it does not name stays.
pub(super) fn replaced_group(body: &Attributes) -> Result<GroupChange, ScimError> {
    let members = attribute(body, "members").map(users).transpose()?;
    Ok(GroupChange {
        members: members.map(MemberStep::Replace).into_iter().collect(),
        ..new_group(body)?
    })
}

pub(super) fn changed_group(body: &Attributes) -> Result<GroupChange, ScimError> {
    let mut change = GroupChange::default();
    for operation in operations(body)? {
        change_group(&mut change, &operation)?;
    }
    let named = change.members.iter().map(|step| match step {
        MemberStep::Add(users) | MemberStep::Remove(users) | MemberStep::Replace(users) => users.len(),
    });
    if named.sum::<usize>() > MEMBERS_AT_ONCE {
        return Err(too_many());
    }
    Ok(change)
}

fn change_group(change: &mut GroupChange, operation: &Operation) -> Result<(), ScimError> {
    let Some(path) = operation.path.own() else {
        return Ok(());
    };
    let (value, removes) = (&operation.value, operation.kind == Kind::Remove);
    match path {
        ("displayname", None) if removes => Err(read_only("displayName")),
        ("displayname", None) => {
            change.name = Some(text("displayName", value)?);
            Ok(())
        }
        ("externalid", None) => {
            let id = if removes || value.is_null() {
                None
            } else {
                Some(text("externalId", value)?).filter(|id| !id.is_empty())
            };
            change.external_id = Some(id);
            Ok(())
        }
        ("members", None) => {
            change.members.push(member_step(operation)?);
            Ok(())
        }
        ("members", Some(_)) => Err(ScimError::bad(
            "invalidPath",
            "A member is added or removed, and not changed.",
        )),
        (name @ ("id" | "meta"), _) if operation.is_named => Err(read_only(name)),
        _ => Ok(()),
    }
}

fn member_step(operation: &Operation) -> Result<MemberStep, ScimError> {
    let value = &operation.value;
    match (operation.kind, &operation.path.of) {
        (Kind::Remove, Some((name, id))) if name == "value" => Ok(MemberStep::Remove(vec![user(id)?])),
        (_, Some(_)) => Err(ScimError::bad(
            "invalidPath",
            "One member is named only to be removed, by value eq.",
        )),
        (Kind::Add, None) => Ok(MemberStep::Add(users(value)?)),
        // Nobody is emptied by what was forgotten.
        (Kind::Replace, None) if value.is_null() => Err(ScimError::value(
            "members: Send the list of all members, or [] for none.",
        )),
        (Kind::Replace, None) => Ok(MemberStep::Replace(users(value)?)),
        // Entra ID names those who go as a value; nobody named is everybody.
        (Kind::Remove, None) if value.is_null() => Ok(MemberStep::Replace(Vec::new())),
        (Kind::Remove, None) => Ok(MemberStep::Remove(users(value)?)),
    }
}

/// The members that a value names: a list, or one.
fn users(value: &Value) -> Result<Vec<UserId>, ScimError> {
    let one = std::slice::from_ref(value);
    let all = value.as_array().map_or(one, Vec::as_slice);
    if all.len() > MEMBERS_AT_ONCE {
        return Err(too_many());
    }
    all.iter()
        .filter(|member| !member.is_null())
        .map(|member| match member {
            Value::String(id) => user(id),
            Value::Object(member) => {
                let kind = attribute(member, "type")
                    .and_then(Value::as_str)
                    .unwrap_or("User");
                if !kind.eq_ignore_ascii_case("user") {
                    return Err(ScimError::value(
                        "Members are people: groups have no groups in them.",
                    ));
                }
                user(&optional(member, "value", text)?.unwrap_or_default())
            }
            _ => Err(ScimError::value("A member is an object with a value.")),
        })
        .collect()
}

fn user(id: &str) -> Result<UserId, ScimError> {
    id.parse()
        .map_err(|_| ScimError::value("members: Somebody is named who is not here."))
}

fn too_many() -> ScimError {
    ScimError::of(StatusCode::PAYLOAD_TOO_LARGE).saying(format!(
        "One request names at most {MEMBERS_AT_ONCE} members. Send them in several."
    ))
}

#[cfg(test)]
#[path = "changes_tests.rs"]
mod tests;
