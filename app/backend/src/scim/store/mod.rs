//! The SQL of SCIM: its tokens and switches here, what it keeps in `people.rs` and `groups.rs`.

pub(super) mod groups;
pub(super) mod people;

use crate::{Result, caller::Permit, database::Tx, secret::Token};
use domain::{
    ids::{OrganizationId, ScimTokenId, UserId},
    organization::OrgId,
    scim::{ScimPart, ScimTokenName},
};
use sqlx::PgPool;
use time::OffsetDateTime;
use uuid::Uuid;

pub(super) struct TokenRow {
    pub id: Uuid,
    pub name: String,
    pub created_at: OffsetDateTime,
    pub created_by: String,
    pub maker_is_out: bool,
    pub last_used_at: Option<OffsetDateTime>,
}

pub(super) async fn list_tokens(pool: &PgPool, organization: OrganizationId) -> Result<Vec<TokenRow>> {
    Ok(sqlx::query_as!(
        TokenRow,
        r#"select t.id, t.name, t.created_at, t.last_used_at, u.first_name || ' ' || u.last_name as "created_by!",
                  u.status <> 'active' as "maker_is_out!"
           from scim_tokens t join users u on u.id = t.created_by
           where t.organization_id = $1 order by lower(t.name)"#,
        organization.0
    )
    .fetch_all(pool)
    .await?)
}

pub(super) async fn count_tokens(tx: &mut Tx, permit: &Permit) -> Result<i64> {
    Ok(sqlx::query_scalar!(
        r#"select count(*) as "count!" from scim_tokens where organization_id = $1"#,
        permit.organization.0
    )
    .fetch_one(&mut **tx)
    .await?)
}

pub(super) async fn save_token(
    tx: &mut Tx,
    permit: &Permit,
    (token, maker): (ScimTokenId, UserId),
    name: &ScimTokenName,
    secret: &Token,
    now: OffsetDateTime,
) -> Result<()> {
    sqlx::query!(
        "insert into scim_tokens (id, organization_id, name, token_hash, created_at, created_by)
         values ($1, $2, $3, $4, $5, $6)",
        token.0,
        permit.organization.0,
        name.as_str(),
        &secret.hash()[..],
        now,
        maker.0
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The name of the one that was deleted.
pub(super) async fn delete_token(tx: &mut Tx, permit: &Permit, token: ScimTokenId) -> Result<Option<String>> {
    Ok(sqlx::query_scalar!(
        "delete from scim_tokens where organization_id = $1 and id = $2 returning name",
        permit.organization.0,
        token.0
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// Those that somebody made at a time or after it; their names.
pub(crate) async fn delete_made_since(
    tx: &mut Tx,
    permit: &Permit,
    maker: UserId,
    since: OffsetDateTime,
) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar!(
        "delete from scim_tokens where organization_id = $1 and created_by = $2 and created_at >= $3 returning name",
        permit.organization.0,
        maker.0,
        since
    )
    .fetch_all(&mut **tx)
    .await?)
}

pub(super) struct Asking {
    pub id: Uuid,
    pub name: String,
    pub organization_id: Uuid,
    pub organization_name: String,
    pub users: bool,
    pub groups: bool,
    pub last_used_at: Option<OffsetDateTime>,
}

pub(super) async fn find_by_secret(pool: &PgPool, org_id: &OrgId, secret: &Token) -> Result<Option<Asking>> {
    Ok(sqlx::query_as!(
        Asking,
        "select t.id, t.name, t.organization_id, o.name as organization_name, o.scim_users as users,
                o.scim_groups as groups, t.last_used_at
         from scim_tokens t join organizations o on o.id = t.organization_id
         where t.token_hash = $1 and o.org_id = $2 and o.closed_at is null",
        &secret.hash()[..],
        org_id.as_str()
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
        "update scim_tokens set last_used_at = $2
         where id = $1 and (last_used_at is null or last_used_at <= $3 or last_used_at > $2)",
        token,
        now,
        unless_since
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// The switches for people and for groups.
pub(super) async fn find_switches(pool: &PgPool, organization: OrganizationId) -> Result<(bool, bool)> {
    let row = sqlx::query!(
        "select scim_users, scim_groups from organizations where id = $1",
        organization.0
    )
    .fetch_one(pool)
    .await?;
    Ok((row.scim_users, row.scim_groups))
}

/// The same, if the token is there.
pub(super) async fn find_switches_of(
    tx: &mut Tx,
    organization: OrganizationId,
    token: ScimTokenId,
) -> Result<Option<(bool, bool)>> {
    let row = sqlx::query!(
        "select o.scim_users, o.scim_groups from organizations o join scim_tokens t on t.organization_id = o.id
         where o.id = $1 and t.id = $2",
        organization.0,
        token.0
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(|row| (row.scim_users, row.scim_groups)))
}

/// Whether that changed anything.
pub(super) async fn save_switch(tx: &mut Tx, permit: &Permit, part: ScimPart, on: bool) -> Result<bool> {
    let (users, groups) = match part {
        ScimPart::Users => (Some(on), None),
        ScimPart::Groups => (None, Some(on)),
    };
    let saved = sqlx::query!(
        "update organizations set scim_users = coalesce($2, scim_users), scim_groups = coalesce($3, scim_groups)
         where id = $1 and (scim_users <> coalesce($2, scim_users) or scim_groups <> coalesce($3, scim_groups))",
        permit.organization.0,
        users,
        groups
    )
    .execute(&mut **tx)
    .await?;
    Ok(saved.rows_affected() == 1)
}
