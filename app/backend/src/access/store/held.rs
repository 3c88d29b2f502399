//! The SQL of what people hold, and why. An end is judged here, by the clock that the caller brings.

use crate::{Error, Result, caller::Credential, database::Tx};
use domain::{
    access::{Grant, Held, Named, Role, RoleKey, Roles},
    ids::{GroupId, OrganizationId, PolicyId, UserId},
};
use futures_util::TryStreamExt;
use sqlx::{FromRow, PgExecutor, Postgres, postgres::PgArguments, query::QueryAs};
use time::OffsetDateTime;
use tokio::task::spawn_blocking;
use uuid::Uuid;

/// Roles as the database writes them; a key that the console does not know gives nothing in it.
pub(crate) fn roles_from_keys(keys: &[String]) -> Roles {
    keys.iter().filter_map(|key| key.parse::<Role>().ok()).collect()
}

/// What an active person holds; `None` for anybody else. `offset 0` keeps it a look into the index for each group of
/// theirs: what a decision costs depends on these alone, and not on how many rows others have.
///
/// Nothing counts for somebody who has no two-factor authentication where their organization asks for it.
pub(crate) async fn find_roles_of_active(
    tx: &mut Tx,
    user: UserId,
    credential: Option<&Credential>,
    now: OffsetDateTime,
) -> Result<Option<Roles>> {
    let (session, token) = match credential {
        None => (None, None),
        Some(Credential::Session(session)) => (Some(session.0), None),
        Some(Credential::Token(token, _)) => (None, Some(token.0)),
    };
    let keys = sqlx::query_scalar!(
        r#"select case when u.two_factor or o.two_factor_from is null or o.two_factor_from > $2
                        or exists (select from sessions here where here.id = $3 and here.second_factor_elsewhere)
                        or exists (select from access_tokens here where here.id = $4 and here.second_factor_elsewhere
                                       and second_factor_is_elsewhere(o.id, u.id))
                        then array(
                        select role from given_roles where user_id = u.id and (ends_at is null or ends_at > $2)
                        union all
                        select g.role from memberships m cross join lateral (
                            select role from given_roles
                            where group_id = m.group_id and (ends_at is null or ends_at > $2) offset 0) g
                        where m.user_id = u.id and (m.ends_at is null or m.ends_at > $2)) else '{}' end as "roles!"
           from users u join organizations o on o.id = u.organization_id where u.id = $1 and u.status = 'active'
             and ($3::uuid is null or exists (select from sessions where id = $3))
             and ($4::uuid is null or exists (select from access_tokens
                                              where id = $4 and (expires_at is null or expires_at > $2)))"#,
        user.0,
        now,
        session,
        token
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(keys.map(|keys| roles_from_keys(&keys)))
}

struct GrantRow {
    user_id: Uuid,
    role: String,
    policy_id: Uuid,
    policy: String,
    rule: i32,
    group_id: Option<Uuid>,
    group: Option<String>,
    ends_at: Option<OffsetDateTime>,
}

/// How many ways by which one person comes to one role are told, at most: nobody reads more, and no role is left out.
const WAYS: i64 = 100;

/// The ways in force at `now` by which these people come to a role, or to one of `roles`.
pub(crate) async fn list_grants(
    executor: impl PgExecutor<'_>,
    organization: OrganizationId,
    users: &[Uuid],
    roles: Option<&[String]>,
    now: OffsetDateTime,
) -> Result<Vec<(UserId, Grant)>> {
    let rows = sqlx::query_as!(
        GrantRow,
        r#"select user_id as "user_id!", role as "role!", policy_id as "policy_id!", policy as "policy!", rule as "rule!",
                  group_id as "group_id?", "group" as "group?", ends_at as "ends_at?"
           from (select h.user_id, h.role, h.policy_id, p.name as policy, x.position as rule, h.group_id, g.name as "group",
                        h.ends_at, row_number() over (partition by h.user_id, h.role
                            order by lower(p.name), x.position, lower(g.name) nulls first) as way
                 from held_roles h
                 join policy_rules x on x.id = h.rule_id
                 join policies p on p.id = h.policy_id
                 left join groups g on g.id = h.group_id
                 where h.organization_id = $1 and h.user_id = any($2) and ($3::text[] is null or h.role = any($3))
                   and (h.ends_at is null or h.ends_at > $4)) ways
           where way <= $5 order by role, way"#,
        organization.0,
        users,
        roles,
        now,
        WAYS
    )
    .fetch_all(executor)
    .await?;
    Ok(rows.into_iter().map(GrantRow::grant).collect())
}

impl GrantRow {
    fn grant(self) -> (UserId, Grant) {
        let grant = Grant {
            role: RoleKey::new(self.role),
            policy: Named {
                id: PolicyId(self.policy_id),
                name: self.policy,
            },
            rule: self.rule,
            group: self.group_id.zip(self.group).map(|(id, name)| Named {
                id: GroupId(id),
                name,
            }),
            ends: self.ends_at.map(Into::into),
        };
        (UserId(self.user_id), grant)
    }
}

/// Whom an act can concern.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scope {
    pub users: Vec<Uuid>,
    /// All members of these.
    pub groups: Vec<Uuid>,
}

impl Scope {
    pub(crate) fn of_users(users: Vec<Uuid>) -> Self {
        Self {
            users,
            groups: Vec::new(),
        }
    }
}

/// What the active people of the scope hold. Read row by row: a group may have a million members.
pub(crate) async fn list_held(
    tx: &mut Tx,
    organization: OrganizationId,
    scope: &Scope,
    now: OffsetDateTime,
) -> Result<Held> {
    let mut rows = sqlx::query!(
        r#"select h.user_id as "user_id!", h.role as "role!",
                  nullif(max(coalesce(h.ends_at, 'infinity')), 'infinity') as ends_at
           from person_roles h join users u on u.id = h.user_id and u.status = 'active'
           where h.organization_id = $1 and (h.ends_at is null or h.ends_at > $4)
             and h.user_id in (select unnest($2::uuid[])
                               union select user_id from memberships where organization_id = $1 and group_id = any($3))
           group by h.user_id, h.role"#,
        organization.0,
        &scope.users,
        &scope.groups,
        now
    )
    .fetch(&mut **tx);
    let mut held = Held::default();
    while let Some(row) = rows.try_next().await? {
        held.add(
            UserId(row.user_id),
            RoleKey::new(row.role),
            row.ends_at.map(Into::into),
        );
    }
    // To put a million people in order holds up whoever else is served by this thread.
    spawn_blocking(move || {
        held.settle();
        held
    })
    .await
    .map_err(Error::unavailable)
}

/// Everybody who is in one of the groups, whatever they hold.
pub(crate) async fn list_members(
    tx: &mut Tx,
    organization: OrganizationId,
    group: Uuid,
) -> Result<Vec<Uuid>> {
    Ok(sqlx::query_scalar!(
        "select user_id from memberships where organization_id = $1 and group_id = $2",
        organization.0,
        group
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// Up to so many holders of a role are read and put in order. If there are more, they are found soon enough among all.
pub(crate) const FEW: i64 = 2_000;

#[derive(FromRow)]
pub(crate) struct Holder {
    pub id: Uuid,
    pub name: String,
    pub email: String,
}

/// The ids of some who hold one of the roles, active or not, a person once for each way: up to `limit`, and fewer only
/// if these are all.
pub(crate) async fn list_some_holders(
    executor: impl PgExecutor<'_>,
    organization: OrganizationId,
    roles: &[String],
    now: OffsetDateTime,
    limit: i64,
) -> Result<Vec<Uuid>> {
    Ok(sqlx::query_scalar!(
        r#"select user_id as "user_id!" from (
               (select user_id from given_roles
                where organization_id = $1 and role = any($2) and user_id is not null
                  and (ends_at is null or ends_at > $3) limit $4)
               union all
               (select m.user_id from given_roles g cross join lateral (
                    select user_id from memberships
                    where group_id = g.group_id and (ends_at is null or ends_at > $3) order by user_id limit $4) m
                where g.organization_id = $1 and g.role = any($2) and (g.ends_at is null or g.ends_at > $3) limit $4)
           ) as found limit $4"#,
        organization.0,
        roles,
        now,
        limit
    )
    .fetch_all(executor)
    .await?)
}

/// A page of the active ones of `some`, by name, after the one who is called `after`.
pub(crate) fn page_among<'q>(
    organization: OrganizationId,
    some: &[Uuid],
    after: Option<UserId>,
    limit: i64,
) -> QueryAs<'q, Postgres, Holder, PgArguments> {
    // Planned each time, because of `after`.
    sqlx::query_as(
        "select u.id, u.first_name || ' ' || u.last_name as name, u.email
         from unnest($2::uuid[]) among (id)
         cross join lateral (select * from users where id = among.id and organization_id = $1 offset 0) u
         where u.status = 'active'
           and ($3::uuid is null or (u.sort_name, u.id) > (select sort_name, id from users
                                                          where organization_id = $1 and id = $3))
         order by u.sort_name, u.id limit $4",
    )
    .bind(organization.0)
    .bind(some.to_vec())
    .bind(after.map(|user| user.0))
    .bind(limit)
    .persistent(false)
}

/// The same where many hold one of the roles: everybody is asked, in the order of names, until the page is full.
pub(crate) fn page_of_many<'q>(
    organization: OrganizationId,
    roles: &[String],
    after: Option<UserId>,
    now: OffsetDateTime,
    limit: i64,
) -> QueryAs<'q, Postgres, Holder, PgArguments> {
    // `offset 0` keeps the question one that is asked of each.
    sqlx::query_as(
        "select u.id, u.first_name || ' ' || u.last_name as name, u.email
         from users u
         where u.organization_id = $1 and u.status = 'active'
           and exists (select from person_roles h where h.user_id = u.id and h.role = any($2)
                         and (h.ends_at is null or h.ends_at > $4) offset 0)
           and ($3::uuid is null or (u.sort_name, u.id) > (select sort_name, id from users
                                                          where organization_id = $1 and id = $3))
         order by u.sort_name, u.id limit $5",
    )
    .bind(organization.0)
    .bind(roles.to_vec())
    .bind(after.map(|user| user.0))
    .bind(now)
    .bind(limit)
    .persistent(false)
}

/// A page of the active people who hold one of the roles, by name, after the one who is called `after`.
pub(crate) async fn list_holders(
    tx: &mut Tx,
    organization: OrganizationId,
    roles: &[String],
    after: Option<UserId>,
    now: OffsetDateTime,
    limit: i64,
) -> Result<Vec<Holder>> {
    let mut some = list_some_holders(&mut **tx, organization, roles, now, FEW + 1).await?;
    let page = if i64::try_from(some.len()).is_ok_and(|found| found <= FEW) {
        some.sort_unstable();
        some.dedup();
        page_among(organization, &some, after, limit)
    } else {
        page_of_many(organization, roles, after, now, limit)
    };
    Ok(page.fetch_all(&mut **tx).await?)
}

/// What people are called, in the order of their names.
pub(crate) async fn list_names(
    tx: &mut Tx,
    organization: OrganizationId,
    users: &[Uuid],
    limit: i64,
) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar!(
        r#"select case when first_name = '' then email else first_name || ' ' || last_name end as "name!"
           from users where organization_id = $1 and id = any($2) order by sort_name, id limit $3"#,
        organization.0,
        users,
        limit
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// Whether one of these groups makes its members IAM Admins.
pub(crate) async fn gives_administrator(
    tx: &mut Tx,
    organization: OrganizationId,
    groups: &[Uuid],
    now: OffsetDateTime,
) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select exists (
               select from given_roles
               where organization_id = $1 and group_id = any($2) and role = 'iam-admin'
                 and (ends_at is null or ends_at > $3)
           ) as "gives!""#,
        organization.0,
        groups,
        now
    )
    .fetch_one(&mut **tx)
    .await?)
}

/// Lets the database judge now what it would judge at commit, for a preview that is never committed.
pub(crate) async fn judge_now(tx: &mut Tx) -> Result<()> {
    sqlx::query!("set constraints all immediate")
        .execute(&mut **tx)
        .await?;
    Ok(())
}
