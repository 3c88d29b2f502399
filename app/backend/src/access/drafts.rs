//! Policies that somebody has begun to write: each step of the editor is kept, so that it works without scripts and
//! nothing typed is lost. A draft gives nothing to anybody and is seen by its writer alone; so it has no audit entry.

use super::store::{choices, drafts as store};
use crate::{Backend, Caller, Error, Result, caller::Target, database::Hold};
use domain::{
    access::{
        Action,
        policy::{Choice, PolicyDraft, RuleChoices, RuleDraft, Version},
    },
    ids::{DraftId, GroupId, PolicyId, UserId},
};
use std::collections::HashMap;
use time::Duration;
use uuid::Uuid;

/// A draft that nobody has touched for this long goes.
pub const KEEP_DRAFTS: Duration = Duration::days(7);
/// Of a person, at most; the oldest goes.
const DRAFTS_OF_PERSON: i64 = 20;
/// What is offered while nothing or something is looked for, at most.
const OFFERED: u16 = 20;

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
        what.typed.is_within_bounds()?;
        let now = self.now();
        let id = match draft {
            Some(id) if self.find_draft(caller, id).await.is_ok() => id,
            _ => DraftId(self.chance.id(now)),
        };
        let row = store::Row {
            policy_id: what.policy.map(|(policy, _)| policy.0),
            version: what.policy.map_or(0, |(_, version)| version.0),
            draft: serde_json::to_value(what.typed.storable()).map_err(Error::unavailable)?,
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
        let typed: PolicyDraft = serde_json::from_value(row.draft).map_err(Error::unavailable)?;
        // One of an earlier version may hold more than a page can show.
        typed.is_within_bounds().map_err(|_| Error::NotFound)?;
        Ok(Draft {
            policy: row.policy_id.map(|id| (PolicyId(id), Version(row.version))),
            typed,
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
        let all_users: Vec<Uuid> = draft
            .rules
            .iter()
            .flat_map(|rule| &rule.users)
            .map(|user| user.0)
            .collect();
        let all_groups: Vec<Uuid> = draft
            .rules
            .iter()
            .flat_map(|rule| &rule.groups)
            .map(|group| group.0)
            .collect();
        let people = choices::list_choices_of_people(&self.pool, caller.organization, &all_users).await?;
        let people: Vec<_> = people.into_iter().map(person).collect();
        let groups = choices::list_choices(&self.pool, caller.organization, &all_groups).await?;
        let groups: Vec<_> = groups.into_iter().map(group).collect();
        // Most rules look for nothing, and are offered the same.
        let (mut users_by_text, mut groups_by_text) = (HashMap::new(), HashMap::new());
        for rule in &draft.rules {
            if !users_by_text.contains_key(&rule.find_users) {
                let found = self.offer_users(caller, &rule.find_users).await?;
                users_by_text.insert(rule.find_users.clone(), found);
            }
            if !groups_by_text.contains_key(&rule.find_groups) {
                let found = self.offer_groups(caller, &rule.find_groups).await?;
                groups_by_text.insert(rule.find_groups.clone(), found);
            }
        }
        let rule_choices = |rule: &RuleDraft| RuleChoices {
            users: those(&people, |id| rule.users.contains(id)),
            groups: those(&groups, |id| rule.groups.contains(id)),
            found_users: those(&users_by_text[&rule.find_users], |id| !rule.users.contains(id)),
            found_groups: those(&groups_by_text[&rule.find_groups], |id| !rule.groups.contains(id)),
        };
        Ok(draft.rules.iter().map(rule_choices).collect())
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
        let found = choices::list_people(&self.pool, caller.organization, search, OFFERED.into()).await?;
        Ok(found.into_iter().map(person).collect())
    }

    /// Groups whose name has this in it, a screenful.
    pub async fn offer_groups(&self, caller: &Caller, search: &str) -> Result<Vec<Choice<GroupId>>> {
        caller.permit(Action::ViewAccess, Target::Organization(caller.organization))?;
        let found = choices::list_options(&self.pool, caller.organization, search, OFFERED.into()).await?;
        Ok(found.into_iter().map(group).collect())
    }
}

fn those<I: Clone>(choices: &[Choice<I>], are: impl Fn(&I) -> bool) -> Vec<Choice<I>> {
    choices.iter().filter(|choice| are(&choice.id)).cloned().collect()
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
