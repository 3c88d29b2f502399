//! Groups, policies and what follows from them, on a real database.

mod cost;
mod crowd;
mod deactivation;
mod ends;
mod evaluator;
mod groups;
mod isolation;
mod last_administrator;
mod plan;
mod policies;

use super::{Intent, Saved};
use crate::{Caller, Result, testing::Stage};
use domain::{
    access::{
        Role,
        group::MEMBERS_AT_ONCE,
        policy::{NameQuery, PolicyDraft, RuleDraft, Version},
    },
    ids::{GroupId, PolicyId, UserId},
};
use serde_json::Value;

/// A rule that gives roles to people and groups for good.
fn rule(roles: &[Role], users: &[UserId], groups: &[GroupId]) -> RuleDraft {
    RuleDraft {
        roles: roles.iter().map(|role| (*role).into()).collect(),
        users: users.to_vec(),
        groups: groups.to_vec(),
        ..RuleDraft::default()
    }
}

fn draft(name: &str, rules: Vec<RuleDraft>) -> PolicyDraft {
    PolicyDraft {
        name: name.into(),
        description: String::new(),
        rules,
    }
}

/// Saves a new policy, whatever it changes.
async fn policy(stage: &Stage, by: &Caller, name: &str, rules: Vec<RuleDraft>) -> PolicyId {
    let saved = stage
        .backend
        .save_policy(by, None, &draft(name, rules), Intent::Confirmed)
        .await;
    saved.expect("a policy").policy
}

async fn version(stage: &Stage, by: &Caller, policy: PolicyId) -> Version {
    stage
        .backend
        .find_policy(by, policy)
        .await
        .expect("a policy")
        .version
}

/// Saves another content of a policy.
async fn change(stage: &Stage, by: &Caller, policy: PolicyId, draft: &PolicyDraft) -> Result<Saved> {
    let version = version(stage, by, policy).await;
    stage
        .backend
        .save_policy(by, Some((policy, version)), draft, Intent::Confirmed)
        .await
}

async fn group_called(stage: &Stage, by: &Caller, name: &str) -> GroupId {
    let all = stage.backend.list_groups(by).await.expect("groups");
    all.iter().find(|group| group.name == name).expect("a group").id
}

/// A group of the organization's own with these members.
async fn group(stage: &Stage, by: &Caller, name: &str, members: &[UserId]) -> GroupId {
    let group = stage.backend.create_group(by, name, "").await.expect("a group");
    for some in members.chunks(MEMBERS_AT_ONCE) {
        let added = stage
            .backend
            .add_members(by, group, some, "", Intent::Confirmed)
            .await;
        added.expect("members");
    }
    group
}

async fn policy_called(stage: &Stage, by: &Caller, name: &str) -> PolicyId {
    let query = NameQuery {
        search: name.to_lowercase(),
        after: None,
    };
    let page = stage.backend.list_policies(by, &query).await.expect("policies");
    page.policies
        .iter()
        .find(|policy| policy.name == name)
        .expect("a policy")
        .id
}

/// What somebody holds in their next request.
async fn holds(stage: &Stage, who: &Caller, role: Role) -> bool {
    let access = stage
        .backend
        .own_settings(who)
        .await
        .expect("own settings")
        .access;
    access.roles.iter().any(|(entry, _)| entry.key == role.into())
}

/// The newest entry of the audit log.
async fn newest_entry(stage: &Stage) -> (String, Option<Value>, Option<Value>) {
    sqlx::query_as("select action, before, after from audit order by id desc limit 1")
        .fetch_one(&stage.backend.pool)
        .await
        .expect("an entry")
}
