//! What an act does to what people hold: who gains and who loses which role. Shown before the act, recorded with it.

use super::{catalogue::RoleKey, role::Role};
use crate::{
    ids::{PolicyId, UserId},
    moment::Moment,
};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    hash::{DefaultHasher, Hash, Hasher},
};

/// Who holds what at one moment, each pair once, with the roles that come with others. Of a million people it takes what
/// their ids take, once for each role.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Held {
    roles: Change,
    /// Until when the administrators are some; `None`: without an end.
    administrators: BTreeMap<UserId, Option<Moment>>,
}

impl FromIterator<(UserId, RoleKey)> for Held {
    fn from_iter<I: IntoIterator<Item = (UserId, RoleKey)>>(pairs: I) -> Self {
        let mut held = Self::default();
        for (user, role) in pairs {
            held.add(user, role, None);
        }
        held.settle();
        held
    }
}

impl Held {
    /// To be settled when all are there. `ends`: of all ways by which they hold it the latest.
    pub fn add(&mut self, user: UserId, role: RoleKey, ends: Option<Moment>) {
        let included = role.built_in().map(Role::includes).unwrap_or_default();
        for role in included {
            self.roles.entry(RoleKey::from(*role)).or_default().push(user);
        }
        if role.built_in() == Some(Role::IamAdmin) {
            self.administrators.insert(user, ends);
        }
        self.roles.entry(role).or_default().push(user);
    }

    /// Each pair once, in order.
    pub fn settle(&mut self) {
        for users in self.roles.values_mut() {
            users.sort_unstable();
            users.dedup();
        }
    }

    /// What is here and not there.
    fn without(&self, there: &Self) -> Change {
        let only = |(role, users): (&RoleKey, &Vec<UserId>)| {
            let others = there.roles.get(role).map(Vec::as_slice).unwrap_or_default();
            let is_only = |user: &&UserId| others.binary_search(user).is_err();
            let users: Vec<_> = users.iter().filter(is_only).copied().collect();
            (!users.is_empty()).then(|| (role.clone(), users))
        };
        self.roles.iter().filter_map(only).collect()
    }

    /// The administrators who are some for longer than there.
    fn administrators_for_longer_than(&self, there: &Self) -> Vec<UserId> {
        let is_later = |end: &Option<Moment>, other: &Option<Moment>| match (end, other) {
            (Some(end), Some(other)) => end > other,
            (end, other) => end.is_none() && other.is_some(),
        };
        let longer = |(user, end): (&UserId, &Option<Moment>)| {
            let other = there.administrators.get(user)?;
            is_later(end, other).then_some(*user)
        };
        self.administrators.iter().filter_map(longer).collect()
    }
}

/// The people who gain or lose one role, by id.
pub type Change = BTreeMap<RoleKey, Vec<UserId>>;

/// Who gains and who loses which role.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    pub gained: Change,
    pub lost: Change,
    /// Who was an IAM Admin, and is one for longer or less long.
    pub lengthened: Vec<UserId>,
    pub shortened: Vec<UserId>,
}

impl Difference {
    pub fn between(before: &Held, after: &Held) -> Self {
        Self {
            gained: after.without(before),
            lost: before.without(after),
            lengthened: after.administrators_for_longer_than(before),
            shortened: before.administrators_for_longer_than(after),
        }
    }

    /// Whether somebody becomes an administrator, which wants a confirmation.
    pub fn makes_administrator(&self) -> bool {
        self.gained.contains_key(&RoleKey::from(Role::IamAdmin))
    }

    /// Whether anybody stops being an administrator, now or at an end that comes earlier than it did.
    pub fn ends_administrators(&self) -> bool {
        self.lost.contains_key(&RoleKey::from(Role::IamAdmin)) || !self.shortened.is_empty()
    }

    /// Whether somebody stops being an administrator, now or at an end that comes earlier than it did.
    pub fn ends_administrator(&self, user: UserId) -> bool {
        self.takes_administrator_from(user) || self.shortened.contains(&user)
    }

    pub fn takes_administrator_from(&self, user: UserId) -> bool {
        let lost = self.lost.get(&RoleKey::from(Role::IamAdmin));
        lost.is_some_and(|users| users.contains(&user))
    }
}

/// People named in a preview, at most; of those beyond only the number is told.
pub const NAMED_PEOPLE: usize = 20;

/// A line of the preview: the people who gain or lose one role.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ShownChange {
    pub role: String,
    /// The names of the first [`NAMED_PEOPLE`].
    pub people: Vec<String>,
    /// How many more there are.
    pub more: usize,
}

/// A difference as people read it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a thing to think about twice"
)]
pub struct Preview {
    pub gained: Vec<ShownChange>,
    pub lost: Vec<ShownChange>,
    /// Whether whoever looks would lose IAM Admin themselves.
    pub cuts_self_off: bool,
    /// Whether somebody becomes an IAM Admin.
    pub makes_administrator: bool,
    /// Whether whoever looks would stop being one earlier.
    pub shortens_own: bool,
    /// Whether somebody stays one for longer.
    pub lengthens_administrator: bool,
    /// The policies that name what is deleted, which are listed beside.
    pub naming: Vec<PolicyId>,
}

impl Preview {
    pub fn is_nothing(&self) -> bool {
        self.gained.is_empty() && self.lost.is_empty() && !self.wants_confirmation()
    }

    /// Whether somebody becomes an IAM Admin, or stays one for longer.
    pub fn gives_administrator(&self) -> bool {
        self.makes_administrator || self.lengthens_administrator
    }

    /// Whether it is saved only after a second yes.
    pub fn wants_confirmation(&self) -> bool {
        self.cuts_self_off
            || self.makes_administrator
            || self.shortens_own
            || self.lengthens_administrator
            || !self.naming.is_empty()
    }

    /// Stands for what was shown, in the yes to it. Two that read alike have the same.
    pub fn fingerprint(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.hash(&mut hasher);
        hasher.finish()
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
    fn an_end_that_moves_makes_an_administrator_for_longer_or_less_long() {
        let until = |ends: Option<i64>| {
            let mut held = Held::default();
            held.add(ADA, Role::IamAdmin.into(), ends.map(Moment::from_unix_seconds));
            held
        };
        let moved = |from, to| {
            let difference = Difference::between(&until(from), &until(to));
            (
                !difference.lengthened.is_empty(),
                !difference.shortened.is_empty(),
            )
        };
        assert_eq!(moved(Some(1), Some(1)), (false, false));
        assert_eq!(moved(None, None), (false, false));
        assert_eq!(
            (moved(Some(1), Some(2)), moved(Some(1), None)),
            ((true, false), (true, false))
        );
        assert_eq!(
            (moved(Some(2), Some(1)), moved(None, Some(1))),
            ((false, true), (false, true))
        );
    }

    #[test]
    fn a_role_that_is_held_in_another_way_is_neither_gained_nor_lost() {
        let before = held(&[(ADA, Role::NotificationsAdmin)]);
        let after = held(&[(ADA, Role::NotificationsAdmin), (ADA, Role::NotificationsViewer)]);
        assert_eq!(Difference::between(&before, &after), Difference::default());
    }
}
