//! The server functions of people.

use crate::error::Result;
use domain::{
    ids::UserId,
    users::{GroupOption, UserPage, UserQuery, UserSummary},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// All that the page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Users {
    pub page: UserPage,
    pub groups: Vec<GroupOption>,
    /// The person that a dialog is about.
    pub chosen: Option<UserSummary>,
}

#[server(endpoint = "users/list")]
pub async fn list_users(query: UserQuery, chosen: Option<UserId>) -> Result<Users> {
    use crate::request;
    let (backend, caller) = request::signed_in()?;
    let page = request::answer(backend.list_users(&caller, &query).await)?;
    let groups = request::answer(backend.list_groups(&caller).await)?;
    let chosen = match chosen {
        // Somebody who is gone has no dialog; the list is still there.
        Some(user) => match backend.find_user(&caller, user).await {
            Err(backend::Error::NotFound) => None,
            found => Some(request::answer(found)?),
        },
        None => None,
    };
    Ok(Users { page, groups, chosen })
}

#[server(endpoint = "users/deactivate")]
pub async fn deactivate_user(user: UserId) -> Result<()> {
    use crate::{notice::Notice, request};
    let (backend, caller) = request::signed_in()?;
    request::answer(backend.deactivate_user(&caller, user).await)?;
    request::return_with(Notice::Deactivated);
    Ok(())
}

/// The offer in the dialog when whoever is invited is deactivated.
#[server(endpoint = "users/reactivate_by_email")]
pub async fn reactivate_by_email(email: String) -> Result<()> {
    use crate::{notice::Notice, request};
    let (backend, caller) = request::signed_in()?;
    let user = request::answer(backend.find_user_by_email(&caller, &email).await)?;
    request::answer(backend.reactivate_user(&caller, user).await)?;
    request::return_with(Notice::Reactivated);
    Ok(())
}

#[server(endpoint = "users/reactivate")]
pub async fn reactivate_user(user: UserId) -> Result<()> {
    use crate::{notice::Notice, request};
    let (backend, caller) = request::signed_in()?;
    request::answer(backend.reactivate_user(&caller, user).await)?;
    request::return_with(Notice::Reactivated);
    Ok(())
}
