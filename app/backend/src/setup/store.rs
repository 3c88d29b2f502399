//! The SQL of the set-up link.

use crate::{Result, database::Tx, secret::Token};
use sqlx::PgPool;
use time::OffsetDateTime;

/// Puts the link in the place of any other.
pub(super) async fn save_link(pool: &PgPool, token: &Token, at: OffsetDateTime) -> Result<()> {
    sqlx::query!(
        "insert into setup_link (token_hash, created_at) values ($1, $2)
         on conflict (single) do update set token_hash = excluded.token_hash, created_at = excluded.created_at",
        &token.hash()[..],
        at
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Whether this is the link of an installation that has no organization.
pub(super) async fn is_link(pool: &PgPool, token: &Token) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select exists (select from setup_link where token_hash = $1)
              and not exists (select from organizations) as "is_link!""#,
        &token.hash()[..]
    )
    .fetch_one(pool)
    .await?)
}

/// Uses this link up.
pub(super) async fn delete_this_link(tx: &mut Tx, token: &Token) -> Result<bool> {
    let deleted = sqlx::query!(
        "delete from setup_link where token_hash = $1 and not exists (select from organizations)",
        &token.hash()[..]
    )
    .execute(&mut **tx)
    .await?;
    Ok(deleted.rows_affected() == 1)
}

/// Kills whatever link there is.
pub(crate) async fn delete_link(tx: &mut Tx) -> Result<()> {
    sqlx::query!("delete from setup_link").execute(&mut **tx).await?;
    Ok(())
}
