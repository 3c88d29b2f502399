//! Access policies: written, changed and deleted, each time with what that changes for whom.

use super::{
    change::{Intent, recorded},
    store::{groups, held::Scope, policies as store},
};
use crate::{
    Backend, Caller, Error, Result, audit,
    caller::{Permit, Target},
    database::{Hold, Tx},
};
use domain::{
    access::{
        Action, Named, Preview, Role, RoleKey,
        policy::{CheckedPolicy, NameQuery, PolicyDraft, PolicyPage, PolicyView, Rule, RuleView, Version},
    },
    field::{Fault, Faults, Field},
    ids::{GroupId, PolicyId, UserId},
    moment::Moment,
    refusal::Refusal,
    users::PAGE_SIZE,
};
use serde_json::{Value, json};
use std::collections::HashSet;
use uuid::Uuid;

/// Of one organization. Twice as many as decisions are measured with, see `tests/cost.rs`.
const MAX_POLICIES: i64 = 1_000;

/// A policy that was saved, or would be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    pub policy: PolicyId,
    /// Of a preview the one that is there.
    pub version: Version,
    pub preview: Preview,
}

impl Backend {
    /// A page of the list of policies with their rules.
    pub async fn list_policies(&self, caller: &Caller, query: &NameQuery) -> Result<PolicyPage> {
        caller.permit(Action::ViewAccess, Target::Organization(caller.organization))?;
        let mut heads = store::list_page(&self.pool, caller.organization, query).await?;
        let more = heads.len() > PAGE_SIZE;
        heads.truncate(PAGE_SIZE);
        let ids: Vec<Uuid> = heads.iter().map(|head| head.id).collect();
        let mut rules = store::list_rules(&self.pool, caller.organization, &ids).await?;
        let now = Moment::from(self.now());
        let next = heads.last().filter(|_| more).map(|head| head.name.clone());
        let policies = heads
            .into_iter()
            .map(|head| {
                let own = rules.extract_if(.., |rule| rule.policy_id == head.id).collect();
                self.shown(head, own, now)
            })
            .collect();
        Ok(PolicyPage { policies, next, now })
    }

    pub async fn find_policy(&self, caller: &Caller, policy: PolicyId) -> Result<PolicyView> {
        caller.permit(Action::ViewAccess, Target::Policy(policy))?;
        let head = store::find(&self.pool, caller.organization, policy)
            .await?
            .ok_or(Error::NotFound)?;
        let rules = store::list_rules(&self.pool, caller.organization, &[policy.0]).await?;
        Ok(self.shown(head, rules, self.now().into()))
    }

    fn shown(&self, head: store::Head, rules: Vec<store::RuleRow>, now: Moment) -> PolicyView {
        PolicyView {
            id: PolicyId(head.id),
            name: head.name,
            description: head.description,
            built_in: head.built_in,
            version: Version(head.version),
            rules: rules.into_iter().map(|rule| self.shown_rule(rule, now)).collect(),
        }
    }

    fn shown_rule(&self, rule: store::RuleRow, now: Moment) -> RuleView {
        let ends = rule.ends_at.map(Moment::from);
        RuleView {
            roles: rule
                .roles
                .into_iter()
                .map(|key| self.named_role(RoleKey::new(key)))
                .collect(),
            users: named(rule.users, rule.user_names, UserId),
            groups: named(rule.groups, rule.group_names, GroupId),
            is_over: ends.is_some_and(|end| end <= now),
            ends,
        }
    }

    /// Saves a new policy (`existing` is `None`), or what one becomes. Of a default policy only whom its rule names.
    ///
    /// # Errors
    /// `EditedMeanwhile` if somebody has saved it since `version` was read; `WantsConfirmation`, see [`Intent`].
    pub async fn save_policy(
        &self,
        caller: &Caller,
        existing: Option<(PolicyId, Version)>,
        draft: &PolicyDraft,
        intent: Intent,
    ) -> Result<Saved> {
        let now = self.now();
        let (action, policy) = match existing {
            Some((policy, _)) => (Action::EditPolicy, policy),
            None => (Action::CreatePolicy, PolicyId(self.chance.id(now))),
        };
        let permit = caller.permit(action, Target::Policy(policy))?;
        let mut tx = self.begin(&permit, Hold::Alone).await?;
        let before = match existing {
            Some((_, version)) => Some(self.lock_policy(&mut tx, &permit, policy, version).await?),
            None => None,
        };
        let checked = self.check_draft(draft, before.as_ref())?;
        check_principals(&mut tx, &permit, &checked).await?;
        let scope = scope(before.iter().flat_map(|policy| &policy.rules), &checked.rules);
        let measure = self.measure(&mut tx, permit.organization, scope).await?;

        let words = (checked.name.as_str(), checked.description.as_str());
        match &before {
            Some(old) if old.built_in => self.save_default(&mut tx, &permit, policy, &checked).await?,
            Some(_) => {
                store::delete_rules(&mut tx, &permit, policy).await?;
                store::save_words(&mut tx, &permit, policy, words).await?;
                self.save_rules(&mut tx, &permit, policy, &checked.rules).await?;
            }
            None => {
                if store::are_enough(&mut tx, &permit, MAX_POLICIES).await? {
                    return Err(Refusal::TooManyPolicies.into());
                }
                store::save_new(&mut tx, &permit, policy, words, now).await?;
                self.save_rules(&mut tx, &permit, policy, &checked.rules).await?;
            }
        }
        let written = store::lock(&mut tx, permit.organization, policy).await?;
        let written = Version(written.ok_or(Error::NotFound)?.version);
        let preview = self.judge(&mut tx, caller, measure, intent).await?;
        if intent == Intent::Preview {
            let version = before.map_or(written, |old| old.version);
            return Ok(Saved {
                policy,
                version,
                preview,
            });
        }
        // Whoever it names now: an account that is deactivated, or a group that nobody is in yet.
        let names_administrator = |rule: &Rule| rule.roles.contains(&Role::IamAdmin.into());
        if intent.can_be_asked() && checked.rules.iter().any(names_administrator) {
            self.require_proof(caller)?;
        }
        let rules = store::list_rules(&mut *tx, permit.organization, &[policy.0]).await?;
        let rules: Vec<_> = rules
            .into_iter()
            .map(|rule| self.shown_rule(rule, now.into()))
            .collect();
        let mut after = recorded_policy(words, &rules);
        after["difference"] = recorded(&preview);
        let change = match before {
            Some(old) => {
                audit::Change::from_to(recorded_policy((&old.name, &old.description), &old.rules), after)
            }
            None => audit::Change::made(after),
        };
        audit::record(&mut tx, &permit, &checked.name, change, now).await?;
        tx.commit().await?;
        Ok(Saved {
            policy,
            version: written,
            preview,
        })
    }

    /// Deletes a policy of the organization's own: whoever held a role by it alone loses that.
    pub async fn delete_policy(
        &self,
        caller: &Caller,
        policy: PolicyId,
        version: Version,
        intent: Intent,
    ) -> Result<Preview> {
        let permit = caller.permit(Action::DeletePolicy, Target::Policy(policy))?;
        let now = self.now();
        let mut tx = self.begin(&permit, Hold::Alone).await?;
        let old = self.lock_policy(&mut tx, &permit, policy, version).await?;
        if old.built_in {
            return Err(Refusal::DefaultPolicy.into());
        }
        let measure = self
            .measure(&mut tx, permit.organization, scope(&old.rules, &[]))
            .await?;
        store::delete(&mut tx, &permit, policy).await?;
        let preview = self.judge(&mut tx, caller, measure, intent).await?;
        if intent == Intent::Preview {
            return Ok(preview);
        }
        let mut before = recorded_policy((&old.name, &old.description), &old.rules);
        before["difference"] = recorded(&preview);
        audit::record(&mut tx, &permit, &old.name, audit::Change::removed(before), now).await?;
        tx.commit().await?;
        Ok(preview)
    }

    /// The policy as it is, held, if it is what the form was filled in for.
    async fn lock_policy(
        &self,
        tx: &mut Tx,
        permit: &Permit,
        policy: PolicyId,
        version: Version,
    ) -> Result<PolicyView> {
        let head = store::lock(tx, permit.organization, policy)
            .await?
            .ok_or(Error::NotFound)?;
        if head.version != version.0 {
            return Err(Refusal::EditedMeanwhile.into());
        }
        let rules = store::list_rules(&mut **tx, permit.organization, &[policy.0]).await?;
        Ok(self.shown(head, rules, self.now().into()))
    }

    /// What can be saved. An end that was reached meanwhile may stay as it is.
    fn check_draft(&self, draft: &PolicyDraft, before: Option<&PolicyView>) -> Result<CheckedPolicy> {
        let now = Moment::from(self.now());
        let catalogue = &self.settings.catalogue;
        let Some(old) = before.filter(|old| old.built_in) else {
            let kept: Vec<_> = before
                .iter()
                .flat_map(|old| &old.rules)
                .filter_map(|rule| rule.ends)
                .collect();
            return Ok(draft.check(catalogue, &kept, now)?);
        };
        let mut typed = draft.clone();
        let mut given = old.draft();
        for (rule, typed) in given.rules.iter_mut().zip(&mut typed.rules) {
            rule.users = std::mem::take(&mut typed.users);
            rule.groups = std::mem::take(&mut typed.groups);
        }
        Ok(given.check(catalogue, &[], now)?)
    }

    async fn save_rules(&self, tx: &mut Tx, permit: &Permit, policy: PolicyId, rules: &[Rule]) -> Result<()> {
        let rules: Vec<_> = rules
            .iter()
            .map(|rule| (self.chance.id(self.now()), rule))
            .collect();
        store::save_rules(tx, permit, policy, &rules).await
    }

    /// Only whom its rules name.
    async fn save_default(
        &self,
        tx: &mut Tx,
        permit: &Permit,
        policy: PolicyId,
        checked: &CheckedPolicy,
    ) -> Result<()> {
        let rules = store::list_rules(&mut **tx, permit.organization, &[policy.0]).await?;
        let rules: Vec<_> = rules.iter().map(|row| row.id).zip(&checked.rules).collect();
        store::delete_principals(tx, permit, policy).await?;
        store::save_principals(tx, permit, &rules).await?;
        store::save_changed(tx, permit, policy).await
    }
}

fn named<I>(ids: Vec<Uuid>, names: Vec<String>, id: fn(Uuid) -> I) -> Vec<Named<I>> {
    ids.into_iter()
        .zip(names)
        .map(|(uuid, name)| Named { id: id(uuid), name })
        .collect()
}

/// Everybody whom the rules name, before and after.
fn scope<'a>(before: impl IntoIterator<Item = &'a RuleView>, after: &[Rule]) -> Scope {
    let mut scope = Scope::default();
    for rule in before {
        scope.users.extend(rule.users.iter().map(|user| user.id.0));
        scope.groups.extend(rule.groups.iter().map(|group| group.id.0));
    }
    for rule in after {
        scope.users.extend(rule.users.iter().map(|user| user.0));
        scope.groups.extend(rule.groups.iter().map(|group| group.0));
    }
    scope
}

/// Everybody named must be in the organization.
async fn check_principals(tx: &mut Tx, permit: &Permit, policy: &CheckedPolicy) -> Result<()> {
    let named = scope([], &policy.rules);
    let people = groups::list_people_among(tx, permit.organization, &named.users).await?;
    let known = groups::list_among(tx, permit.organization, &named.groups).await?;
    let people: HashSet<Uuid> = people.into_iter().map(|person| person.id).collect();
    let known: HashSet<Uuid> = known.into_iter().map(|group| group.id).collect();
    let mut faults = Faults::default();
    for (rule, number) in policy.rules.iter().zip(1..) {
        let are_there = rule.users.iter().all(|user| people.contains(&user.0))
            && rule.groups.iter().all(|group| known.contains(&group.0));
        if !are_there {
            faults
                .0
                .push((Field::Rules, Fault::UnknownPrincipal { rule: number }));
        }
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(faults.into())
    }
}

/// The policy as the audit log keeps it: by names, which are what was seen.
fn recorded_policy((name, description): (&str, &str), rules: &[RuleView]) -> Value {
    let rules: Vec<_> = rules
        .iter()
        .map(|rule| {
            json!({
                "roles": rule.roles.iter().map(|role| role.id.as_str()).collect::<Vec<_>>(),
                "users": rule.users.iter().map(|user| &user.name).collect::<Vec<_>>(),
                "groups": rule.groups.iter().map(|group| &group.name).collect::<Vec<_>>(),
                "until": rule.ends.map(Moment::rfc3339),
            })
        })
        .collect();
    json!({ "name": name, "description": description, "rules": rules })
}
