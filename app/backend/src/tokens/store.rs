//! The SQL of access tokens, but for the list of everybody's: that is `list.rs`.

use crate::{Result, caller::Permit, database::Tx, secret::Token};
use domain::{
    ids::{OrganizationId, TokenId, UserId},
    tokens::{TokenComment, TokenName},
};
use sqlx::PgPool;
use time::OffsetDateTime;
use uuid::Uuid;

/// A token with whether its person is active.
pub(super) struct Row {
    pub id: Uuid,
    pub name: String,
    pub comment: String,
    pub created_at: OffsetDateTime,
    pub expires_at: Option<OffsetDateTime>,
    pub last_used_at: Option<OffsetDateTime>,
    pub is_active: bool,
}

/// The newest first.
pub(super) async fn list_of(pool: &PgPool, organization: OrganizationId, user: UserId) -> Result<Vec<Row>> {
    Ok(sqlx::query_as!(
        Row,
        r#"select t.id, t.name, t.comment, t.created_at, t.expires_at, t.last_used_at, u.status = 'active' as "is_active!"
           from access_tokens t join users u on u.id = t.user_id
           where t.organization_id = $1 and t.user_id = $2 order by t.id desc"#,
        organization.0,
        user.0
    )
    .fetch_all(pool)
    .await?)
}

pub(super) async fn count_of(tx: &mut Tx, permit: &Permit, user: UserId) -> Result<i64> {
    Ok(sqlx::query_scalar!(
        r#"select count(*) as "count!" from access_tokens where organization_id = $1 and user_id = $2"#,
        permit.organization.0,
        user.0
    )
    .fetch_one(&mut **tx)
    .await?)
}

pub(super) struct NewToken<'a> {
    pub id: TokenId,
    pub user: UserId,
    pub name: &'a TokenName,
    pub comment: &'a TokenComment,
    pub at: OffsetDateTime,
    pub expires: Option<OffsetDateTime>,
}

/// Whether a second factor was somebody else's affair is that of the session that makes it.
pub(super) async fn save_new(
    tx: &mut Tx,
    permit: &Permit,
    token: &NewToken<'_>,
    secret: &Token,
) -> Result<()> {
    sqlx::query!(
        "insert into access_tokens
             (id, token_hash, organization_id, user_id, name, comment, created_at, expires_at, second_factor_elsewhere)
         values ($1, $2, $3, $4, $5, $6, $7, $8,
                 exists (select from sessions where id = $9 and second_factor_elsewhere))",
        token.id.0,
        &secret.hash()[..],
        permit.organization.0,
        token.user.0,
        token.name.as_str(),
        token.comment.as_str(),
        token.at,
        token.expires,
        permit.session().map(|session| session.0)
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(super) async fn delete_expired_of_name(
    tx: &mut Tx,
    permit: &Permit,
    user: UserId,
    name: &TokenName,
    now: OffsetDateTime,
) -> Result<()> {
    sqlx::query!(
        "delete from access_tokens
         where organization_id = $1 and user_id = $2 and lower(name) = lower($3) and expires_at <= $4",
        permit.organization.0,
        user.0,
        name.as_str(),
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The name of the one that was deleted.
pub(super) async fn delete_one(
    tx: &mut Tx,
    permit: &Permit,
    user: UserId,
    token: TokenId,
) -> Result<Option<String>> {
    Ok(sqlx::query_scalar!(
        "delete from access_tokens where organization_id = $1 and user_id = $2 and id = $3 returning name",
        permit.organization.0,
        user.0,
        token.0
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// All of a person; how many.
pub(crate) async fn delete_all_of(tx: &mut Tx, permit: &Permit, user: UserId) -> Result<u64> {
    let deleted = sqlx::query!(
        "delete from access_tokens where organization_id = $1 and user_id = $2",
        permit.organization.0,
        user.0
    )
    .execute(&mut **tx)
    .await?;
    Ok(deleted.rows_affected())
}

/// Those that were made at a time or after it; how many.
pub(crate) async fn delete_made_since(
    tx: &mut Tx,
    permit: &Permit,
    user: UserId,
    since: OffsetDateTime,
) -> Result<u64> {
    let deleted = sqlx::query!(
        "delete from access_tokens where organization_id = $1 and user_id = $2 and created_at >= $3",
        permit.organization.0,
        user.0,
        since
    )
    .execute(&mut **tx)
    .await?;
    Ok(deleted.rows_affected())
}

/// Whoever a token acts as, as they are at this moment.
pub(super) struct HolderRow {
    pub token: Uuid,
    pub created_at: OffsetDateTime,
    pub expires_at: Option<OffsetDateTime>,
    pub last_used_at: Option<OffsetDateTime>,
    pub user: Uuid,
    pub name: String,
    pub email: String,
    pub first_name: String,
    pub last_name: String,
    pub theme: String,
    pub two_factor: bool,
    pub two_factor_from: Option<OffsetDateTime>,
    pub organization: Uuid,
    pub org_id: String,
    pub organization_name: String,
    pub must_enrol: bool,
    pub groups: Vec<String>,
    pub roles: Vec<String>,
}

/// Token, person, status, groups and rights in one statement. The rights as in `sessions::store::find_living`. Neither is put in
/// order or rid of what is there twice: that costs a fifth of the statement here, and next to nothing where they are read. Groups
/// are then in the order of their letters, not in that of a language as in lists.
pub(super) async fn find_living(
    pool: &PgPool,
    token: &Token,
    now: OffsetDateTime,
) -> Result<Option<HolderRow>> {
    Ok(sqlx::query_as!(
        HolderRow,
        r#"select t.id as token, t.created_at, t.expires_at, t.last_used_at, t.name, u.id as "user", u.email, u.first_name,
                  u.last_name, u.theme, u.two_factor, o.two_factor_from, o.id as organization, o.org_id,
                  o.name as organization_name,
                  not u.two_factor and coalesce(o.two_factor_from <= $2, false)
                      and not (t.second_factor_elsewhere and second_factor_is_elsewhere(o.id, u.id)) as "must_enrol!",
                  array(select g.name from memberships m join groups g on g.id = m.group_id
                        where m.user_id = u.id and (m.ends_at is null or m.ends_at > $2)) as "groups!",
                  array(select role from given_roles where user_id = u.id and (ends_at is null or ends_at > $2)
                        union all
                        select g.role from memberships m cross join lateral (
                            select role from given_roles
                            where group_id = m.group_id and (ends_at is null or ends_at > $2) offset 0) g
                        where m.user_id = u.id and (m.ends_at is null or m.ends_at > $2)) as "roles!"
           from access_tokens t
           join users u on u.id = t.user_id
           join organizations o on o.id = u.organization_id
           where t.token_hash = $1 and (t.expires_at is null or t.expires_at > $2)
             and u.status = 'active' and o.closed_at is null"#,
        &token.hash()[..],
        now
    )
    .fetch_optional(pool)
    .await?)
}

/// Of many uses at once one writes.
pub(super) async fn save_used(
    pool: &PgPool,
    token: Uuid,
    now: OffsetDateTime,
    unless_since: OffsetDateTime,
) -> Result<()> {
    sqlx::query!(
        "update access_tokens set last_used_at = $2
         where id = $1 and (last_used_at is null or last_used_at <= $3 or last_used_at > $2)",
        token,
        now,
        unless_since
    )
    .execute(pool)
    .await?;
    Ok(())
}
