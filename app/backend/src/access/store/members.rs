//! The SQL of who is in a group.

use crate::{
    Result,
    caller::Permit,
    database::Tx,
    users::search::{self, Planned, Shown, Way},
};
use domain::{
    ids::{GroupId, OrganizationId},
    users::{Cursor, PAGE_SIZE},
};
use sqlx::{FromRow, PgPool, Postgres, QueryBuilder};
use time::OffsetDateTime;
use uuid::Uuid;

#[derive(FromRow)]
pub(crate) struct Member {
    pub id: Uuid,
    pub name: String,
    pub email: String,
    pub is_active: bool,
    pub ends_at: Option<OffsetDateTime>,
}

/// A page of the members whose membership has not ended, by name; one more than a page holds if there are more. Those
/// whose name or address has `part` in it.
pub(crate) async fn list_members(
    pool: &PgPool,
    organization: OrganizationId,
    group: GroupId,
    part: &str,
    cursor: Cursor,
    now: OffsetDateTime,
) -> Result<Vec<Member>> {
    let ask = |way| members(organization, group, part, cursor, now, way);
    if part.is_empty() {
        search::read_planned_anew(pool, ask(Way::Free)).await
    } else {
        // Of a group it is not known whether it has few or all.
        search::find(pool, MEMBERS, Planned::EachTime, ask).await
    }
}

/// One more than a page holds.
const MEMBERS: usize = PAGE_SIZE + 1;

pub(crate) fn members(
    organization: OrganizationId,
    group: GroupId,
    search: &str,
    cursor: Cursor,
    now: OffsetDateTime,
    way: Way,
) -> QueryBuilder<Postgres> {
    let (beside, direction, beyond) = match cursor {
        Cursor::Start => (None, "asc", ">"),
        Cursor::After(user) => (Some(user.0), "asc", ">"),
        Cursor::Before(user) => (Some(user.0), "desc", "<"),
    };
    let mut sql = QueryBuilder::new(format!(
        "select u.id, u.first_name || ' ' || u.last_name as name, u.email, u.status = 'active' as is_active, u.ends_at{} from (",
        way.marks()
    ));
    let shown = Shown {
        way,
        organization,
        search,
        columns: ", m.ends_at",
        join: " join memberships m on m.user_id = u.id",
        key: "u.sort_name",
        direction,
        limit: MEMBERS,
    };
    shown.push(&mut sql, |sql| {
        sql.push(" and m.group_id = ")
            .push_bind(group.0)
            .push(" and (m.ends_at is null or m.ends_at > ")
            .push_bind(now)
            .push(")");
        if let Some(beside) = beside {
            sql.push(format_args!(
                " and (u.sort_name, u.id) {beyond} (select sort_name, id from users where organization_id = "
            ))
            .push_bind(organization.0)
            .push(" and id = ")
            .push_bind(beside)
            .push(")");
        }
    });
    sql.push(format_args!(") u order by {}", shown.order()));
    sql
}

/// Somebody whose membership began or got another end.
pub(crate) struct SavedMember {
    pub user_id: Uuid,
    pub was_member: bool,
    /// The end that it had.
    pub ended_at: Option<OffsetDateTime>,
}

/// Makes members of people, or gives those who are members this end. Returns those for whom that was a change.
pub(crate) async fn save_members(
    tx: &mut Tx,
    permit: &Permit,
    group: GroupId,
    users: &[Uuid],
    ends: Option<OffsetDateTime>,
    at: OffsetDateTime,
) -> Result<Vec<SavedMember>> {
    Ok(sqlx::query_as!(
        SavedMember,
        r#"with before as (
             select user_id, ends_at from memberships where organization_id = $1 and group_id = $2 and user_id = any($3)
         ), saved as (
             insert into memberships (organization_id, group_id, user_id, created_at, ends_at)
             select $1, $2, unnest($3::uuid[]), $4, $5
             on conflict (group_id, user_id) do update set ends_at = excluded.ends_at
                 where memberships.ends_at is distinct from excluded.ends_at
             returning user_id
         )
         select s.user_id as "user_id!", b.user_id is not null as "was_member!", b.ends_at as "ended_at?"
         from saved s left join before b on b.user_id = s.user_id"#,
        permit.organization.0,
        group.0,
        users,
        at,
        ends
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// Returns who was a member.
pub(crate) async fn delete_members(
    tx: &mut Tx,
    permit: &Permit,
    group: GroupId,
    users: &[Uuid],
) -> Result<Vec<Uuid>> {
    Ok(sqlx::query_scalar!(
        "delete from memberships where organization_id = $1 and group_id = $2 and user_id = any($3) returning user_id",
        permit.organization.0,
        group.0,
        users
    )
    .fetch_all(&mut **tx)
    .await?)
}
