//! The SQL of links by which people choose a new password.

use crate::{Result, caller::Permit, database::Tx, secret::Token};
use domain::{
    ids::{OrganizationId, UserId},
    password_resets::ResetKind,
};
use sqlx::{PgExecutor, PgPool};
use time::OffsetDateTime;
use uuid::Uuid;

/// A link that works, with the person whose it is.
pub(super) struct Link {
    pub organization_id: Uuid,
    pub organization: String,
    pub user_id: Uuid,
    pub email: String,
    pub first_name: String,
    pub last_name: String,
    pub expires_at: OffsetDateTime,
    pub kind: String,
}

/// The link with this token, if it works at `now`: judged here and never by a job.
pub(super) async fn find_living(
    executor: impl PgExecutor<'_>,
    token: &Token,
    now: OffsetDateTime,
) -> Result<Option<Link>> {
    Ok(sqlx::query_as!(
        Link,
        r#"select r.organization_id, o.name as organization, r.user_id, u.email, u.first_name, u.last_name, r.expires_at,
                  r.kind
           from password_resets r
           join users u on u.id = r.user_id
           join organizations o on o.id = r.organization_id
           where r.token_hash = $1 and r.used_at is null and r.ended_at is null and r.expires_at > $2
             and u.status = 'active' and o.closed_at is null
             and (r.kind = 'recovery' or not is_bound_to_sso(o, u.id))"#,
        &token.hash()[..],
        now
    )
    .fetch_optional(executor)
    .await?)
}

/// Uses the link up; of two at once the second waits for the first and finds it used.
pub(super) async fn save_used(
    tx: &mut Tx,
    permit: &Permit,
    token: &Token,
    now: OffsetDateTime,
) -> Result<bool> {
    let used = sqlx::query!(
        "update password_resets set used_at = $3
         where organization_id = $1 and token_hash = $2 and used_at is null and ended_at is null and expires_at > $3",
        permit.organization.0,
        &token.hash()[..],
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(used.rows_affected() == 1)
}

/// Ends every link of a person that was not used.
pub(crate) async fn end_all_of(
    tx: &mut Tx,
    permit: &Permit,
    user: UserId,
    now: OffsetDateTime,
) -> Result<()> {
    sqlx::query!(
        "update password_resets set ended_at = $3
         where organization_id = $1 and user_id = $2 and used_at is null and ended_at is null",
        permit.organization.0,
        user.0,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(super) async fn save_new(
    tx: &mut Tx,
    organization: OrganizationId,
    user: UserId,
    kind: ResetKind,
    token: &Token,
    (now, expires_at): (OffsetDateTime, OffsetDateTime),
) -> Result<()> {
    sqlx::query!(
        "insert into password_resets (token_hash, organization_id, user_id, kind, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6)",
        &token.hash()[..],
        organization.0,
        user.0,
        kind.as_str(),
        now,
        expires_at
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(super) struct Administrator {
    pub organization_id: Uuid,
    pub organization: String,
    pub user_id: Uuid,
    pub email: String,
}

/// The active administrators of all organizations that are not closed, up to a screenful.
pub(super) async fn list_administrators(pool: &PgPool, now: OffsetDateTime) -> Result<Vec<Administrator>> {
    Ok(sqlx::query_as!(
        Administrator,
        "select u.organization_id, o.name as organization, u.id as user_id, u.email
         from users u join organizations o on o.id = u.organization_id
         where u.status = 'active' and o.closed_at is null
           and exists (select from person_roles h where h.user_id = u.id and h.role = 'iam-admin'
                       and (h.ends_at is null or h.ends_at > $1))
         order by o.created_at, u.created_at limit 50",
        now
    )
    .fetch_all(pool)
    .await?)
}

/// The active administrator with this address.
pub(super) async fn find_administrator(
    pool: &PgPool,
    email_key: &str,
    now: OffsetDateTime,
) -> Result<Option<Administrator>> {
    Ok(sqlx::query_as!(
        Administrator,
        "select u.organization_id, o.name as organization, u.id as user_id, u.email
         from users u join organizations o on o.id = u.organization_id
         where u.email_key = $1 and u.status = 'active' and o.closed_at is null
           and exists (select from person_roles h where h.user_id = u.id and h.role = 'iam-admin'
                       and (h.ends_at is null or h.ends_at > $2))",
        email_key,
        now
    )
    .fetch_optional(pool)
    .await?)
}

/// Whether the person is an active administrator, now that their organization is held.
pub(super) async fn is_administrator(
    tx: &mut Tx,
    permit: &Permit,
    user: UserId,
    now: OffsetDateTime,
) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select exists (
               select from users u join person_roles h on h.user_id = u.id
               where u.organization_id = $1 and u.id = $2 and u.status = 'active' and h.role = 'iam-admin'
                 and (h.ends_at is null or h.ends_at > $3)
           ) as "is_administrator!""#,
        permit.organization.0,
        user.0,
        now
    )
    .fetch_one(&mut **tx)
    .await?)
}

/// The status of whoever has this address.
pub(super) struct Status {
    pub status: String,
    pub organization_closed: bool,
}

pub(super) async fn find_status(pool: &PgPool, email_key: &str) -> Result<Option<Status>> {
    Ok(sqlx::query_as!(
        Status,
        r#"select u.status, o.closed_at is not null as "organization_closed!"
           from users u join organizations o on o.id = u.organization_id where u.email_key = $1"#,
        email_key
    )
    .fetch_optional(pool)
    .await?)
}

/// An active person who may come in by a password, by their address.
pub(super) struct Asker {
    pub organization_id: Uuid,
    pub organization: String,
    pub user_id: Uuid,
    pub email: String,
}

pub(super) async fn find_active(pool: &PgPool, email_key: &str) -> Result<Option<Asker>> {
    Ok(sqlx::query_as!(
        Asker,
        "select u.organization_id, o.name as organization, u.id as user_id, u.email
         from users u join organizations o on o.id = u.organization_id
         where u.email_key = $1 and u.status = 'active' and o.closed_at is null
           and not is_bound_to_sso(o, u.id)",
        email_key
    )
    .fetch_optional(pool)
    .await?)
}

/// Holds an active person while they get a link, and ends the link of this kind that they had. Their organization;
/// `None` if nobody is to get one.
pub(super) async fn lock_for_link(
    tx: &mut Tx,
    user: UserId,
    kind: ResetKind,
    now: OffsetDateTime,
) -> Result<Option<OrganizationId>> {
    let organization = sqlx::query_scalar!(
        "select u.organization_id from users u join organizations o on o.id = u.organization_id
         where u.id = $1 and u.status = 'active' and o.closed_at is null
           and not is_bound_to_sso(o, u.id) for update of u",
        user.0
    )
    .fetch_optional(&mut **tx)
    .await?;
    sqlx::query!(
        "update password_resets set ended_at = $3
         where user_id = $1 and kind = $2 and used_at is null and ended_at is null",
        user.0,
        kind.as_str(),
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(organization.map(OrganizationId))
}
