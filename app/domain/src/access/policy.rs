//! Access policies: rules that give roles to people and groups. Allow only: what no rule gives is denied.

use super::{
    catalogue::{Catalogue, RoleKey},
    grant::Named,
};
use crate::{
    field::{Fault, Faults, Field, single_line},
    ids::{GroupId, PolicyId, UserId},
    moment::Moment,
};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use unicode_normalization::UnicodeNormalization;

/// Characters of the name of a policy or a group, at most.
pub const MAX_NAME: usize = 100;
/// Characters of a description, at most.
pub const MAX_DESCRIPTION: usize = 300;
/// Rules in a policy, at most: what one page can show.
pub const MAX_RULES: usize = 20;
/// People and groups in a rule, at most. Whoever needs more makes a group.
pub const MAX_PRINCIPALS: usize = 200;

/// How often a policy or a group was changed. A form names the version that it was filled in for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Version(pub i32);

/// A rule as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleDraft {
    #[serde(default)]
    pub roles: Vec<RoleKey>,
    #[serde(default)]
    pub users: Vec<UserId>,
    #[serde(default)]
    pub groups: Vec<GroupId>,
    /// `2026-11-24T18:30` in UTC; empty: it never ends.
    #[serde(default)]
    pub ends: String,
    /// What is looked for among people, to be chosen.
    #[serde(default)]
    pub find_users: String,
    /// The same among groups.
    #[serde(default)]
    pub find_groups: String,
}

/// A policy as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyDraft {
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub description: String,
    #[serde(default)]
    pub rules: Vec<RuleDraft>,
}

/// A rule that can be saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    pub roles: Vec<RoleKey>,
    pub users: Vec<UserId>,
    pub groups: Vec<GroupId>,
    pub ends: Option<Moment>,
}

/// A policy that can be saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedPolicy {
    pub name: String,
    pub description: String,
    pub rules: Vec<Rule>,
}

/// The name of a policy or a group: one line.
pub fn name(typed: &str) -> Result<String, Fault> {
    let typed: String = typed.nfc().collect();
    single_line(&typed, MAX_NAME).map(str::to_owned)
}

/// What it is for: one line or nothing.
pub fn description(typed: &str) -> Result<String, Fault> {
    let typed: String = typed.nfc().collect();
    match single_line(&typed, MAX_DESCRIPTION) {
        Ok(text) => Ok(text.to_owned()),
        Err(Fault::Missing) => Ok(String::new()),
        Err(fault) => Err(fault),
    }
}

/// The end of a rule or a membership; nothing typed is no end.
pub fn end(typed: &str, now: Moment) -> Result<Option<Moment>, Fault> {
    if typed.trim().is_empty() {
        return Ok(None);
    }
    match Moment::from_control(typed) {
        Some(end) if end > now => Ok(Some(end)),
        Some(_) => Err(Fault::EndIsOver),
        None => Err(Fault::NotATime),
    }
}

impl PolicyDraft {
    /// All faults at once. Whether its people and groups exist is asked of the database. An end that is among `kept`,
    /// those that the policy has already, may lie behind.
    pub fn check(
        &self,
        catalogue: &Catalogue,
        kept: &[Moment],
        now: Moment,
    ) -> Result<CheckedPolicy, Faults> {
        let mut faults = Faults::default();
        let name = faults.take(Field::Name, name(&self.name));
        let description = faults.take(Field::Description, description(&self.description));
        if self.rules.is_empty() {
            faults.0.push((Field::Rules, Fault::NoRule));
        }
        if self.rules.len() > MAX_RULES {
            faults
                .0
                .push((Field::Rules, Fault::TooManyRules { max: MAX_RULES }));
        }
        let mut rules = Vec::new();
        for (rule, number) in self.rules.iter().take(MAX_RULES).zip(1..) {
            rules.extend(rule.check(number, catalogue, kept, now, &mut faults));
        }
        match (name, description) {
            (Some(name), Some(description)) if faults.is_empty() => Ok(CheckedPolicy {
                name,
                description,
                rules,
            }),
            _ => Err(faults),
        }
    }
}

impl PolicyDraft {
    /// A new policy begins with one empty rule.
    pub fn begun() -> Self {
        Self {
            rules: vec![RuleDraft::default()],
            ..Self::default()
        }
    }

    /// Refuses what no form of ours can hold, before anything is kept of it or looked up for it.
    pub fn is_within_bounds(&self) -> Result<(), Faults> {
        let max = MAX_PRINCIPALS;
        let mut faults = Faults::default();
        if self.rules.len() > MAX_RULES {
            faults
                .0
                .push((Field::Rules, Fault::TooManyRules { max: MAX_RULES }));
        }
        for (draft, rule) in self.rules.iter().take(MAX_RULES).zip(1..) {
            if draft.users.len() + draft.groups.len() > max || draft.roles.len() > max {
                faults
                    .0
                    .push((Field::Rules, Fault::TooManyPrincipals { rule, max }));
            }
        }
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }

    /// The same without control characters, which are in no text that can be saved and which a store may not take.
    #[must_use]
    pub fn storable(&self) -> Self {
        let plain = |text: &String| text.chars().filter(|c| !c.is_control()).collect::<String>();
        let rule = |rule: &RuleDraft| RuleDraft {
            roles: rule
                .roles
                .iter()
                .map(|role| RoleKey::new(plain(&role.to_string())))
                .collect(),
            ends: plain(&rule.ends),
            find_users: plain(&rule.find_users),
            find_groups: plain(&rule.find_groups),
            ..rule.clone()
        };
        Self {
            name: plain(&self.name),
            description: plain(&self.description),
            rules: self.rules.iter().map(rule).collect(),
        }
    }

    /// Whether both would be saved as the same policy: the order of choices and what is looked for don't count.
    pub fn is_same(&self, other: &Self) -> bool {
        let settled = |draft: &Self| {
            let mut draft = draft.clone();
            for rule in &mut draft.rules {
                rule.roles.sort_unstable();
                rule.users.sort_unstable();
                rule.groups.sort_unstable();
                rule.find_users.clear();
                rule.find_groups.clear();
            }
            draft
        };
        settled(self) == settled(other)
    }
}

impl RuleDraft {
    /// `None` with at least one fault.
    fn check(
        &self,
        rule: usize,
        catalogue: &Catalogue,
        kept: &[Moment],
        now: Moment,
        faults: &mut Faults,
    ) -> Option<Rule> {
        let ends = match Moment::from_control(&self.ends) {
            Some(end) if kept.contains(&end) => Ok(Some(end)),
            _ => end(&self.ends, now),
        };
        let named = self.users.len() + self.groups.len();
        let is_twice = !all_differ(&self.roles) || !all_differ(&self.users) || !all_differ(&self.groups);
        let max = MAX_PRINCIPALS;
        let wrong = [
            (named == 0, Fault::RuleWithoutPrincipal { rule }),
            (named > max, Fault::TooManyPrincipals { rule, max }),
            (self.roles.is_empty(), Fault::RuleWithoutRole { rule }),
            (
                self.roles.iter().any(|role| catalogue.find(role).is_none()),
                Fault::UnknownRole { rule },
            ),
            (is_twice, Fault::TwiceInRule { rule }),
            (ends.is_err(), Fault::RuleEnd { rule }),
        ];
        let before = faults.0.len();
        let found = wrong.into_iter().filter(|(is_so, _)| *is_so);
        faults.0.extend(found.map(|(_, fault)| (Field::Rules, fault)));
        (faults.0.len() == before).then(|| Rule {
            roles: self.roles.clone(),
            users: self.users.clone(),
            groups: self.groups.clone(),
            ends: ends.ok().flatten(),
        })
    }
}

fn all_differ<T: std::hash::Hash + Eq>(all: &[T]) -> bool {
    let mut seen = HashSet::with_capacity(all.len());
    all.iter().all(|one| seen.insert(one))
}

/// A rule as people read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleView {
    pub roles: Vec<Named<RoleKey>>,
    pub users: Vec<Named<UserId>>,
    pub groups: Vec<Named<GroupId>>,
    pub ends: Option<Moment>,
    /// It has ended and gives nothing any more.
    pub is_over: bool,
}

/// A policy as people read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyView {
    pub id: PolicyId,
    pub name: String,
    pub description: String,
    /// A default policy: only its principals can be changed.
    pub built_in: bool,
    pub version: Version,
    pub rules: Vec<RuleView>,
}

impl PolicyView {
    /// As the form of the editor has it.
    pub fn draft(&self) -> PolicyDraft {
        PolicyDraft {
            name: self.name.clone(),
            description: self.description.clone(),
            rules: self
                .rules
                .iter()
                .map(|rule| RuleDraft {
                    roles: rule.roles.iter().map(|role| role.id.clone()).collect(),
                    users: rule.users.iter().map(|user| user.id).collect(),
                    groups: rule.groups.iter().map(|group| group.id).collect(),
                    ends: rule.ends.map(Moment::control).unwrap_or_default(),
                    ..RuleDraft::default()
                })
                .collect(),
        }
    }
}

/// A page of the list of policies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyPage {
    pub policies: Vec<PolicyView>,
    /// The name after which the next page begins, where there is one.
    pub next: Option<String>,
    pub now: Moment,
}

/// What is asked of the list of policies or of groups, as it is in the address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NameQuery {
    /// Part of a name; empty for all.
    pub search: String,
    /// The name after which the page begins.
    pub after: Option<String>,
}

impl NameQuery {
    pub fn from_query<'a>(get: impl Fn(&str) -> Option<&'a str>) -> Self {
        let text = |key| {
            get(key)
                .unwrap_or_default()
                .trim()
                .chars()
                .take(MAX_NAME)
                .collect::<String>()
        };
        Self {
            search: text("q"),
            after: Some(text("after")).filter(|name| !name.is_empty()),
        }
    }

    pub fn to_query(&self) -> Vec<(&'static str, String)> {
        let search = Some(self.search.clone()).filter(|search| !search.is_empty());
        [("q", search), ("after", self.after.clone())]
            .into_iter()
            .filter_map(|(key, value)| Some((key, value?)))
            .collect()
    }
}

/// Somebody or something that can be chosen in a form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice<I> {
    pub id: I,
    pub name: String,
    /// What tells it from another one of that name: an address, a description.
    pub detail: String,
}

/// A rule of the editor: what is chosen and what was found, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleChoices {
    pub users: Vec<Choice<UserId>>,
    pub groups: Vec<Choice<GroupId>>,
    /// What [`RuleDraft::find_users`] found and is not chosen yet, a screenful; the first ones where nothing is looked for.
    pub found_users: Vec<Choice<UserId>>,
    pub found_groups: Vec<Choice<GroupId>>,
}
