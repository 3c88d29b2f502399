//! What an act does to what people hold: who gains and who loses which role. Shown before the act, recorded with it.

use super::{catalogue::RoleKey, role::Role};
use crate::ids::UserId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Who holds what at one moment, each pair once, with the roles that come with others. Of a million people it takes what
/// their ids take, once for each role.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Held(Change);

impl FromIterator<(UserId, RoleKey)> for Held {
    fn from_iter<I: IntoIterator<Item = (UserId, RoleKey)>>(pairs: I) -> Self {
        let mut held = Self::default();
        for (user, role) in pairs {
            held.add(user, role);
        }
        held.settle();
        held
    }
}

impl Held {
    /// To be settled when all are there.
    pub fn add(&mut self, user: UserId, role: RoleKey) {
        let included = role.built_in().map(Role::includes).unwrap_or_default();
        for role in included {
            self.0.entry(RoleKey::from(*role)).or_default().push(user);
        }
        self.0.entry(role).or_default().push(user);
    }

    /// Each pair once, in order.
    pub fn settle(&mut self) {
        for users in self.0.values_mut() {
            users.sort_unstable();
            users.dedup();
        }
    }

    /// What is here and not there.
    fn without(&self, there: &Self) -> Change {
        let only = |(role, users): (&RoleKey, &Vec<UserId>)| {
            let others = there.0.get(role).map(Vec::as_slice).unwrap_or_default();
            let is_only = |user: &&UserId| others.binary_search(user).is_err();
            let users: Vec<_> = users.iter().filter(is_only).copied().collect();
            (!users.is_empty()).then(|| (role.clone(), users))
        };
        self.0.iter().filter_map(only).collect()
    }
}

/// The people who gain or lose one role, by id.
pub type Change = BTreeMap<RoleKey, Vec<UserId>>;

/// Who gains and who loses which role.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    pub gained: Change,
    pub lost: Change,
}

impl Difference {
    pub fn between(before: &Held, after: &Held) -> Self {
        Self {
            gained: after.without(before),
            lost: before.without(after),
        }
    }

    /// Whether somebody becomes an administrator, which wants a confirmation.
    pub fn makes_administrator(&self) -> bool {
        self.gained.contains_key(&RoleKey::from(Role::IamAdmin))
    }

    pub fn takes_administrator_from(&self, user: UserId) -> bool {
        let lost = self.lost.get(&RoleKey::from(Role::IamAdmin));
        lost.is_some_and(|users| users.contains(&user))
    }
}

/// People named in a preview, at most; of those beyond only the number is told.
pub const NAMED_PEOPLE: usize = 20;

/// A line of the preview: the people who gain or lose one role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownChange {
    pub role: String,
    /// The names of the first [`NAMED_PEOPLE`].
    pub people: Vec<String>,
    /// How many more there are.
    pub more: usize,
}

/// A difference as people read it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    pub gained: Vec<ShownChange>,
    pub lost: Vec<ShownChange>,
    /// Whether whoever looks would lose IAM Admin themselves.
    pub cuts_self_off: bool,
    /// Whether somebody becomes an IAM Admin.
    pub makes_administrator: bool,
}

impl Preview {
    pub fn is_nothing(&self) -> bool {
        self.gained.is_empty() && self.lost.is_empty()
    }

    /// Whether it is saved only after a second yes.
    pub fn wants_confirmation(&self) -> bool {
        self.cuts_self_off || self.makes_administrator
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const ADA: UserId = UserId(Uuid::from_u128(1));
    const BEN: UserId = UserId(Uuid::from_u128(2));

    fn held(pairs: &[(UserId, Role)]) -> Held {
        pairs
            .iter()
            .map(|(user, role)| (*user, RoleKey::from(*role)))
            .collect()
    }

    #[test]
    fn who_gains_and_who_loses_what() {
        let before = held(&[(ADA, Role::IamAdmin), (BEN, Role::CksViewer)]);
        let after = held(&[(BEN, Role::CksViewer), (BEN, Role::IamAdmin)]);
        let difference = Difference::between(&before, &after);
        assert_eq!(
            difference.gained,
            Change::from([(Role::IamAdmin.into(), vec![BEN])])
        );
        assert_eq!(
            difference.lost,
            Change::from([(Role::IamAdmin.into(), vec![ADA])])
        );
        assert!(difference.makes_administrator());
        assert!(difference.takes_administrator_from(ADA) && !difference.takes_administrator_from(BEN));
    }

    #[test]
    fn a_role_that_is_held_in_another_way_is_neither_gained_nor_lost() {
        let before = held(&[(ADA, Role::NotificationsAdmin)]);
        let after = held(&[(ADA, Role::NotificationsAdmin), (ADA, Role::NotificationsViewer)]);
        assert_eq!(Difference::between(&before, &after), Difference::default());
    }
}
