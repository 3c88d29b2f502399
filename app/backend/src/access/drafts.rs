//! Policies that somebody has begun to write: each step of the editor is kept, so that it works without scripts and
//! nothing typed is lost. A draft gives nothing to anybody and is seen by its writer alone; so it has no audit entry.

use super::store::{choices, drafts as store};
use crate::{
    Backend, Caller, Error, Result,
    caller::Target,
    database::{Hold, pattern_of_part},
};
use domain::{
    access::{
        Action,
        policy::{Choice, PolicyDraft, RuleChoices, Version},
    },
    ids::{DraftId, GroupId, PolicyId, UserId},
};
use std::collections::HashSet;
use time::Duration;
use uuid::Uuid;

/// A draft that nobody has touched for this long goes.
pub const KEEP_DRAFTS: Duration = Duration::days(7);
/// Of a person, at most; the oldest goes.
const DRAFTS_OF_PERSON: i64 = 20;
/// What is offered while nothing or something is looked for, at most.
const OFFERED: i64 = 20;

/// A policy that somebody has begun to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// What it changes, as it was then; `None`: a new policy.
    pub policy: Option<(PolicyId, Version)>,
    pub typed: PolicyDraft,
}

impl Backend {
    /// Keeps what was typed so far, in place of what `draft` was if it is given and the caller's own.
    pub async fn keep_draft(&self, caller: &Caller, draft: Option<DraftId>, what: &Draft) -> Result<DraftId> {
        let action = what.policy.map_or(Action::CreatePolicy, |_| Action::EditPolicy);
        let permit = caller.permit(action, Target::Organization(caller.organization))?;
        let now = self.now();
        let id = match draft {
            Some(id) if self.find_draft(caller, id).await.is_ok() => id,
            _ => DraftId(self.chance.id(now)),
        };
        let row = store::Row {
            policy_id: what.policy.map(|(policy, _)| policy.0),
            version: what.policy.map_or(0, |(_, version)| version.0),
            draft: serde_json::to_value(&what.typed).map_err(Error::unavailable)?,
        };
        let mut tx = self.begin(&permit, Hold::Shared).await?;
        store::save(&mut tx, &permit, (id, caller.user), &row, now).await?;
        store::delete_all_but(&mut tx, &permit, caller.user, DRAFTS_OF_PERSON).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// A draft of the caller's own; those of others don't exist.
    pub async fn find_draft(&self, caller: &Caller, draft: DraftId) -> Result<Draft> {
        caller.permit(Action::CreatePolicy, Target::Organization(caller.organization))?;
        let row = store::find(&self.pool, caller.organization, caller.user, draft)
            .await?
            .ok_or(Error::NotFound)?;
        Ok(Draft {
            policy: row.policy_id.map(|id| (PolicyId(id), Version(row.version))),
            typed: serde_json::from_value(row.draft).map_err(Error::unavailable)?,
        })
    }

    /// Again does nothing.
    pub async fn drop_draft(&self, caller: &Caller, draft: DraftId) -> Result<()> {
        let permit = caller.permit(Action::CreatePolicy, Target::Organization(caller.organization))?;
        let mut tx = self.begin(&permit, Hold::Shared).await?;
        store::delete(&mut tx, &permit, caller.user, draft).await?;
        Ok(tx.commit().await?)
    }

    /// The names of what each rule has chosen, and of what it looks for. Somebody who is gone is left out.
    pub async fn choices_of(&self, caller: &Caller, draft: &PolicyDraft) -> Result<Vec<RuleChoices>> {
        caller.permit(Action::CreatePolicy, Target::Organization(caller.organization))?;
        let mut all = Vec::with_capacity(draft.rules.len());
        for rule in &draft.rules {
            let users: Vec<Uuid> = rule.users.iter().map(|user| user.0).collect();
            let ids: Vec<Uuid> = rule.groups.iter().map(|group| group.0).collect();
            let mut found_users = self.offer_users(caller, &rule.find_users).await?;
            let mut found_groups = self.offer_groups(caller, &rule.find_groups).await?;
            let (users_set, groups_set): (HashSet<_>, HashSet<_>) =
                (rule.users.iter().collect(), rule.groups.iter().collect());
            found_users.retain(|choice| !users_set.contains(&choice.id));
            found_groups.retain(|choice| !groups_set.contains(&choice.id));
            let people = choices::list_choices_of_people(&self.pool, caller.organization, &users).await?;
            let named = choices::list_choices(&self.pool, caller.organization, &ids).await?;
            all.push(RuleChoices {
                users: people.into_iter().map(person).collect(),
                groups: named.into_iter().map(group).collect(),
                found_users,
                found_groups,
            });
        }
        Ok(all)
    }

    /// The names of people who are chosen already.
    pub async fn choices_of_people(&self, caller: &Caller, users: &[UserId]) -> Result<Vec<Choice<UserId>>> {
        caller.permit(Action::ChangeMembers, Target::Organization(caller.organization))?;
        let ids: Vec<Uuid> = users.iter().map(|user| user.0).collect();
        let people = choices::list_choices_of_people(&self.pool, caller.organization, &ids).await?;
        Ok(people.into_iter().map(person).collect())
    }

    /// People with an account whose name or address has this in it, a screenful.
    pub async fn offer_users(&self, caller: &Caller, search: &str) -> Result<Vec<Choice<UserId>>> {
        caller.permit(Action::ViewAccess, Target::Organization(caller.organization))?;
        let found =
            choices::list_people(&self.pool, caller.organization, &pattern_of_part(search), OFFERED).await?;
        Ok(found.into_iter().map(person).collect())
    }

    /// Groups whose name has this in it, a screenful.
    pub async fn offer_groups(&self, caller: &Caller, search: &str) -> Result<Vec<Choice<GroupId>>> {
        caller.permit(Action::ViewAccess, Target::Organization(caller.organization))?;
        let found =
            choices::list_options(&self.pool, caller.organization, &pattern_of_part(search), OFFERED).await?;
        Ok(found.into_iter().map(group).collect())
    }
}

fn person(row: super::store::held::Holder) -> Choice<UserId> {
    Choice {
        id: UserId(row.id),
        name: row.name,
        detail: row.email,
    }
}

fn group(row: choices::Offered) -> Choice<GroupId> {
    Choice {
        id: GroupId(row.id),
        name: row.name,
        detail: row.description,
    }
}
