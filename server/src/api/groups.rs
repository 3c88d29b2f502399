//! Groups and their members.

use super::{
    ApiError, TAG_GROUPS,
    body::{Body, BodyIfAny},
    caller::By,
    effect::{Effect, Extent, HowFar},
    idempotency_key::{KeySent, Made, Once},
    names::{IdAndName, KeyAndName, Names, NamesAsked},
    query::{Named, NoParameters, Page, Parameters, cursor, instant, search, time},
    version::{IfMatch, VersionSent, etag},
};
use crate::Console;
use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use domain::{
    access::{
        Action,
        group::{GroupRow, GroupView, MemberRow},
        policy::Version,
    },
    ids::{GroupId, UserId},
    moment::Moment,
};
use http::header;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Group {
    id: String,
    name: String,
    description: String,
    /// One of the five that are always there: it is neither renamed nor deleted.
    built_in: bool,
    /// Memberships in force, counted up to 10000.
    members: usize,
}

impl From<GroupRow> for Group {
    fn from(group: GroupRow) -> Self {
        Self {
            id: group.id.to_string(),
            name: group.name,
            description: group.description,
            built_in: group.built_in,
            members: group.members,
        }
    }
}

/// With what its members hold by it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct WholeGroup {
    #[serde(flatten)]
    group: Group,
    /// Those that name it.
    policies: Vec<IdAndName>,
    roles: Vec<KeyAndName>,
}

impl From<GroupView> for WholeGroup {
    fn from(view: GroupView) -> Self {
        Self {
            group: view.group.into(),
            policies: view.policies.into_iter().map(Into::into).collect(),
            roles: view.roles.into_iter().map(Into::into).collect(),
        }
    }
}

impl WholeGroup {
    /// A new one, of which nothing else is known.
    fn as_asked(id: GroupId, words: &GroupWords) -> Self {
        Self {
            group: Group {
                id: id.to_string(),
                name: words.name.trim().to_owned(),
                description: words.description.trim().to_owned(),
                built_in: false,
                members: 0,
            },
            policies: Vec::new(),
            roles: Vec::new(),
        }
    }
}

/// As it is now, with its version.
async fn whole(
    console: &Console,
    caller: &backend::Caller,
    group: GroupId,
) -> Result<(Version, WholeGroup), ApiError> {
    let view = console
        .backend
        .find_group(caller, group, "", cursor(None)?)
        .await?;
    Ok((view.version, view.into()))
}

/// The groups by name, fifty on a page.
#[utoipa::path(get, path = "/api/v1/groups", tag = TAG_GROUPS, operation_id = "listGroups", params(NamesAsked),
    responses((status = 200, body = Names<Group>)))]
pub(super) async fn list(
    State(console): State<Console>,
    By(caller): By,
    Parameters(asked): Parameters<NamesAsked>,
) -> Result<Json<Names<Group>>, ApiError> {
    let page = console.backend.list_group_page(&caller, &asked.query()?).await?;
    Ok(Json(Names::of(page.groups, page.next)))
}

#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GroupWords {
    #[schema(max_length = 100)]
    name: String,
    #[schema(max_length = 300)]
    #[serde(default)]
    description: String,
}

/// Makes a group that nobody is in.
#[utoipa::path(post, path = "/api/v1/groups", tag = TAG_GROUPS, operation_id = "createGroup",
    params(KeySent), request_body = GroupWords,
    responses((status = 201, body = WholeGroup)))]
pub(super) async fn create(
    State(console): State<Console>,
    By(caller): By,
    _: Parameters<NoParameters>,
    once: Once,
    Body(asked): Body<GroupWords>,
) -> Result<Response, ApiError> {
    let work = async {
        let made = console
            .backend
            .create_group(&caller, &asked.name, &asked.description)
            .await?;
        let place = format!("/api/v1/groups/{made}");
        // It is made, whether it can be read again or not.
        Ok(match whole(&console, &caller, made).await {
            Ok((version, group)) => Made::created(place, &group).with_etag(&etag(version)),
            Err(_) => Made::created(place, &WholeGroup::as_asked(made, &asked)),
        })
    };
    once.answer(&console, (&caller, Action::CreateGroup), &asked, work)
        .await
}

/// One group.
#[utoipa::path(get, path = "/api/v1/groups/{id}", tag = TAG_GROUPS, operation_id = "getGroup",
    params(("id" = String, Path, format = Uuid)), responses((status = 200, body = WholeGroup)))]
pub(super) async fn find(
    State(console): State<Console>,
    By(caller): By,
    _: Parameters<NoParameters>,
    Named(group): Named<GroupId>,
) -> Result<Response, ApiError> {
    let (version, group) = whole(&console, &caller, group).await?;
    Ok(([(header::ETAG, etag(version))], Json(group)).into_response())
}

/// Gives a group another name and description.
#[utoipa::path(put, path = "/api/v1/groups/{id}", tag = TAG_GROUPS, operation_id = "renameGroup",
    params(("id" = String, Path, format = Uuid), VersionSent), request_body = GroupWords,
    responses((status = 200, body = WholeGroup)))]
pub(super) async fn rename(
    State(console): State<Console>,
    By(caller): By,
    _: Parameters<NoParameters>,
    Named(group): Named<GroupId>,
    seen: IfMatch,
    Body(asked): Body<GroupWords>,
) -> Result<Response, ApiError> {
    let (now, _) = whole(&console, &caller, group).await?;
    let version = seen.judge(now)?;
    let words = (asked.name.as_str(), asked.description.as_str());
    console
        .backend
        .rename_group(&caller, group, version, words)
        .await?;
    let (version, group) = whole(&console, &caller, group).await?;
    Ok(([(header::ETAG, etag(version))], Json(group)).into_response())
}

/// Deletes a group; its members lose what it gave them.
#[utoipa::path(delete, path = "/api/v1/groups/{id}", tag = TAG_GROUPS, operation_id = "deleteGroup",
    params(("id" = String, Path, format = Uuid), HowFar), responses((status = 200, body = Effect)))]
pub(super) async fn delete(
    State(console): State<Console>,
    By(caller): By,
    Extent(intent): Extent,
    Named(group): Named<GroupId>,
) -> Result<Json<Effect>, ApiError> {
    let preview = console.backend.delete_group(&caller, group, intent).await?;
    Ok(Json(Effect::of(preview, intent)))
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Member {
    /// Of the person.
    id: String,
    name: String,
    email: String,
    /// Whether the account is active: nobody else may do anything.
    active: bool,
    /// When the membership ends; `null`: never.
    ends: Option<String>,
}

impl From<MemberRow> for Member {
    fn from(member: MemberRow) -> Self {
        Self {
            id: member.id.to_string(),
            name: member.name,
            email: member.email,
            active: member.is_active,
            ends: member.ends.map(time),
        }
    }
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct MembersAsked {
    /// Part of a name or an address.
    #[param(max_length = 100)]
    search: Option<String>,
    /// `next` or `previous` of a page.
    cursor: Option<String>,
}

/// Who is in a group, fifty on a page.
#[utoipa::path(get, path = "/api/v1/groups/{id}/members", tag = TAG_GROUPS, operation_id = "listMembers",
    params(("id" = String, Path, format = Uuid), MembersAsked), responses((status = 200, body = Page<Member>)))]
pub(super) async fn members(
    State(console): State<Console>,
    By(caller): By,
    Parameters(asked): Parameters<MembersAsked>,
    Named(group): Named<GroupId>,
) -> Result<Json<Page<Member>>, ApiError> {
    let (search, cursor) = (search(asked.search)?, cursor(asked.cursor.as_deref())?);
    let view = console
        .backend
        .find_group(&caller, group, &search, cursor)
        .await?;
    let items = view.members.into_iter().map(Member::from);
    Ok(Json(Page::of(&cursor, items, (view.previous, view.next))))
}

#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Membership {
    /// When it ends (RFC 3339), to the minute; `null`: never.
    #[schema(format = DateTime)]
    #[serde(default)]
    ends: Option<String>,
}

/// Makes somebody a member, or gives their membership this end. Again does nothing.
#[utoipa::path(put, path = "/api/v1/groups/{id}/members/{user}", tag = TAG_GROUPS, operation_id = "putMember",
    params(("id" = String, Path, format = Uuid), ("user" = String, Path, format = Uuid), HowFar),
    request_body = Option<Membership>, responses((status = 200, body = Effect)))]
pub(super) async fn put_member(
    State(console): State<Console>,
    By(caller): By,
    Extent(intent): Extent,
    Named((group, user)): Named<(GroupId, UserId)>,
    BodyIfAny(asked): BodyIfAny<Membership>,
) -> Result<Json<Effect>, ApiError> {
    let ends = instant("ends", asked.ends.as_deref())?
        .map(Moment::control)
        .unwrap_or_default();
    let preview = console
        .backend
        .add_members(&caller, group, &[user], &ends, intent)
        .await?;
    Ok(Json(Effect::of(preview, intent)))
}

/// Takes somebody out of a group. Again does nothing.
#[utoipa::path(delete, path = "/api/v1/groups/{id}/members/{user}", tag = TAG_GROUPS, operation_id = "deleteMember",
    params(("id" = String, Path, format = Uuid), ("user" = String, Path, format = Uuid), HowFar),
    responses((status = 200, body = Effect)))]
pub(super) async fn delete_member(
    State(console): State<Console>,
    By(caller): By,
    Extent(intent): Extent,
    Named((group, user)): Named<(GroupId, UserId)>,
) -> Result<Json<Effect>, ApiError> {
    let preview = console
        .backend
        .remove_members(&caller, group, &[user], intent)
        .await?;
    Ok(Json(Effect::of(preview, intent)))
}
