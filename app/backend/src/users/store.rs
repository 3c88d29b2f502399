//! The SQL of people, but for the list of them: that is `list.rs`.

use crate::{Result, caller::Permit, database::Tx};
use domain::{
    email_address::EmailAddress,
    ids::{OrganizationId, UserId},
    person_name::PersonName,
    users::{StatusVersion, UserStatus},
};
use sqlx::PgPool;
use time::OffsetDateTime;
use uuid::Uuid;

pub(crate) struct Known {
    pub id: Uuid,
    pub organization: Uuid,
    pub email: String,
    pub status: String,
}

/// Whoever has this address, in any organization.
pub(crate) async fn find_by_email(tx: &mut Tx, email: &EmailAddress) -> Result<Option<Known>> {
    Ok(sqlx::query_as!(
        Known,
        "select id, organization_id as organization, email, status from users where email_key = $1",
        email.key()
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// All who have one of these addresses, by its key, in any organization.
pub(crate) async fn list_by_email(tx: &mut Tx, keys: &[String]) -> Result<Vec<(String, Known)>> {
    let rows = sqlx::query!(
        "select id, organization_id, email, email_key, status from users where email_key = any($1)",
        keys
    )
    .fetch_all(&mut **tx)
    .await?;
    let known = rows.into_iter().map(|row| {
        let known = Known {
            id: row.id,
            organization: row.organization_id,
            email: row.email,
            status: row.status,
        };
        (row.email_key, known)
    });
    Ok(known.collect())
}

pub(super) async fn find_id_by_email(
    pool: &PgPool,
    organization: OrganizationId,
    email: &EmailAddress,
) -> Result<Option<Uuid>> {
    Ok(sqlx::query_scalar!(
        "select id from users where organization_id = $1 and email_key = $2",
        organization.0,
        email.key()
    )
    .fetch_optional(pool)
    .await?)
}

/// Saves an invited person unless the address belongs to somebody.
pub(crate) async fn save_invited(
    tx: &mut Tx,
    permit: &Permit,
    user: UserId,
    email: &EmailAddress,
    at: OffsetDateTime,
) -> Result<bool> {
    let saved = sqlx::query!(
        "insert into users (id, organization_id, email, email_key, status, created_at)
         values ($1, $2, $3, $4, 'invited', $5) on conflict (email_key) do nothing",
        user.0,
        permit.organization.0,
        email.as_str(),
        email.key(),
        at
    )
    .execute(&mut **tx)
    .await?;
    Ok(saved.rows_affected() == 1)
}

/// Whether the address was free.
pub(crate) async fn save_active(
    tx: &mut Tx,
    permit: &Permit,
    user: UserId,
    email: &EmailAddress,
    (first, last): (&PersonName, &PersonName),
    at: OffsetDateTime,
) -> Result<bool> {
    let saved = sqlx::query!(
        "insert into users (id, organization_id, email, email_key, first_name, last_name, status, created_at, activated_at)
         values ($1, $2, $3, $4, $5, $6, 'active', $7, $7) on conflict (email_key) do nothing",
        user.0,
        permit.organization.0,
        email.as_str(),
        email.key(),
        first.as_str(),
        last.as_str(),
        at
    )
    .execute(&mut **tx)
    .await?;
    Ok(saved.rows_affected() == 1)
}

pub(crate) async fn save_activated(
    tx: &mut Tx,
    permit: &Permit,
    user: UserId,
    (first, last): (&PersonName, &PersonName),
    at: OffsetDateTime,
) -> Result<()> {
    sqlx::query!(
        "update users set status = 'active', first_name = $3, last_name = $4, activated_at = $5
         where organization_id = $1 and id = $2 and status = 'invited'",
        permit.organization.0,
        user.0,
        first.as_str(),
        last.as_str(),
        at
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(crate) async fn save_password(
    tx: &mut Tx,
    _permit: &Permit,
    user: UserId,
    hash: &str,
    at: OffsetDateTime,
) -> Result<()> {
    sqlx::query!(
        "insert into passwords (user_id, hash, changed_at) values ($1, $2, $3)
         on conflict (user_id) do update set hash = excluded.hash, changed_at = excluded.changed_at",
        user.0,
        hash,
        at
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Only a person who never had an account leaves the table.
pub(crate) async fn delete_invited(tx: &mut Tx, permit: &Permit, user: UserId) -> Result<()> {
    sqlx::query!(
        "delete from users where organization_id = $1 and id = $2 and status = 'invited'",
        permit.organization.0,
        user.0
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(crate) struct Person {
    pub email: String,
    pub status: String,
    pub deactivation_reason: Option<String>,
    pub status_version: i32,
}

pub(crate) async fn lock_user(
    tx: &mut Tx,
    organization: OrganizationId,
    user: UserId,
) -> Result<Option<Person>> {
    Ok(sqlx::query_as!(
        Person,
        "select email, status, deactivation_reason, status_version from users where organization_id = $1 and id = $2 for update",
        organization.0,
        user.0
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// Makes a deactivation by SCIM an administrator's, whom SCIM does not let in again. Says whether it was SCIM's.
pub(super) async fn save_kept_out(
    tx: &mut Tx,
    permit: &Permit,
    user: UserId,
    reason: Option<&str>,
) -> Result<bool> {
    let kept_out = sqlx::query!(
        "with kept_out as (
             update scim_users s set deactivated_version = null from users u
             where u.organization_id = $1 and u.id = $2 and s.user_id = u.id and s.deactivated_version = u.status_version
             returning s.user_id)
         update users set deactivation_reason = $3 where organization_id = $1 and id in (select user_id from kept_out)",
        permit.organization.0,
        user.0,
        reason
    )
    .execute(&mut **tx)
    .await?;
    Ok(kept_out.rows_affected() == 1)
}

pub(super) async fn save_status(
    tx: &mut Tx,
    permit: &Permit,
    user: UserId,
    status: UserStatus,
    deactivated: Option<(OffsetDateTime, Option<&str>)>,
) -> Result<StatusVersion> {
    let version = sqlx::query_scalar!(
        "update users set status = $3, deactivated_at = $4, deactivation_reason = $5, status_version = status_version + 1
         where organization_id = $1 and id = $2 returning status_version",
        permit.organization.0,
        user.0,
        status.as_str(),
        deactivated.map(|(at, _)| at),
        deactivated.and_then(|(_, reason)| reason)
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(StatusVersion(version))
}

pub(super) struct Summary {
    pub first_name: String,
    pub last_name: String,
    pub email: String,
    pub status: String,
    pub group_ids: Vec<Uuid>,
    pub group_names: Vec<String>,
    pub two_factor: bool,
    pub sessions: i64,
    pub invitations: i64,
    pub tokens: i64,
}

pub(super) async fn find_summary(
    pool: &PgPool,
    organization: OrganizationId,
    user: UserId,
    now: OffsetDateTime,
    idle_since: OffsetDateTime,
) -> Result<Option<Summary>> {
    Ok(sqlx::query_as!(
        Summary,
        r#"select u.first_name, u.last_name, u.email, u.status, u.two_factor,
                  member.group_ids as "group_ids!", member.group_names as "group_names!",
                  (select count(*) from sessions where user_id = u.id and expires_at > $3 and last_seen_at > $4) as "sessions!",
                  (select count(*) from invitations where invited_by = u.id and accepted_at is null
                      and cancelled_at is null and expires_at > $3) as "invitations!",
                  (select count(*) from access_tokens where user_id = u.id and (expires_at is null or expires_at > $3))
                      as "tokens!"
           from users u
           cross join lateral (
               select coalesce(array_agg(g.id order by g.name), '{}') as group_ids,
                      coalesce(array_agg(g.name order by g.name), '{}') as group_names
               from (
                   select ig.group_id from invitations i join invitation_groups ig on ig.invitation_id = i.id
                   where u.status = 'invited' and i.user_id = u.id
                   union all
                   select m.group_id from memberships m
                   where u.status <> 'invited' and m.user_id = u.id and (m.ends_at is null or m.ends_at > $3)) of_them
               join groups g on g.id = of_them.group_id) member
           where u.organization_id = $1 and u.id = $2"#,
        organization.0,
        user.0,
        now,
        idle_since
    )
    .fetch_optional(pool)
    .await?)
}

pub(super) async fn exists(tx: &mut Tx, organization: OrganizationId, user: UserId) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select exists (select from users where organization_id = $1 and id = $2) as "exists!""#,
        organization.0,
        user.0
    )
    .fetch_one(&mut **tx)
    .await?)
}

pub(crate) struct NamedPerson {
    pub name: String,
    pub email: String,
    pub is_active: bool,
}

/// What a person with an account is called.
pub(crate) async fn find_named(
    pool: &PgPool,
    organization: OrganizationId,
    user: UserId,
) -> Result<Option<NamedPerson>> {
    Ok(sqlx::query_as!(
        NamedPerson,
        r#"select first_name || ' ' || last_name as "name!", email, status = 'active' as "is_active!"
           from users where organization_id = $1 and id = $2 and status <> 'invited'"#,
        organization.0,
        user.0
    )
    .fetch_optional(pool)
    .await?)
}

/// The hash of somebody's password.
pub(crate) async fn find_password(
    pool: &PgPool,
    organization: OrganizationId,
    user: UserId,
) -> Result<Option<String>> {
    Ok(sqlx::query_scalar!(
        "select p.hash from passwords p join users u on u.id = p.user_id where u.organization_id = $1 and u.id = $2",
        organization.0,
        user.0
    )
    .fetch_optional(pool)
    .await?)
}

/// Takes somebody's password away: only a link lets them choose another.
pub(crate) async fn delete_password(tx: &mut Tx, permit: &Permit, user: UserId) -> Result<()> {
    sqlx::query!(
        "delete from passwords p using users u
         where u.id = p.user_id and u.organization_id = $1 and u.id = $2",
        permit.organization.0,
        user.0
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Whether somebody has one.
pub(crate) async fn has_password(pool: &PgPool, organization: OrganizationId, user: UserId) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select exists (
               select from passwords p join users u on u.id = p.user_id where u.organization_id = $1 and u.id = $2
           ) as "has_password!""#,
        organization.0,
        user.0
    )
    .fetch_one(pool)
    .await?)
}
