//! The SQL that lists people: keyset paging, so that a page costs the same however deep it lies and however many there
//! are. Built by hand because its order and filters vary; everything that a person typed is a bound parameter.

use super::search::{self, Planned, Shown, Way};
use crate::{Result, database::Tx};
use domain::{
    access::Named,
    identities::Method,
    ids::{GroupId, OrganizationId, UserId},
    mail::Delivery,
    moment::Moment,
    users::{
        Cursor, DeactivationRow, InvitationRow, PAGE_SIZE, ShownStatus, SortBy, UserPage, UserQuery, UserRow,
        UserStatus,
    },
};
use sqlx::{FromRow, PgPool, Postgres, QueryBuilder};
use time::OffsetDateTime;
use uuid::Uuid;

#[derive(FromRow)]
pub(crate) struct Row {
    id: Uuid,
    first_name: String,
    last_name: String,
    email: String,
    status: String,
    last_sign_in_at: Option<OffsetDateTime>,
    deactivated_at: Option<OffsetDateTime>,
    deactivation_reason: Option<String>,
    group_ids: Vec<Uuid>,
    group_names: Vec<String>,
    has_password: bool,
    providers: Vec<String>,
    two_factor: bool,
    invited_by: Option<String>,
    invited_at: Option<OffsetDateTime>,
    expires_at: Option<OffsetDateTime>,
    mail_state: Option<String>,
    mail_reason: Option<String>,
}

pub(super) async fn list_users(
    pool: &PgPool,
    organization: OrganizationId,
    query: &UserQuery,
    now: OffsetDateTime,
) -> Result<UserPage> {
    let limit = PAGE_SIZE + 1;
    let ask = |way| statement(organization, query, now, limit, way);
    let is_narrowed = query.status.is_some() || query.two_factor.is_some();
    let mut rows: Vec<Row> = match (query.search.is_empty(), is_narrowed) {
        // There is one way for all: along the order.
        (true, false) => ask(Way::Free).build_query_as().fetch_all(pool).await?,
        (true, true) => search::read_planned_anew(pool, ask(Way::Free)).await?,
        (false, _) => search::find(pool, limit, Planned::Once, ask).await?,
    };
    if rows.is_empty() && query.cursor != Cursor::Start {
        // Whoever the page began beside is gone, or everybody behind them: the list from its start is what is left.
        let from_start = UserQuery {
            cursor: Cursor::Start,
            ..query.clone()
        };
        return Box::pin(list_users(pool, organization, &from_start, now)).await;
    }
    // One row more than a page tells whether there is another page in this direction.
    let more = rows.len() > PAGE_SIZE;
    rows.truncate(PAGE_SIZE);
    if query.cursor.is_backwards() {
        rows.reverse();
    }
    let (has_previous, has_next) = query.cursor.neighbours(more);
    let id = |row: Option<&Row>| row.map(|row| UserId(row.id));
    Ok(UserPage {
        previous: id(rows.first()).filter(|_| has_previous).map(Cursor::Before),
        next: id(rows.last()).filter(|_| has_next).map(Cursor::After),
        rows: rows.into_iter().map(|row| row.shown(now)).collect(),
        now: now.into(),
    })
}

/// The next people of a file, from beside the cursor on.
pub(super) async fn list_batch(
    tx: &mut Tx,
    organization: OrganizationId,
    query: &UserQuery,
    now: OffsetDateTime,
    limit: usize,
) -> Result<Vec<UserRow>> {
    let rows: Vec<Row> = statement(organization, query, now, limit, Way::Free)
        .build_query_as()
        .persistent(false)
        .fetch_all(&mut **tx)
        .await?;
    Ok(rows.into_iter().map(|row| row.shown(now)).collect())
}

fn sort_key(sort: SortBy) -> &'static str {
    match sort {
        SortBy::Name => "u.sort_name",
        SortBy::Email => "u.email_key",
        SortBy::LastSignIn => "coalesce(u.last_sign_in_at, '-infinity')",
    }
}

pub(crate) fn statement(
    organization: OrganizationId,
    query: &UserQuery,
    now: OffsetDateTime,
    limit: usize,
    way: Way,
) -> QueryBuilder<Postgres> {
    let key = sort_key(query.sort);
    let backwards = query.cursor.is_backwards();
    let (direction, beyond) = if query.descending == backwards {
        ("asc", ">")
    } else {
        ("desc", "<")
    };

    let mut sql = QueryBuilder::new(
        "select u.id, u.first_name, u.last_name, u.email, u.status, u.last_sign_in_at, u.two_factor,
                u.deactivated_at, u.deactivation_reason, member.group_ids, member.group_names,
                exists (select from passwords p where p.user_id = u.id) as has_password,
                array(select n.provider from identities n where n.user_id = u.id) as providers,
                i.invited_by, i.invited_at, i.expires_at, i.mail_state, i.mail_reason",
    );
    sql.push(way.marks()).push(" from (");
    let is_of_invited = matches!(
        query.status,
        Some(ShownStatus::Invited | ShownStatus::InviteExpired)
    );
    let shown = Shown {
        way,
        organization,
        search: &query.search,
        join: if is_of_invited {
            " join invitations i on i.user_id = u.id"
        } else {
            ""
        },
        columns: "",
        key,
        direction,
        limit,
    };
    shown.push(&mut sql, |sql| {
        match query.status {
            None => {}
            Some(ShownStatus::Active) => _ = sql.push(" and u.status = 'active'"),
            Some(ShownStatus::Deactivated) => _ = sql.push(" and u.status = 'deactivated'"),
            Some(ShownStatus::Invited) => {
                sql.push(" and u.status = 'invited' and i.expires_at > ")
                    .push_bind(now);
            }
            Some(ShownStatus::InviteExpired) => {
                sql.push(" and u.status = 'invited' and i.expires_at <= ")
                    .push_bind(now);
            }
        }
        match query.two_factor {
            None => {}
            Some(true) => _ = sql.push(" and u.two_factor"),
            Some(false) => _ = sql.push(" and not u.two_factor"),
        }
        if let Cursor::After(UserId(id)) | Cursor::Before(UserId(id)) = query.cursor {
            sql.push(format_args!(
                " and ({key}, u.id) {beyond} (select {key}, u.id from users u where u.organization_id = "
            ))
            .push_bind(organization.0)
            .push(" and u.id = ")
            .push_bind(id)
            .push(")");
        }
    });
    sql.push(") u");
    sql.push(
        // Asked of those alone who are invited: a join with a condition would read all invitations.
        " left join lateral (
              select i.id, by.first_name as invited_by, coalesce(mail.created_at, i.created_at) as invited_at, i.expires_at,
                     mail.state as mail_state, mail.reason as mail_reason
              from invitations i
              left join users by on by.id = i.invited_by
              left join lateral (select state, reason, created_at from mails where invitation_id = i.id
                                 order by created_at desc, id desc limit 1) mail on true
              where u.status = 'invited' and i.user_id = u.id
              offset 0) i on true
          cross join lateral (
              select coalesce(array_agg(g.id order by g.name), '{}') as group_ids,
                     coalesce(array_agg(g.name order by g.name), '{}') as group_names
              from (
                  select ig.group_id from invitation_groups ig where u.status = 'invited' and ig.invitation_id = i.id
                  union all
                  select m.group_id from memberships m
                  where u.status <> 'invited' and m.user_id = u.id and (m.ends_at is null or m.ends_at > ",
    )
    .push_bind(now)
    .push(
        ")) of_them
              join groups g on g.id = of_them.group_id) member",
    );
    sql.push(format_args!(" order by {}", shown.order()));
    sql
}

/// Groups as they are listed, of their ids and names in the same order.
pub(super) fn named_groups(ids: Vec<Uuid>, names: Vec<String>) -> Vec<Named<GroupId>> {
    let pairs = ids.into_iter().zip(names);
    pairs
        .map(|(id, name)| Named {
            id: GroupId(id),
            name,
        })
        .collect()
}

/// In the order in which pages say them.
fn methods(has_password: bool, providers: &[String]) -> Vec<Method> {
    let has = |method: &Method| match method {
        Method::Password => has_password,
        other => providers.iter().any(|key| key == other.key()),
    };
    Method::ALL.into_iter().filter(has).collect()
}

impl Row {
    fn shown(self, now: OffsetDateTime) -> UserRow {
        let expired = self.expires_at.is_some_and(|end| end <= now);
        let status = match self.status.parse() {
            Ok(UserStatus::Invited) if expired => ShownStatus::InviteExpired,
            Ok(UserStatus::Invited) => ShownStatus::Invited,
            Ok(UserStatus::Active) => ShownStatus::Active,
            _ => ShownStatus::Deactivated,
        };
        let delivery = self
            .mail_state
            .and_then(|state| state.parse().ok())
            .map(|state| Delivery::new(state, self.mail_reason));
        let invitation = self
            .invited_at
            .zip(self.expires_at)
            .map(|(sent, expires)| InvitationRow {
                invited_by: self.invited_by,
                sent: sent.into(),
                expires: expires.into(),
                delivery,
            });
        UserRow {
            id: UserId(self.id),
            name: format!("{} {}", self.first_name, self.last_name)
                .trim()
                .to_owned(),
            email: self.email,
            status,
            groups: named_groups(self.group_ids, self.group_names),
            methods: methods(self.has_password, &self.providers),
            two_factor: self.two_factor,
            last_sign_in: self.last_sign_in_at.map(Moment::from),
            invitation,
            deactivation: self.deactivated_at.map(|at| DeactivationRow {
                at: at.into(),
                reason: self.deactivation_reason,
            }),
        }
    }
}
