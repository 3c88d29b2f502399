//! How people are found by a part of a name or an address, in the order of a list.
//!
//! PostgreSQL has two ways: along the order until a page is full, or by the index of texts to all who are meant, and these
//! sorted. It guesses that whoever is meant is spread evenly over the order, and then goes along it past everybody else: of
//! a million the 25,000 called Lise stand together, behind 550,000 others. So twenty times as many as are shown are looked at
//! along the order, which finds what one in twenty has, and all of a small organization; and only then the index is asked.
//! That costs as much as there are people who are meant: 2 µs each, where all pages are in memory.

use crate::{
    Result,
    database::{Tx, patterns_of_part},
};
use domain::ids::OrganizationId;
use sqlx::{FromRow, PgPool, Postgres, QueryBuilder, postgres::PgRow};

/// How many are looked at along the order for each that is shown.
const LOOKED_AT: usize = 20;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// As PostgreSQL sees fit: nobody is looked for, or everybody who is meant is read.
    Free,
    /// Among the first of the order. The last of them is there as a mark if there may be others behind.
    Near,
    /// Among all, by the index of texts.
    Everywhere,
}

impl Way {
    /// What a select takes besides to fill a [`Seen`].
    pub(crate) fn marks(self) -> &'static str {
        match self {
            Self::Near => ", u.is_found, u.is_mark",
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
                let most = limit * LOOKED_AT;
                // No more of each than is needed: they are copied to be counted.
                let near_order = format!("near_key {direction}, near_id {direction}");
                sql.push(format_args!(
                    "select u.*, near.* from (
                         select walked.*, row_number() over (order by {near_order}) = {most} as is_mark
                         from (select u.id as near_id, {key} as near_key{columns}, "
                ));
                self.push_match(sql);
                sql.push(format_args!(" as is_found from users u{join}"));
                self.push_organization(sql);
                narrow(sql);
                sql.push(format_args!(
                    " order by {order} limit {most}) walked) near
                     join users u on u.id = near_id
                     where is_found or is_mark order by {near_order} limit {limit}"
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

/// Somebody whom [`Way::Near`] has found, or the mark.
#[derive(FromRow)]
pub(crate) struct Seen<T> {
    #[sqlx(flatten)]
    row: T,
    is_found: bool,
    is_mark: bool,
}

/// Those who are meant; `None` if there may be others behind.
pub(crate) fn found_near<T>(seen: Vec<Seen<T>>, limit: usize) -> Option<Vec<T>> {
    let is_end = seen.last().is_none_or(|last| !last.is_mark);
    let found: Vec<_> = seen.into_iter().filter(|seen| seen.is_found).collect();
    let is_all = is_end || found.len() >= limit;
    is_all.then(|| found.into_iter().map(|seen| seen.row).collect())
}

/// Whether a look along the order is planned once for whatever is bound to it, or each time: where what is joined is of
/// very different sizes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Planned {
    Once,
    EachTime,
}

/// Up to `limit` of those who are meant, by the statements that `ask` makes.
pub(crate) async fn find<T>(
    pool: &PgPool,
    limit: usize,
    planned: Planned,
    ask: impl Fn(Way) -> QueryBuilder<Postgres>,
) -> Result<Vec<T>>
where
    T: for<'r> FromRow<'r, PgRow> + Send + Unpin,
{
    let mut near = ask(Way::Near);
    let seen: Vec<Seen<T>> = match planned {
        Planned::Once => near.build_query_as().fetch_all(pool).await?,
        Planned::EachTime => read_planned_anew(pool, near).await?,
    };
    match found_near(seen, limit) {
        Some(found) => Ok(found),
        None => read_planned_anew(pool, ask(Way::Everywhere)).await,
    }
}

/// Reads by a plan for these values alone: the best way depends on how many there are.
pub(crate) async fn read_planned_anew<T>(pool: &PgPool, mut sql: QueryBuilder<Postgres>) -> Result<Vec<T>>
where
    T: for<'r> FromRow<'r, PgRow> + Send + Unpin,
{
    let mut tx = Tx::begin(pool).await?;
    let rows = sql.build_query_as().persistent(false);
    let rows = rows.fetch_all(&mut *tx).await?;
    tx.commit().await?;
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use crate::{Caller, access::store::choices, testing::Stage};
    use domain::{
        ids::GroupId,
        users::{Cursor, PAGE_SIZE, ShownStatus, SortBy, UserQuery},
    };
    use sqlx::PgPool;
    use uuid::Uuid;

    /// People in the order of their names, more than are looked at along it. Those whose address has one of these are, from
    /// 1 on: the first three, 49, 50 and 51 who end with the last that is looked at; the 51st of them behind it; all who come
    /// behind; the last one; one in thirty; all but a few.
    const PEOPLE: &str = "
        insert into users (id, organization_id, email, email_key, first_name, last_name, status, created_at, activated_at,
                           last_sign_in_at)
        select gen_random_uuid(), $1, tags, tags, lpad(n::text, 5, '0'), 'Person',
               case when n % 7 = 0 then 'invited' else 'active' end, $2, $2,
               case when n % 3 = 0 then null else $2 - (n * 7919 % 1300) * interval '1 hour' end
        from generate_series(1, 1300) n, lateral (select concat_ws('.',
            'p' || n, case when n <= 3 then 'first' end,
            case when n between $3 - 48 and $3 then 'less' end, case when n between $3 - 49 and $3 then 'page' end,
            case when n between $3 - 50 and $3 then 'more' end, case when n between $3 - 49 and $3 + 1 then 'behind' end,
            case when n > $3 then 'beyond' end, case when n = 1300 then 'last' end,
            case when n % 30 = 0 then 'some' end, case when n > 5 then 'many' end)
            || '@' || $4 || '.test' as tags) tags";
    const TAGS: [&str; 13] = [
        "first", "less", "page", "more", "behind", "beyond", "last", "some", "many", "nobody", "p", "p1",
        "0130",
    ];

    /// All who are found, a page after the other, and back from the last one.
    async fn paged(stage: &Stage, by: &Caller, query: &UserQuery) -> Vec<String> {
        let mut query = query.clone();
        let mut pages: Vec<Vec<String>> = Vec::new();
        let mut last = loop {
            let page = stage.backend.list_users(by, &query).await.unwrap();
            pages.push(page.rows.iter().map(|row| row.email.clone()).collect());
            match page.next {
                Some(next) => query.cursor = next,
                None => break page,
            }
        };
        for before in pages.iter().rev().skip(1) {
            query.cursor = last.previous.unwrap();
            last = stage.backend.list_users(by, &query).await.unwrap();
            assert!(
                last.rows.iter().map(|row| &row.email).eq(before),
                "back: {query:?}"
            );
        }
        assert_eq!(last.previous, None, "{query:?}");
        pages.concat()
    }

    #[sqlx::test]
    async fn people_are_found_by_their_own_spelling_and_in_other_case(pool: PgPool) {
        let stage = Stage::new(pool.clone());
        let ada = stage.ada().await;
        for name in [
            "İbrahim",
            "Işıl",
            "ΝΙΚΟΣ",
            "Νίκος",
            "ẞtrauß",
            "Ørsted",
            "Ǆemal",
            "ЁЛКИН",
            "Ǣthel",
        ] {
            let other: String = sqlx::query_scalar(
                "update users set first_name = $2 where id = $1 returning lower(first_name)",
            )
            .bind(ada.user.0)
            .bind(name)
            .fetch_one(&pool)
            .await
            .unwrap();
            for search in [name, &other] {
                let query = UserQuery {
                    search: search.into(),
                    ..UserQuery::default()
                };
                let found = stage.backend.list_users(&ada, &query).await.unwrap();
                assert_eq!(found.rows.len(), 1, "{search}");
            }
        }
    }

    #[sqlx::test]
    async fn pages_of_people_who_are_looked_for_are_those_of_the_whole_list(pool: PgPool) {
        let stage = Stage::new(pool.clone());
        let ada = stage.ada().await;
        let eve = stage.founder("Others", "eve@other.test").await;
        let most = i32::try_from(super::LOOKED_AT * (PAGE_SIZE + 1)).unwrap();
        for (organization, domain) in [(ada.organization, "example"), (eve.organization, "other")] {
            sqlx::query(PEOPLE)
                .bind(organization.0)
                .bind(stage.backend.now())
                .bind(most)
                .bind(domain)
                .execute(&pool)
                .await
                .unwrap();
        }
        sqlx::raw_sql("analyze users").execute(&pool).await.unwrap();
        for (sort, descending) in SortBy::ALL
            .into_iter()
            .flat_map(|sort| [(sort, false), (sort, true)])
        {
            for status in [None, Some(ShownStatus::Active), Some(ShownStatus::Deactivated)] {
                let all = UserQuery {
                    sort,
                    descending,
                    status,
                    ..UserQuery::default()
                };
                let everybody = paged(&stage, &ada, &all).await;
                for tag in TAGS {
                    let query = UserQuery {
                        search: tag.into(),
                        ..all.clone()
                    };
                    // What one letter or two find is said by the database alone, beside the list.
                    let [pattern, other] = crate::database::patterns_of_part(tag);
                    let meant: Vec<String> = sqlx::query_scalar(
                        "select email from users where organization_id = $1 and (search like $2 or search like $3)",
                    )
                    .bind(ada.organization.0)
                    .bind(pattern)
                    .bind(other)
                    .fetch_all(&pool)
                    .await
                    .unwrap();
                    let wanted: Vec<_> = everybody
                        .iter()
                        .filter(|email| meant.contains(email))
                        .cloned()
                        .collect();
                    assert_eq!(paged(&stage, &ada, &query).await, wanted, "{query:?}");
                }
            }
        }
        let group: Uuid =
            sqlx::query_scalar("select id from groups where organization_id = $1 and name = 'read'")
                .bind(ada.organization.0)
                .fetch_one(&pool)
                .await
                .unwrap();
        sqlx::query(
            "insert into memberships (organization_id, group_id, user_id, created_at)
             select organization_id, $2, id, now() from users where organization_id = $1",
        )
        .bind(ada.organization.0)
        .bind(group)
        .execute(&pool)
        .await
        .unwrap();
        let invited: Vec<String> = sqlx::query_scalar("select email from users where status = 'invited'")
            .fetch_all(&pool)
            .await
            .unwrap();
        for tag in TAGS {
            let query = UserQuery {
                search: tag.into(),
                ..UserQuery::default()
            };
            let listed = paged(&stage, &ada, &query).await;
            for offered in [1, 20, 200] {
                let found = choices::list_people(&pool, ada.organization, tag, offered)
                    .await
                    .unwrap();
                let wanted = listed
                    .iter()
                    .filter(|email| !invited.contains(email))
                    .take(offered);
                assert!(
                    found.iter().map(|found| &found.email).eq(wanted),
                    "{offered}, {tag}"
                );
            }
            let (mut members, mut cursor) = (Vec::new(), Cursor::Start);
            while let Some(next) = {
                let view = stage
                    .backend
                    .find_group(&ada, GroupId(group), tag, cursor)
                    .await
                    .unwrap();
                members.extend(view.members.into_iter().map(|member| member.email));
                view.next
            } {
                cursor = next;
            }
            assert_eq!(members, listed, "{tag}");
        }
    }
}
