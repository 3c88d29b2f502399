//! Access policies.

use super::{
    ApiError, TAG_POLICIES,
    body::{Body, Object},
    caller::By,
    effect::{Effect, Extent, HowFar},
    idempotency_key::{KeySent, Made, Once},
    names::{IdAndName, KeyAndName, Names, NamesAsked},
    query::{Named, NoParameters, Parameters, instant, time},
    version::{IfMatch, VersionSent, etag},
};
use crate::Console;
use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use backend::access::Intent;
use domain::{
    access::{
        Action, RoleKey,
        policy::{PolicyDraft, PolicyView, RuleDraft, RuleView},
    },
    ids::{GroupId, PolicyId, UserId},
    moment::Moment,
};
use http::header;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Policy {
    id: String,
    name: String,
    description: String,
    /// A default policy: only the people and groups of its rule can be changed.
    built_in: bool,
    rules: Vec<Rule>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Rule {
    roles: Vec<KeyAndName>,
    users: Vec<IdAndName>,
    groups: Vec<IdAndName>,
    /// `null`: never.
    ends: Option<String>,
    /// It has ended and gives nothing any more.
    over: bool,
}

impl From<RuleView> for Rule {
    fn from(rule: RuleView) -> Self {
        Self {
            roles: rule.roles.into_iter().map(Into::into).collect(),
            users: rule.users.into_iter().map(Into::into).collect(),
            groups: rule.groups.into_iter().map(Into::into).collect(),
            ends: rule.ends.map(time),
            over: rule.is_over,
        }
    }
}

impl From<PolicyView> for Policy {
    fn from(policy: PolicyView) -> Self {
        Self {
            id: policy.id.to_string(),
            name: policy.name,
            description: policy.description,
            built_in: policy.built_in,
            rules: policy.rules.into_iter().map(Into::into).collect(),
        }
    }
}

/// The policies by name, fifty on a page.
#[utoipa::path(get, path = "/api/v1/policies", tag = TAG_POLICIES, operation_id = "listPolicies", params(NamesAsked),
    responses((status = 200, body = Names<Policy>)))]
pub(super) async fn list(
    State(console): State<Console>,
    By(caller): By,
    Parameters(asked): Parameters<NamesAsked>,
) -> Result<Json<Names<Policy>>, ApiError> {
    let page = console.backend.list_policies(&caller, &asked.query()?).await?;
    Ok(Json(Names::of(page.policies, page.next)))
}

/// One policy.
#[utoipa::path(get, path = "/api/v1/policies/{id}", tag = TAG_POLICIES, operation_id = "getPolicy",
    params(("id" = String, Path, format = Uuid)), responses((status = 200, body = Policy)))]
pub(super) async fn find(
    State(console): State<Console>,
    By(caller): By,
    _: Parameters<NoParameters>,
    Named(policy): Named<PolicyId>,
) -> Result<Response, ApiError> {
    let policy = console.backend.find_policy(&caller, policy).await?;
    let tag = etag(policy.version);
    Ok(([(header::ETAG, tag)], Json(Policy::from(policy))).into_response())
}

#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PolicyAsked {
    #[schema(max_length = 100)]
    name: String,
    #[schema(max_length = 300)]
    #[serde(default)]
    description: String,
    #[schema(value_type = Vec<RuleAsked>, min_items = 1, max_items = 20)]
    rules: Vec<Object<RuleAsked>>,
}

#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RuleAsked {
    /// Keys, as at `/api/v1/roles`.
    #[schema(value_type = Vec<String>, min_items = 1)]
    roles: Vec<RoleKey>,
    /// Ids. With `groups` at least one and at most 200.
    #[schema(value_type = Vec<uuid::Uuid>)]
    #[serde(default)]
    users: Vec<UserId>,
    /// Ids.
    #[schema(value_type = Vec<uuid::Uuid>)]
    #[serde(default)]
    groups: Vec<GroupId>,
    /// When it ends (RFC 3339), to the minute; `null`: never.
    #[schema(format = DateTime)]
    #[serde(default)]
    ends: Option<String>,
}

impl PolicyAsked {
    fn draft(&self) -> Result<PolicyDraft, ApiError> {
        let rule = |Object(rule): &Object<RuleAsked>| {
            Ok(RuleDraft {
                roles: rule.roles.clone(),
                users: rule.users.clone(),
                groups: rule.groups.clone(),
                ends: instant("rules", rule.ends.as_deref())?
                    .map(Moment::control)
                    .unwrap_or_default(),
                ..RuleDraft::default()
            })
        };
        Ok(PolicyDraft {
            name: self.name.clone(),
            description: self.description.clone(),
            rules: self.rules.iter().map(rule).collect::<Result<_, ApiError>>()?,
        })
    }
}

/// Makes a policy.
#[utoipa::path(post, path = "/api/v1/policies", tag = TAG_POLICIES, operation_id = "createPolicy",
    params(HowFar, KeySent),
    request_body = PolicyAsked,
    responses((status = 201, body = Effect), (status = 200, body = Effect, description = "A preview.")))]
pub(super) async fn create(
    State(console): State<Console>,
    By(caller): By,
    Extent(intent): Extent,
    once: Once,
    Body(asked): Body<PolicyAsked>,
) -> Result<Response, ApiError> {
    let draft = asked.draft()?;
    if intent == Intent::Preview {
        let saved = console.backend.save_policy(&caller, None, &draft, intent).await?;
        return Ok(Json(Effect::of(saved.preview, intent)).into_response());
    }
    let work = async {
        let saved = console.backend.save_policy(&caller, None, &draft, intent).await?;
        let id = saved.policy;
        let tag = etag(saved.version);
        let effect = Effect::of(saved.preview, intent).with_id(id.to_string());
        Ok(Made::created(format!("/api/v1/policies/{id}"), &effect).with_etag(&tag))
    };
    once.answer(&console, (&caller, Action::CreatePolicy), &asked, work)
        .await
}

/// Saves what a policy becomes.
#[utoipa::path(put, path = "/api/v1/policies/{id}", tag = TAG_POLICIES, operation_id = "putPolicy",
    params(("id" = String, Path, format = Uuid), VersionSent, HowFar), request_body = PolicyAsked,
    responses((status = 200, body = Effect)))]
pub(super) async fn put(
    State(console): State<Console>,
    By(caller): By,
    Extent(intent): Extent,
    Named(policy): Named<PolicyId>,
    seen: IfMatch,
    Body(asked): Body<PolicyAsked>,
) -> Result<Response, ApiError> {
    let draft = asked.draft()?;
    let version = seen.judge(console.backend.find_policy(&caller, policy).await?.version)?;
    let saved = console
        .backend
        .save_policy(&caller, Some((policy, version)), &draft, intent)
        .await?;
    let effect = Effect::of(saved.preview, intent);
    Ok(([(header::ETAG, etag(saved.version))], Json(effect)).into_response())
}

/// Deletes a policy: whoever held a role by it alone loses that.
#[utoipa::path(delete, path = "/api/v1/policies/{id}", tag = TAG_POLICIES, operation_id = "deletePolicy",
    params(("id" = String, Path, format = Uuid), VersionSent, HowFar), responses((status = 200, body = Effect)))]
pub(super) async fn delete(
    State(console): State<Console>,
    By(caller): By,
    Extent(intent): Extent,
    Named(policy): Named<PolicyId>,
    seen: IfMatch,
) -> Result<Json<Effect>, ApiError> {
    let version = seen.judge(console.backend.find_policy(&caller, policy).await?.version)?;
    let preview = console
        .backend
        .delete_policy(&caller, policy, version, intent)
        .await?;
    Ok(Json(Effect::of(preview, intent)))
}
