//! Why somebody holds a role: the chains policy → rule → group that give it. What a person may do is judged by the same
//! roles that these chains end in, so an explanation and a decision can't differ.

use super::{
    action::Action,
    catalogue::RoleKey,
    decide::{Decision, decide},
    role::Roles,
};
use crate::{
    ids::{GroupId, PolicyId},
    moment::Moment,
};
use serde::{Deserialize, Serialize};

/// A thing with the name that people call it by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Named<I> {
    pub id: I,
    pub name: String,
}

/// One way by which one person comes to one role.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Grant {
    pub role: RoleKey,
    pub policy: Named<PolicyId>,
    /// The number of the rule in its policy, from 1.
    pub rule: i32,
    /// The group that the rule names and the person is in; `None`: the rule names the person.
    pub group: Option<Named<GroupId>>,
    /// When the rule or the membership ends, whichever is sooner.
    pub ends: Option<Moment>,
}

impl Grant {
    /// One that has ended gives nothing from that second on, whether or not anything has run since.
    pub fn is_in_force(&self, now: Moment) -> bool {
        self.ends.is_none_or(|ends| now < ends)
    }
}

/// The roles that somebody holds at a moment.
pub fn roles_at(grants: &[Grant], now: Moment) -> Roles {
    grants
        .iter()
        .filter(|grant| grant.is_in_force(now))
        .filter_map(|grant| grant.role.built_in())
        .collect()
}

/// What somebody may do in the console, and by which grants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation<'a> {
    pub decision: Decision,
    /// Those that allow it by themselves; none where it is denied, or where everybody may do it about themselves.
    pub because: Vec<&'a Grant>,
}

pub fn explain(grants: &[Grant], action: Action, now: Moment) -> Explanation<'_> {
    let allows = |grant: &&Grant| {
        grant
            .role
            .built_in()
            .is_some_and(|role| role.allows(action.key()))
    };
    Explanation {
        decision: decide(&roles_at(grants, now), action),
        because: grants
            .iter()
            .filter(|grant| grant.is_in_force(now))
            .filter(allows)
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::{Audience, Role};
    use proptest::prelude::*;
    use uuid::Uuid;

    fn grants() -> impl Strategy<Value = Vec<Grant>> {
        let grant = (
            0..Role::ALL.len(),
            0..4_u128,
            proptest::option::of(0..4_u128),
            proptest::option::of(0..20_i64),
        );
        let grant = grant.prop_map(|(role, policy, group, ends)| Grant {
            role: Role::ALL[role].into(),
            policy: Named {
                id: PolicyId(Uuid::from_u128(policy)),
                name: format!("Policy {policy}"),
            },
            rule: 1,
            group: group.map(|group| Named {
                id: GroupId(Uuid::from_u128(group)),
                name: format!("Group {group}"),
            }),
            ends: ends.map(Moment::from_unix_seconds),
        });
        proptest::collection::vec(grant, 0..8)
    }

    /// The rules once more, as the product page says them: allow only, default deny, the union of what has not ended.
    fn naive(grants: &[Grant], action: Action, now: Moment) -> bool {
        action.audience() == Audience::Self_
            || grants.iter().any(|grant| {
                let over = matches!(grant.ends, Some(ends) if ends <= now);
                let names = |role: Role| role.actions().contains(&action.key());
                let role = grant.role.built_in().unwrap();
                let with_it = role == Role::NotificationsAdmin && names(Role::NotificationsViewer);
                !over && (names(role) || with_it)
            })
    }

    proptest! {
        #[test]
        fn decision_and_explanation_are_what_the_rules_say(grants in grants(), now in 0..20_i64) {
            let now = Moment::from_unix_seconds(now);
            for action in Action::ALL {
                let allowed = decide(&roles_at(&grants, now), *action).is_allowed();
                prop_assert_eq!(allowed, naive(&grants, *action, now));
                let explanation = explain(&grants, *action, now);
                prop_assert_eq!(explanation.decision.is_allowed(), allowed);
                if action.audience() == Audience::Granted {
                    prop_assert_eq!(!explanation.because.is_empty(), allowed);
                }
                for grant in explanation.because {
                    prop_assert!(naive(std::slice::from_ref(grant), *action, now));
                }
            }
        }
    }
}
