//! The SQL of sessions.

use crate::{Result, caller::Permit, database::Tx, secret::Token};
use domain::{
    identities::Method,
    ids::{OrganizationId, SessionId, UserId},
};
use sqlx::PgPool;
use time::OffsetDateTime;
use uuid::Uuid;

pub(super) struct SessionRow {
    pub session: Uuid,
    pub last_seen_at: OffsetDateTime,
    pub proved_at: OffsetDateTime,
    pub user: Uuid,
    pub email: String,
    pub first_name: String,
    pub last_name: String,
    pub theme: String,
    pub two_factor: bool,
    pub two_factor_from: Option<OffsetDateTime>,
    pub must_enrol: bool,
    pub organization: Uuid,
    pub org_id: String,
    pub organization_name: String,
    pub roles: Vec<String>,
}

/// Session, person, status and rights in one statement. The rights as in `access::store::held::find_roles_of_active`.
pub(super) async fn find_living(
    pool: &PgPool,
    token: &Token,
    now: OffsetDateTime,
    idle_since: OffsetDateTime,
) -> Result<Option<SessionRow>> {
    Ok(sqlx::query_as!(
        SessionRow,
        r#"select s.id as session, s.last_seen_at, s.proved_at, u.id as "user", u.email, u.first_name, u.last_name, u.theme,
                  u.two_factor, o.two_factor_from, not u.two_factor and coalesce(o.two_factor_from <= $2, false)
                      and not s.second_factor_elsewhere as "must_enrol!",
                  o.id as organization, o.org_id, o.name as organization_name,
                  array(select role from given_roles where user_id = u.id and (ends_at is null or ends_at > $2)
                        union all
                        select g.role from memberships m cross join lateral (
                            select role from given_roles
                            where group_id = m.group_id and (ends_at is null or ends_at > $2) offset 0) g
                        where m.user_id = u.id and (m.ends_at is null or m.ends_at > $2)) as "roles!"
           from sessions s
           join users u on u.id = s.user_id
           join organizations o on o.id = u.organization_id
           where s.token_hash = $1 and s.expires_at > $2 and s.last_seen_at > $3
             and u.status = 'active' and o.closed_at is null"#,
        &token.hash()[..],
        now,
        idle_since
    )
    .fetch_optional(pool)
    .await?)
}

pub(super) struct Living {
    pub id: Uuid,
    pub created_at: OffsetDateTime,
    pub last_seen_at: OffsetDateTime,
    pub address: String,
    pub user_agent: String,
}

pub(super) async fn list_living(
    pool: &PgPool,
    organization: OrganizationId,
    user: UserId,
    now: OffsetDateTime,
    idle_since: OffsetDateTime,
) -> Result<Vec<Living>> {
    Ok(sqlx::query_as!(
        Living,
        "select id, created_at, last_seen_at, address, user_agent from sessions
         where organization_id = $1 and user_id = $2 and expires_at > $3 and last_seen_at > $4
         order by last_seen_at desc limit 50",
        organization.0,
        user.0,
        now,
        idle_since
    )
    .fetch_all(pool)
    .await?)
}

pub(super) async fn save_seen(
    pool: &PgPool,
    session: SessionId,
    now: OffsetDateTime,
    latest_end: OffsetDateTime,
) -> Result<()> {
    sqlx::query!(
        "update sessions set last_seen_at = $2, expires_at = least(expires_at, $3) where id = $1",
        session.0,
        now,
        latest_end
    )
    .execute(pool)
    .await?;
    Ok(())
}

pub(super) async fn save_new(
    tx: &mut Tx,
    permit: &Permit,
    session: SessionId,
    (user, method): (UserId, Method),
    token: &Token,
    (now, proved_at, ends): (OffsetDateTime, OffsetDateTime, OffsetDateTime),
    second_factor_elsewhere: bool,
) -> Result<()> {
    sqlx::query!(
        "insert into sessions
             (id, token_hash, organization_id, user_id, created_at, last_seen_at, proved_at, expires_at, address, user_agent, method,
              second_factor_elsewhere)
         values ($1, $2, $3, $4, $5, $5, $6, $7, $8, $9, $10, $11)",
        session.0,
        &token.hash()[..],
        permit.organization.0,
        user.0,
        now,
        proved_at,
        ends,
        permit.client.address,
        permit.client.user_agent,
        method.key(),
        second_factor_elsewhere
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(super) async fn save_last_sign_in(
    tx: &mut Tx,
    permit: &Permit,
    user: UserId,
    now: OffsetDateTime,
) -> Result<()> {
    sqlx::query!(
        "update users set last_sign_in_at = $3 where organization_id = $1 and id = $2",
        permit.organization.0,
        user.0,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(super) async fn delete_one(tx: &mut Tx, permit: &Permit, session: SessionId) -> Result<bool> {
    let deleted = sqlx::query!(
        "delete from sessions where organization_id = $1 and id = $2",
        permit.organization.0,
        session.0
    )
    .execute(&mut **tx)
    .await?;
    Ok(deleted.rows_affected() == 1)
}

/// Ends one session of a person.
pub(super) async fn delete_one_of(
    tx: &mut Tx,
    permit: &Permit,
    user: UserId,
    session: SessionId,
) -> Result<bool> {
    let deleted = sqlx::query!(
        "delete from sessions where organization_id = $1 and user_id = $2 and id = $3",
        permit.organization.0,
        user.0,
        session.0
    )
    .execute(&mut **tx)
    .await?;
    Ok(deleted.rows_affected() == 1)
}

/// Ends every session of a person but one, and what waits for its code.
pub(crate) async fn delete_others_of(
    tx: &mut Tx,
    permit: &Permit,
    user: UserId,
    kept: SessionId,
) -> Result<u64> {
    let deleted = sqlx::query!(
        "with waiting as (delete from sign_in_challenges where organization_id = $1 and user_id = $2)
         delete from sessions where organization_id = $1 and user_id = $2 and id <> $3",
        permit.organization.0,
        user.0,
        kept.0
    )
    .execute(&mut **tx)
    .await?;
    Ok(deleted.rows_affected())
}

/// Gives a session another token, and notes the proof that it was given for. Whether there is such a session.
pub(super) async fn save_renewed(
    tx: &mut Tx,
    permit: &Permit,
    session: SessionId,
    token: &Token,
    now: OffsetDateTime,
) -> Result<bool> {
    let renewed = sqlx::query!(
        "update sessions set token_hash = $3, proved_at = $4 where organization_id = $1 and id = $2",
        permit.organization.0,
        session.0,
        &token.hash()[..],
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(renewed.rows_affected() == 1)
}

/// Ends every session of a person, and what waits for its code.
pub(crate) async fn delete_all_of(tx: &mut Tx, permit: &Permit, user: UserId) -> Result<u64> {
    let deleted = sqlx::query!(
        "with waiting as (delete from sign_in_challenges where organization_id = $1 and user_id = $2)
         delete from sessions where organization_id = $1 and user_id = $2",
        permit.organization.0,
        user.0
    )
    .execute(&mut **tx)
    .await?;
    Ok(deleted.rows_affected())
}

/// Ends what somebody began by one method, but for the session that acts.
pub(crate) async fn delete_by_method(
    tx: &mut Tx,
    permit: &Permit,
    user: UserId,
    method: Method,
) -> Result<u64> {
    let deleted = sqlx::query!(
        "with waiting as (delete from sign_in_challenges where organization_id = $1 and user_id = $2 and method = $3)
         delete from sessions where organization_id = $1 and user_id = $2 and method = $3 and id is distinct from $4",
        permit.organization.0,
        user.0,
        method.key(),
        permit.session().map(|session| session.0)
    )
    .execute(&mut **tx)
    .await?;
    Ok(deleted.rows_affected())
}

/// Ends every session of an organization, and what waits for its code.
pub(crate) async fn delete_all_in(tx: &mut Tx, permit: &Permit) -> Result<u64> {
    let deleted = sqlx::query!(
        "with waiting as (delete from sign_in_challenges where organization_id = $1)
         delete from sessions where organization_id = $1",
        permit.organization.0
    )
    .execute(&mut **tx)
    .await?;
    Ok(deleted.rows_affected())
}

/// From now on the attempts of this browser are not counted with those of strangers.
pub(super) async fn save_known_browser(
    tx: &mut Tx,
    permit: &Permit,
    user: UserId,
    browser: &Token,
    now: OffsetDateTime,
) -> Result<()> {
    sqlx::query!(
        "insert into known_browsers (token_hash, organization_id, user_id, created_at, last_sign_in_at)
         values ($1, $2, $3, $4, $4)
         on conflict (token_hash, user_id) do update set last_sign_in_at = excluded.last_sign_in_at",
        &browser.hash()[..],
        permit.organization.0,
        user.0,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Forgets every browser of a person.
pub(crate) async fn delete_known_browsers_of(tx: &mut Tx, permit: &Permit, user: UserId) -> Result<()> {
    sqlx::query!(
        "delete from known_browsers where organization_id = $1 and user_id = $2",
        permit.organization.0,
        user.0
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Forgets every browser of a person but the one that acts.
pub(crate) async fn delete_other_browsers_of(tx: &mut Tx, permit: &Permit, user: UserId) -> Result<()> {
    let this = permit.client.browser.as_ref().map(Token::hash);
    sqlx::query!(
        "delete from known_browsers where organization_id = $1 and user_id = $2 and token_hash is distinct from $3",
        permit.organization.0,
        user.0,
        this.as_ref().map(|hash| &hash[..])
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// A sign-in that can be reported, with its person.
pub(super) struct Report {
    pub organization_id: Uuid,
    pub organization: String,
    pub user_id: Uuid,
    pub email: String,
    pub name: String,
    pub device: String,
    pub address: String,
    pub signed_in_at: OffsetDateTime,
}

pub(super) async fn find_report(pool: &PgPool, token: &Token, now: OffsetDateTime) -> Result<Option<Report>> {
    Ok(sqlx::query_as!(
        Report,
        r#"select r.organization_id, o.name as organization, r.user_id, u.email,
                  u.first_name || ' ' || u.last_name as "name!", r.device, r.address, r.signed_in_at
           from sign_in_reports r
           join users u on u.id = r.user_id
           join organizations o on o.id = r.organization_id
           where r.token_hash = $1 and r.used_at is null and r.expires_at > $2
             and u.status = 'active' and o.closed_at is null"#,
        &token.hash()[..],
        now
    )
    .fetch_optional(pool)
    .await?)
}

/// Saves the link of a mail to an active person; whether there is one.
pub(super) async fn save_report_link(
    tx: &mut Tx,
    user: UserId,
    token: &Token,
    (at, device, address): (OffsetDateTime, &str, &str),
    (now, expires_at): (OffsetDateTime, OffsetDateTime),
) -> Result<bool> {
    let saved = sqlx::query!(
        "insert into sign_in_reports
             (token_hash, organization_id, user_id, device, address, signed_in_at, created_at, expires_at)
         select $2, organization_id, id, $3, $4, $5, $6, $7 from users where id = $1 and status = 'active'",
        user.0,
        &token.hash()[..],
        device,
        address,
        at,
        now,
        expires_at
    )
    .execute(&mut **tx)
    .await?;
    Ok(saved.rows_affected() == 1)
}

/// Uses a report up; of two at once the second finds it used.
pub(super) async fn save_report_used(
    tx: &mut Tx,
    permit: &Permit,
    token: &Token,
    now: OffsetDateTime,
) -> Result<bool> {
    let used = sqlx::query!(
        "update sign_in_reports r set used_at = $3 from users u
         where r.organization_id = $1 and r.token_hash = $2 and r.used_at is null and r.expires_at > $3
           and u.id = r.user_id and u.status = 'active'",
        permit.organization.0,
        &token.hash()[..],
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(used.rows_affected() == 1)
}
