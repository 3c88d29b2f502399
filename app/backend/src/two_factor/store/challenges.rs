//! The SQL of sign-ins that wait for their code. What ends all sessions of somebody ends these, too: see
//! `sessions::store`.

use crate::{Result, caller::Permit, database::Tx, secret::Token};
use domain::{identities::Method, ids::UserId};
use sqlx::PgPool;
use time::OffsetDateTime;
use uuid::Uuid;

pub(in crate::two_factor) async fn save_challenge(
    tx: &mut Tx,
    permit: &Permit,
    (user, method): (UserId, Method),
    token: &Token,
    (now, ends): (OffsetDateTime, OffsetDateTime),
    (tries, links): (i16, Option<[u8; 32]>),
    session_ends: Option<OffsetDateTime>,
) -> Result<()> {
    sqlx::query!(
        "insert into sign_in_challenges
             (token_hash, organization_id, user_id, created_at, expires_at, tries_left, method, links_hash, session_ends_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &token.hash()[..],
        permit.organization.0,
        user.0,
        now,
        ends,
        tries,
        method.key(),
        links.as_ref().map(|hash| &hash[..]),
        session_ends
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(in crate::two_factor) struct Asked {
    pub organization_id: Uuid,
    pub organization: String,
    pub user_id: Uuid,
    pub email: String,
}

pub(in crate::two_factor) async fn find_challenge(
    pool: &PgPool,
    token: &Token,
    now: OffsetDateTime,
) -> Result<Option<Asked>> {
    Ok(sqlx::query_as!(
        Asked,
        "select c.organization_id, o.name as organization, c.user_id, u.email
         from sign_in_challenges c
         join users u on u.id = c.user_id
         join organizations o on o.id = c.organization_id
         where c.token_hash = $1 and c.tries_left > 0 and c.expires_at > $2
           and u.status = 'active' and o.closed_at is null",
        &token.hash()[..],
        now
    )
    .fetch_optional(pool)
    .await?)
}

pub(in crate::two_factor) struct Waiting {
    pub organization_id: Uuid,
    pub organization: String,
    pub user_id: Uuid,
    pub email: String,
    pub tries_left: i16,
    pub method: String,
    /// What is linked once the code is right.
    pub links_hash: Option<Vec<u8>>,
    /// When whoever vouched wants the session to end.
    pub session_ends_at: Option<OffsetDateTime>,
    /// Whether this person has signed in with this browser before.
    pub knows_browser: bool,
}

/// Takes one try of a sign-in that still has one.
pub(in crate::two_factor) async fn take_try(
    tx: &mut Tx,
    token: &Token,
    browser: Option<[u8; 32]>,
    now: OffsetDateTime,
) -> Result<Option<Waiting>> {
    Ok(sqlx::query_as!(
        Waiting,
        r#"update sign_in_challenges c set tries_left = c.tries_left - 1
           from users u join organizations o on o.id = u.organization_id
           where c.token_hash = $1 and c.tries_left > 0 and c.expires_at > $2
             and u.id = c.user_id and u.status = 'active' and o.closed_at is null
           returning c.organization_id, o.name as organization, c.user_id, u.email, c.tries_left, c.method, c.links_hash,
               c.session_ends_at,
               exists (select from known_browsers k where k.user_id = u.id and k.token_hash = $3) as "knows_browser!""#,
        &token.hash()[..],
        now,
        browser.as_ref().map(|hash| &hash[..])
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// Uses one up; of two at once the second finds none.
pub(in crate::two_factor) async fn delete_challenge(
    tx: &mut Tx,
    permit: &Permit,
    token: &Token,
) -> Result<bool> {
    let deleted = sqlx::query!(
        "delete from sign_in_challenges where organization_id = $1 and token_hash = $2",
        permit.organization.0,
        &token.hash()[..]
    )
    .execute(&mut **tx)
    .await?;
    Ok(deleted.rows_affected() == 1)
}

/// Forgets one for whoever holds its token; that takes no right.
pub(in crate::two_factor) async fn forget_challenge(pool: &PgPool, token: &Token) -> Result<()> {
    sqlx::query!(
        "delete from sign_in_challenges where token_hash = $1",
        &token.hash()[..]
    )
    .execute(pool)
    .await?;
    Ok(())
}

pub(in crate::two_factor) async fn delete_challenges_of(
    tx: &mut Tx,
    permit: &Permit,
    user: UserId,
) -> Result<()> {
    sqlx::query!(
        "delete from sign_in_challenges where organization_id = $1 and user_id = $2",
        permit.organization.0,
        user.0
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
