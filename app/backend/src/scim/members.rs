//! What several steps make of the members of a group, as one change.

use super::MemberStep;
use std::collections::BTreeSet;
use uuid::Uuid;

/// Whoever is added, and whoever goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct MembersChange {
    pub added: BTreeSet<Uuid>,
    pub removed: BTreeSet<Uuid>,
    /// Whether everybody goes who is not added.
    pub replaces: bool,
}

impl MembersChange {
    pub(super) fn of(steps: &[MemberStep]) -> Self {
        let mut change = Self::default();
        for step in steps {
            match step {
                MemberStep::Add(users) => {
                    for user in users {
                        change.removed.remove(&user.0);
                        change.added.insert(user.0);
                    }
                }
                MemberStep::Remove(users) => {
                    for user in users {
                        change.added.remove(&user.0);
                        change.removed.insert(user.0);
                    }
                }
                MemberStep::Replace(users) => {
                    change.added = users.iter().map(|user| user.0).collect();
                    change.removed.clear();
                    change.replaces = true;
                }
            }
        }
        change
    }

    pub(super) fn is_nothing(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty() && !self.replaces
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ids::UserId;

    const ADA: UserId = UserId(Uuid::from_u128(1));
    const BEN: UserId = UserId(Uuid::from_u128(2));

    fn of(steps: &[MemberStep]) -> (Vec<Uuid>, Vec<Uuid>, bool) {
        let change = MembersChange::of(steps);
        (
            change.added.into_iter().collect(),
            change.removed.into_iter().collect(),
            change.replaces,
        )
    }

    #[test]
    fn the_last_word_counts() {
        use MemberStep::{Add, Remove, Replace};
        let added = (vec![ADA.0], vec![], false);
        assert_eq!(of(&[Remove(vec![ADA]), Add(vec![ADA])]), added);
        let removed = (vec![], vec![ADA.0], false);
        assert_eq!(of(&[Add(vec![ADA]), Remove(vec![ADA])]), removed);
        let replaced = (vec![BEN.0], vec![], true);
        assert_eq!(of(&[Add(vec![ADA]), Replace(vec![BEN])]), replaced);
        let replaced = (vec![ADA.0], vec![BEN.0], true);
        assert_eq!(
            of(&[Replace(vec![BEN]), Add(vec![ADA, ADA]), Remove(vec![BEN])]),
            replaced
        );
        assert!(MembersChange::of(&[]).is_nothing());
        assert!(!MembersChange::of(&[Replace(vec![])]).is_nothing());
    }
}
