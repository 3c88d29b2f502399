//! People: listing them, what one may do, deactivating and reactivating them.

use super::{
    ApiError, TAG_USERS,
    body::BodyIfAny,
    caller::By,
    names::IdAndName,
    query::{Named, NoParameters, Page, Parameters, cursor, search, time},
};
use crate::Console;
use axum::{Json, extract::State};
use domain::{
    access::Grant,
    ids::UserId,
    mail::Delivery,
    users::{ShownStatus, SortBy, UserQuery, UserRow, UserStatus},
};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Status {
    Invited,
    InviteExpired,
    Active,
    Deactivated,
}

impl From<ShownStatus> for Status {
    fn from(status: ShownStatus) -> Self {
        match status {
            ShownStatus::Invited => Self::Invited,
            ShownStatus::InviteExpired => Self::InviteExpired,
            ShownStatus::Active => Self::Active,
            ShownStatus::Deactivated => Self::Deactivated,
        }
    }
}

impl From<Status> for ShownStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::Invited => Self::Invited,
            Status::InviteExpired => Self::InviteExpired,
            Status::Active => Self::Active,
            Status::Deactivated => Self::Deactivated,
        }
    }
}

#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Sort {
    Name,
    Email,
    LastSignIn,
}

/// Which people, and in which order.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct UsersAsked {
    /// Part of a name or an address.
    #[param(max_length = 100)]
    search: Option<String>,
    #[param(inline)]
    status: Option<Status>,
    /// Only those who have two-factor authentication, or who have not.
    two_factor: Option<bool>,
    #[param(inline)]
    sort: Option<Sort>,
    descending: Option<bool>,
    /// `next` or `previous` of a page.
    cursor: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct User {
    id: String,
    /// Empty while invited.
    name: String,
    email: String,
    status: Status,
    /// Of an invited person those that count from acceptance.
    groups: Vec<IdAndName>,
    /// `password`, `google`, `github`, `saml`.
    methods: Vec<&'static str>,
    two_factor: bool,
    last_sign_in: Option<String>,
    invitation: Option<Invitation>,
    deactivation: Option<Deactivation>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Invitation {
    sent: String,
    expires: String,
    /// `queued`, `retrying`, `sent` or `failed`; `null`: there is no mail.
    delivery: Option<&'static str>,
    /// Why the mail server did not take it.
    reason: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Deactivation {
    at: String,
    reason: Option<String>,
}

impl From<UserRow> for User {
    fn from(row: UserRow) -> Self {
        Self {
            id: row.id.to_string(),
            name: row.name,
            email: row.email,
            status: row.status.into(),
            groups: row.groups.into_iter().map(Into::into).collect(),
            methods: row.methods.iter().map(|method| method.key()).collect(),
            two_factor: row.two_factor,
            last_sign_in: row.last_sign_in.map(time),
            invitation: row.invitation.map(|invitation| {
                let (delivery, reason) = match invitation.delivery {
                    None => (None, None),
                    Some(Delivery::Queued) => (Some("queued"), None),
                    Some(Delivery::Retrying { reason }) => (Some("retrying"), Some(reason)),
                    Some(Delivery::Sent) => (Some("sent"), None),
                    Some(Delivery::Failed { reason }) => (Some("failed"), Some(reason)),
                };
                Invitation {
                    sent: time(invitation.sent),
                    expires: time(invitation.expires),
                    delivery,
                    reason,
                }
            }),
            deactivation: row.deactivation.map(|deactivation| Deactivation {
                at: time(deactivation.at),
                reason: deactivation.reason,
            }),
        }
    }
}

/// The people of the organization, fifty on a page.
#[utoipa::path(get, path = "/api/v1/users", tag = TAG_USERS, operation_id = "listUsers", params(UsersAsked),
    responses((status = 200, body = Page<User>)))]
pub(super) async fn list(
    State(console): State<Console>,
    By(caller): By,
    Parameters(asked): Parameters<UsersAsked>,
) -> Result<Json<Page<User>>, ApiError> {
    let query = UserQuery {
        search: search(asked.search)?,
        status: asked.status.map(Into::into),
        two_factor: asked.two_factor,
        sort: match asked.sort {
            None | Some(Sort::Name) => SortBy::Name,
            Some(Sort::Email) => SortBy::Email,
            Some(Sort::LastSignIn) => SortBy::LastSignIn,
        },
        descending: asked.descending.unwrap_or_default(),
        cursor: cursor(asked.cursor.as_deref())?,
    };
    let page = console.backend.list_users(&caller, &query).await?;
    let items = page.rows.into_iter().map(User::from);
    Ok(Json(Page::of(&query.cursor, items, (page.previous, page.next))))
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Person {
    id: String,
    name: String,
    email: String,
    /// `invited`, `active` or `deactivated`.
    status: &'static str,
    two_factor: bool,
    /// Of an invited person those that count from acceptance.
    groups: Vec<IdAndName>,
    /// What they hold, and why; nothing of it counts while they are deactivated.
    roles: Vec<HeldRole>,
    stops: Stops,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct HeldRole {
    key: String,
    name: String,
    because: Vec<Because>,
}

/// A way by which somebody comes to a role.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Because {
    policy: String,
    policy_name: String,
    /// From 1.
    rule: i32,
    /// Whose membership counts; `null`: the rule names the person.
    group: Option<String>,
    group_name: Option<String>,
    /// `null`: never.
    ends: Option<String>,
}

impl From<Grant> for Because {
    fn from(grant: Grant) -> Self {
        let (group, group_name) = grant
            .group
            .map(|group| (group.id.to_string(), group.name))
            .unzip();
        Self {
            policy: grant.policy.id.to_string(),
            policy_name: grant.policy.name,
            rule: grant.rule,
            group,
            group_name,
            ends: grant.ends.map(time),
        }
    }
}

/// How many of each would stop with a deactivation.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Stops {
    sessions: i64,
    invitations: i64,
    tokens: i64,
}

/// One person, with what they may do and why.
#[utoipa::path(get, path = "/api/v1/users/{id}", tag = TAG_USERS, operation_id = "getUser",
    params(("id" = String, Path, format = Uuid)), responses((status = 200, body = Person)))]
pub(super) async fn find(
    State(console): State<Console>,
    By(caller): By,
    _: Parameters<NoParameters>,
    Named(user): Named<UserId>,
) -> Result<Json<Person>, ApiError> {
    let found = console.backend.find_user(&caller, user).await?;
    let roles = match found.status {
        UserStatus::Invited => Vec::new(),
        _ => console.backend.explain_person(&caller, user).await?.roles,
    };
    Ok(Json(Person {
        id: found.id.to_string(),
        name: found.name,
        email: found.email,
        status: found.status.as_str(),
        two_factor: found.two_factor,
        groups: found.groups.into_iter().map(Into::into).collect(),
        roles: roles
            .into_iter()
            .map(|(role, because)| HeldRole {
                key: role.key.to_string(),
                name: role.name,
                because: because.into_iter().map(Because::from).collect(),
            })
            .collect(),
        stops: Stops {
            sessions: found.stops.sessions,
            invitations: found.stops.invitations,
            tokens: found.stops.tokens,
        },
    }))
}

#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct DeactivationAsked {
    /// For the other administrators, on one line; the person does not get it.
    #[schema(max_length = 200)]
    #[serde(default)]
    reason: String,
    /// Whether their access tokens go for good. Otherwise they work again after a reactivation.
    #[serde(default)]
    delete_tokens: bool,
}

/// Stops everything of a person at once. Again does nothing.
#[utoipa::path(post, path = "/api/v1/users/{id}/deactivate", tag = TAG_USERS, operation_id = "deactivateUser",
    params(("id" = String, Path, format = Uuid)), request_body = Option<DeactivationAsked>, responses((status = 204)))]
pub(super) async fn deactivate(
    State(console): State<Console>,
    By(caller): By,
    Named(user): Named<UserId>,
    BodyIfAny(asked): BodyIfAny<DeactivationAsked>,
) -> Result<StatusCode, ApiError> {
    let backend = &console.backend;
    if asked.delete_tokens {
        backend
            .deactivate_user_deleting_tokens(&caller, user, &asked.reason)
            .await?;
    } else {
        backend.deactivate_user(&caller, user, &asked.reason).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Lets a deactivated person in again. Again does nothing.
#[utoipa::path(post, path = "/api/v1/users/{id}/reactivate", tag = TAG_USERS, operation_id = "reactivateUser",
    params(("id" = String, Path, format = Uuid)), responses((status = 204)))]
pub(super) async fn reactivate(
    State(console): State<Console>,
    By(caller): By,
    _: Parameters<NoParameters>,
    Named(user): Named<UserId>,
) -> Result<StatusCode, ApiError> {
    console.backend.reactivate_user(&caller, user).await?;
    Ok(StatusCode::NO_CONTENT)
}
