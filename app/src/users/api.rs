//! The server functions of people.

use crate::{error::Result, still::Unsent};
use domain::{
    access::{Named, Preview, explain::PersonAccess},
    identities::PersonMethods,
    ids::{PolicyId, UserId},
    sessions::SessionLine,
    tokens::PersonTokens,
    users::{GroupOption, StatusVersion, UserPage, UserQuery, UserSummary},
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
    /// What deactivating them would take from whom, or why it can't be done; for an active one, told to whoever may.
    pub deactivation: Option<Result<Preview>>,
}

/// The same as it travels.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ShownUsers {
    pub page: Unsent<UserPage>,
    pub groups: Vec<GroupOption>,
    pub chosen: Option<UserSummary>,
    pub deactivation: Option<Result<Preview>>,
}

impl From<Users> for ShownUsers {
    fn from(users: Users) -> Self {
        Self {
            page: Unsent::new(users.page),
            groups: users.groups,
            chosen: users.chosen,
            deactivation: users.deactivation,
        }
    }
}

/// All that the page of one person shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonDetails {
    pub access: PersonAccess,
    /// Those that name them or a group of theirs.
    pub policies: Vec<Named<PolicyId>>,
    pub sessions: Vec<SessionLine>,
    pub methods: PersonMethods,
    pub tokens: PersonTokens,
    pub two_factor: bool,
    pub is_self: bool,
    /// Whether what matters asks whoever looks for their password.
    pub wants_proof: bool,
}

#[server(endpoint = "users/list")]
pub async fn list_users(query: UserQuery, chosen: Option<UserId>) -> Result<Users> {
    use crate::{error::AppError, request};
    use domain::{access::Action, users::UserStatus};
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
    let asks = chosen.as_ref().filter(|user| user.status == UserStatus::Active);
    let deactivation = match asks.filter(|_| caller.may(Action::DeactivateUser)) {
        Some(user) => Some(
            backend
                .preview_deactivation(&caller, user.id)
                .await
                .map_err(AppError::from),
        ),
        None => None,
    };
    Ok(Users {
        page,
        groups,
        chosen,
        deactivation,
    })
}

#[server(endpoint = "users/find")]
pub async fn find_person(user: UserId) -> Result<PersonDetails> {
    use crate::request;
    let (backend, caller) = request::signed_in()?;
    let summary = request::answer(backend.find_user(&caller, user).await)?;
    Ok(PersonDetails {
        methods: request::answer(backend.sign_in_methods(&caller, user).await)?,
        tokens: request::answer(backend.tokens_of(&caller, user).await)?,
        two_factor: summary.two_factor,
        is_self: summary.is_self,
        wants_proof: !backend.is_proved(&caller),
        access: request::answer(backend.explain_person(&caller, user).await)?,
        policies: request::answer(backend.policies_naming(&caller, user).await)?,
        sessions: request::answer(backend.list_sessions(&caller, user).await)?,
    })
}

/// `reason`: for the other administrators, one line or nothing. `undoes`: the reactivation that it takes back.
/// `also_delete`: the box for their access tokens, which was ticked.
#[server(endpoint = "users/deactivate")]
pub async fn deactivate_user(
    user: UserId,
    #[server(default)] reason: String,
    #[server(default)] undoes: Option<StatusVersion>,
    #[server(default)] also_delete: Option<String>,
) -> Result<()> {
    use super::undo::Undo;
    use crate::{notice::Notice, request};
    let (backend, caller) = request::signed_in()?;
    let done = match undoes {
        Some(version) => backend.undo_reactivation(&caller, user, &reason, version).await,
        None if also_delete.is_some() => {
            backend
                .deactivate_user_deleting_tokens(&caller, user, &reason)
                .await
        }
        None => backend.deactivate_user(&caller, user, &reason).await,
    };
    // Whoever deactivated themselves is out: there is nobody to undo it.
    if let Some(version) = request::answer(done)?.filter(|_| user != caller.user) {
        request::leave_values(Undo::KEY, Undo::Deactivation { user, version }.values())?;
    }
    request::return_with(Notice::Deactivated);
    Ok(())
}

/// The offer in the dialog when whoever is invited is deactivated.
#[server(endpoint = "users/reactivate_by_email")]
pub async fn reactivate_by_email(email: String) -> Result<()> {
    use crate::request;
    let (backend, caller) = request::signed_in()?;
    let user = request::answer(backend.find_user_by_email(&caller, &email).await)?;
    let taken_back = request::answer(backend.reactivate_user(&caller, user).await)?;
    request::reactivated(user, taken_back)
}

/// `undoes`: the deactivation that it takes back.
#[server(endpoint = "users/reactivate")]
pub async fn reactivate_user(user: UserId, #[server(default)] undoes: Option<StatusVersion>) -> Result<()> {
    use crate::request;
    let (backend, caller) = request::signed_in()?;
    let taken_back = match undoes {
        Some(version) => backend.undo_deactivation(&caller, user, version).await,
        None => backend.reactivate_user(&caller, user).await,
    };
    request::reactivated(user, request::answer(taken_back)?)
}

/// Unlinks what the identity provider knows somebody by.
#[server(endpoint = "users/unlink_sso")]
pub async fn unlink_sso(user: UserId, #[server(default)] current_password: Option<String>) -> Result<()> {
    use crate::{notice::Notice, request};
    let (backend, caller) = request::signed_in_proving(current_password).await?;
    request::answer(backend.unlink_sso(&caller, user).await)?;
    request::return_with(Notice::SsoUnlinked);
    Ok(())
}
