//! The SQL that lists everybody's tokens: keyset paging over their ids, which are in the order of time. Built by hand
//! because its filters vary; everything that a person typed is a bound parameter.

use super::store::Row;
use crate::{
    Result,
    database::{Tx, patterns_of_part},
};
use domain::{
    ids::{OrganizationId, TokenId, UserId},
    tokens::{IDLE_DAYS, TokenCursor, TokenFilter, TokenPage, TokenQuery, TokenRow},
    users::PAGE_SIZE,
};
use sqlx::{FromRow, PgPool, Postgres, QueryBuilder};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

#[derive(FromRow)]
struct Listed {
    id: Uuid,
    name: String,
    comment: String,
    created_at: OffsetDateTime,
    expires_at: Option<OffsetDateTime>,
    last_used_at: Option<OffsetDateTime>,
    is_active: bool,
    user_id: Uuid,
    user_name: String,
    email: String,
}

pub(super) async fn list_tokens(
    pool: &PgPool,
    organization: OrganizationId,
    query: &TokenQuery,
    now: OffsetDateTime,
) -> Result<TokenPage> {
    let mut tx = Tx::begin(pool).await?;
    let mut rows: Vec<Listed> = statement(organization, query, now, PAGE_SIZE + 1)
        .build_query_as()
        // Planned each time: the best way depends on how many have what is looked for.
        .persistent(false)
        .fetch_all(&mut *tx)
        .await?;
    tx.commit().await?;
    if rows.is_empty() && query.cursor != TokenCursor::Start {
        let from_start = TokenQuery {
            cursor: TokenCursor::Start,
            ..query.clone()
        };
        return Box::pin(list_tokens(pool, organization, &from_start, now)).await;
    }
    // One row more than a page tells whether there is another page in this direction.
    let more = rows.len() > PAGE_SIZE;
    rows.truncate(PAGE_SIZE);
    if query.cursor.is_backwards() {
        rows.reverse();
    }
    let (has_previous, has_next) = query.cursor.neighbours(more);
    let id = |row: Option<&Listed>| row.map(|row| TokenId(row.id));
    Ok(TokenPage {
        previous: id(rows.first()).filter(|_| has_previous).map(TokenCursor::Before),
        next: id(rows.last()).filter(|_| has_next).map(TokenCursor::After),
        rows: rows.into_iter().map(|row| row.shown(now)).collect(),
        may_delete: false,
        now: now.into(),
    })
}

pub(super) fn statement(
    organization: OrganizationId,
    query: &TokenQuery,
    now: OffsetDateTime,
    limit: usize,
) -> QueryBuilder<Postgres> {
    let mut sql = QueryBuilder::new(
        "select t.id, t.name, t.comment, t.created_at, t.expires_at, t.last_used_at, t.user_id, u.email,
                u.status = 'active' as is_active, u.first_name || ' ' || u.last_name as user_name
         from access_tokens t join users u on u.id = t.user_id
         where t.organization_id = ",
    );
    sql.push_bind(organization.0);
    match query.filter {
        None => {}
        Some(TokenFilter::Active) => {
            sql.push(" and u.status = 'active' and (t.expires_at is null or t.expires_at > ")
                .push_bind(now)
                .push(")");
        }
        Some(TokenFilter::Endless) => _ = sql.push(" and u.status = 'active' and t.expires_at is null"),
        Some(TokenFilter::Idle) => {
            sql.push(" and u.status = 'active' and (t.expires_at is null or t.expires_at > ")
                .push_bind(now)
                .push(") and coalesce(t.last_used_at, t.created_at) <= ")
                .push_bind(now - Duration::days(IDLE_DAYS));
        }
        Some(TokenFilter::Expired) => _ = sql.push(" and t.expires_at <= ").push_bind(now),
    }
    if !query.search.is_empty() {
        let [pattern, other] = patterns_of_part(&query.search);
        sql.push(" and (u.search like ")
            .push_bind(pattern)
            .push(" or u.search like ")
            .push_bind(other)
            .push(")");
    }
    let order = match query.cursor {
        TokenCursor::Start => "desc",
        TokenCursor::After(TokenId(id)) => {
            sql.push(" and t.id < ").push_bind(id);
            "desc"
        }
        TokenCursor::Before(TokenId(id)) => {
            sql.push(" and t.id > ").push_bind(id);
            "asc"
        }
    };
    sql.push(format_args!(" order by t.id {order} limit {limit}"));
    sql
}

impl Listed {
    fn shown(self, now: OffsetDateTime) -> TokenRow {
        let row = Row {
            id: self.id,
            name: self.name,
            comment: self.comment,
            created_at: self.created_at,
            expires_at: self.expires_at,
            last_used_at: self.last_used_at,
            is_active: self.is_active,
        };
        TokenRow {
            token: row.shown(now.into()),
            user: UserId(self.user_id),
            user_name: self.user_name,
            user_email: self.email,
        }
    }
}
