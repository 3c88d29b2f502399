//! The server functions of groups.

use crate::error::Result;
use domain::{
    access::{
        Preview,
        group::{GroupPage, GroupView},
        policy::{Choice, NameQuery, Version},
    },
    ids::{GroupId, UserId},
    users::Cursor,
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// All that the page of one group shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupDetails {
    pub view: GroupView,
    /// What the act that a dialog asks about would change, or why it can't be done.
    pub preview: Option<Result<Preview>>,
}

/// An act that a dialog of the group's page asks about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum GroupQuestion {
    Delete,
    Remove(UserId),
}

/// All that the page for new members shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewMembers {
    pub view: GroupView,
    pub chosen: Vec<Choice<UserId>>,
    /// What was found and is not chosen.
    pub found: Vec<Choice<UserId>>,
    /// What adding the chosen would change, or why it can't be done; `None` while nobody is chosen.
    pub preview: Option<Result<Preview>>,
}

#[server(endpoint = "groups/list")]
pub async fn list_groups(query: NameQuery) -> Result<GroupPage> {
    use crate::request;
    let (backend, caller) = request::signed_in()?;
    request::answer(backend.list_group_page(&caller, &query).await)
}

#[server(endpoint = "groups/find")]
pub async fn find_group(
    group: GroupId,
    #[server(default)] search: String,
    #[server(default)] cursor: Cursor,
    #[server(default)] question: Option<GroupQuestion>,
) -> Result<GroupDetails> {
    use crate::{error::AppError, request};
    use backend::access::Intent::Preview;
    let (backend, caller) = request::signed_in()?;
    let view = request::answer(backend.find_group(&caller, group, &search, cursor).await)?;
    let preview = match question {
        None => None,
        Some(GroupQuestion::Delete) => Some(backend.delete_group(&caller, group, Preview).await),
        Some(GroupQuestion::Remove(user)) => {
            Some(backend.remove_members(&caller, group, &[user], Preview).await)
        }
    };
    Ok(GroupDetails {
        view,
        preview: preview.map(|outcome| outcome.map_err(AppError::from)),
    })
}

#[server(endpoint = "groups/create")]
pub async fn create_group(name: String, #[server(default)] description: String) -> Result<()> {
    use crate::{notice::Notice, request, routes};
    let (backend, caller) = request::signed_in()?;
    let group = request::answer(backend.create_group(&caller, &name, &description).await)?;
    request::redirect_to(&Notice::GroupCreated.on(&routes::group(group)));
    Ok(())
}

#[server(endpoint = "groups/rename")]
pub async fn rename_group(
    group: GroupId,
    version: Version,
    name: String,
    #[server(default)] description: String,
) -> Result<()> {
    use crate::{notice::Notice, request};
    let (backend, caller) = request::signed_in()?;
    let words = (name.as_str(), description.as_str());
    request::answer(backend.rename_group(&caller, group, version, words).await)?;
    request::return_with(Notice::GroupRenamed);
    Ok(())
}

/// `seen`: the policies that name it were listed, and what its members lose.
#[server(endpoint = "groups/delete")]
pub async fn delete_group(group: GroupId, #[server(default)] seen: Option<u64>) -> Result<()> {
    use crate::{
        notice::Notice,
        request::{self, intent},
        routes,
    };
    let (backend, caller) = request::signed_in()?;
    request::answer(backend.delete_group(&caller, group, intent(seen)).await)?;
    request::redirect_to(&Notice::GroupDeleted.on(routes::GROUPS));
    Ok(())
}

/// People to choose from, and what choosing these would change.
#[server(endpoint = "groups/new_members")]
pub async fn look_for_members(
    group: GroupId,
    #[server(default)] search: String,
    #[server(default)] users: Vec<UserId>,
    #[server(default)] ends: String,
) -> Result<NewMembers> {
    use crate::{error::AppError, request};
    use backend::access::Intent::Preview;
    let (backend, caller) = request::signed_in()?;
    let view = request::answer(backend.find_group(&caller, group, "", Cursor::Start).await)?;
    let chosen = request::answer(backend.choices_of_people(&caller, &users).await)?;
    let mut found = request::answer(backend.offer_users(&caller, &search).await)?;
    found.retain(|person| !users.contains(&person.id));
    let preview = if users.is_empty() {
        None
    } else {
        Some(backend.add_members(&caller, group, &users, &ends, Preview).await)
    };
    Ok(NewMembers {
        view,
        chosen,
        found,
        preview: preview.map(|outcome| outcome.map_err(AppError::from)),
    })
}

/// `seen`: which changes were looked at, see [`Preview::fingerprint`]. `current_password`: for what makes somebody an IAM
/// Admin, where the last proof is too old.
#[server(endpoint = "groups/add_members")]
pub async fn add_members(
    group: GroupId,
    #[server(default)] users: Vec<UserId>,
    #[server(default)] ends: String,
    #[server(default)] seen: Option<u64>,
    #[server(default)] current_password: Option<String>,
) -> Result<()> {
    use crate::{
        notice::Notice,
        request::{self, intent},
        routes,
    };
    use backend::Error;
    use domain::field::Field;
    let (backend, caller) = request::signed_in_proving(current_password).await?;
    let added = backend
        .add_members(&caller, group, &users, &ends, intent(seen))
        .await;
    // The page of a form shows why, or what there is to confirm, with all who were chosen.
    let is_shown = match &added {
        // Said beside the button.
        Err(Error::Invalid(faults)) => faults.of(Field::CurrentPassword).is_none(),
        Err(Error::Refused(_)) => true,
        _ => false,
    };
    if is_shown && request::is_plain_form() && !users.is_empty() {
        request::redirect_to(&routes::chosen_members(group, &users, &ends));
        return Ok(());
    }
    request::answer(added)?;
    request::redirect_to(&Notice::MembersAdded.on(&routes::group(group)));
    Ok(())
}

#[server(endpoint = "groups/remove_members")]
pub async fn remove_members(
    group: GroupId,
    #[server(default)] users: Vec<UserId>,
    #[server(default)] seen: Option<u64>,
) -> Result<()> {
    use crate::{
        notice::Notice,
        request::{self, intent},
    };
    let (backend, caller) = request::signed_in()?;
    request::answer(backend.remove_members(&caller, group, &users, intent(seen)).await)?;
    request::return_with(Notice::MembersRemoved);
    Ok(())
}

/// People whose name or address has this in it, for a choice while typing.
#[server(endpoint = "access/offer_users")]
pub async fn offer_users(search: String) -> Result<Vec<Choice<UserId>>> {
    use crate::request;
    let (backend, caller) = request::signed_in()?;
    request::answer(backend.offer_users(&caller, &search).await)
}

/// Groups whose name has this in it, for a choice while typing.
#[server(endpoint = "access/offer_groups")]
pub async fn offer_groups(search: String) -> Result<Vec<Choice<GroupId>>> {
    use crate::request;
    let (backend, caller) = request::signed_in()?;
    request::answer(backend.offer_groups(&caller, &search).await)
}
