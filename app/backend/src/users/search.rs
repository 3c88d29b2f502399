//! How people are found by a part of a name or an address, in the order of a list.
//!
//! PostgreSQL has two ways: along the order until a page is full, or by the index of texts to all who are meant, and these
//! sorted. It guesses that whoever is meant is spread evenly over the order, and then goes along it past everybody else: of
//! a million the 25,000 called Lise stand together, behind 550,000 others. So the first thousand are looked at along the
//! order, which finds what many have, and all of a small organization; and only then the index is asked. That costs as much
//! as there are people who are meant: 2 µs each, where all pages are in memory.

use crate::database::patterns_of_part;
use domain::ids::OrganizationId;
use sqlx::{FromRow, Postgres, QueryBuilder};

/// How many are looked at along the order. More find more without the index, and cost more where it is asked after all.
pub(crate) const NEAR: i64 = 1_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// As PostgreSQL sees fit: nobody is looked for, or everybody who is meant is read.
    Free,
    /// Among the first [`NEAR`] of the order. Behind them is a mark, if there are as many.
    Near,
    /// Among all, by the index of texts.
    Everywhere,
}

impl Way {
    /// What a select takes besides to fill a [`Place`].
    pub(crate) fn marks(self) -> &'static str {
        match self {
            Self::Near => ", u.place, u.is_found",
            Self::Free | Self::Everywhere => "",
        }
    }
}

/// The people `u` whom a list shows.
pub(crate) struct Shown<'a> {
    pub way: Way,
    pub organization: OrganizationId,
    pub search: &'a str,
    /// What else is joined, and what of it is selected.
    pub join: &'a str,
    pub columns: &'a str,
    /// By what of `u` they are ordered, and by their ids where that is the same.
    pub key: &'a str,
    /// `asc` or `desc`.
    pub direction: &'a str,
    pub limit: usize,
}

impl Shown<'_> {
    /// A select of everything about them. `narrow` writes further conditions, each beginning with `and`.
    pub(crate) fn push(
        &self,
        sql: &mut QueryBuilder<Postgres>,
        narrow: impl FnOnce(&mut QueryBuilder<Postgres>),
    ) {
        let Self {
            join,
            columns,
            key,
            direction,
            limit,
            ..
        } = self;
        let order = self.order();
        match self.way {
            Way::Free => {
                sql.push(format_args!("select u.*{columns} from users u{join}"));
                self.push_organization(sql);
                narrow(sql);
                if !self.search.is_empty() {
                    sql.push(" and ");
                    self.push_match(sql);
                }
                sql.push(format_args!(" order by {order} limit {limit}"));
            }
            Way::Near => {
                // No more of each of a thousand than is needed: they are copied to be counted.
                let near_order = format!("near_key {direction}, near_id {direction}");
                sql.push(format_args!(
                    "select u.*, near.* from (
                         select walked.*, row_number() over (order by {near_order}) as place
                         from (select u.id as near_id, {key} as near_key{columns}, "
                ));
                self.push_match(sql);
                sql.push(format_args!(" as is_found from users u{join}"));
                self.push_organization(sql);
                narrow(sql);
                sql.push(format_args!(
                    " order by {order} limit {NEAR}) walked) near
                     join users u on u.id = near_id
                     where is_found or place = {NEAR} order by {near_order} limit {limit}"
                ));
            }
            Way::Everywhere => {
                // What has an offset is planned for itself, all of it.
                sql.push(format_args!("select u.*{columns} from (select u.* from users u"));
                self.push_organization(sql);
                sql.push(" and ");
                self.push_match(sql);
                sql.push(format_args!(" offset 0) u{join} where true"));
                narrow(sql);
                sql.push(format_args!(" order by {order} limit {limit}"));
            }
        }
    }

    /// For those who come after `order by`.
    pub(crate) fn order(&self) -> String {
        let (key, direction) = (self.key, self.direction);
        format!("{key} {direction}, u.id {direction}")
    }

    fn push_organization(&self, sql: &mut QueryBuilder<Postgres>) {
        sql.push(" where u.organization_id = ")
            .push_bind(self.organization.0);
    }

    fn push_match(&self, sql: &mut QueryBuilder<Postgres>) {
        let [pattern, other] = patterns_of_part(self.search);
        let is_one = pattern == other;
        sql.push("(u.search like ").push_bind(pattern);
        if !is_one {
            sql.push(" or u.search like ").push_bind(other);
        }
        sql.push(")");
    }
}

/// Of somebody near: the number along the order, and whether they are meant.
#[derive(Clone, Copy, FromRow)]
#[sqlx(default)]
pub(crate) struct Place {
    place: i64,
    is_found: bool,
}

impl Default for Place {
    /// Of whom [`Way::Near`] has not found: everybody is meant.
    fn default() -> Self {
        Self {
            place: 0,
            is_found: true,
        }
    }
}

/// Those who are meant, of what [`Way::Near`] has found; `None` if there may be others behind.
pub(crate) fn found_near<R>(mut rows: Vec<R>, limit: usize, place: impl Fn(&R) -> Place) -> Option<Vec<R>> {
    let is_end = rows.last().is_none_or(|last| place(last).place < NEAR);
    rows.retain(|row| place(row).is_found);
    (is_end || rows.len() >= limit).then_some(rows)
}
