//! The SQL of the installation.

use crate::Result;
use sqlx::{PgConnection, PgPool};
use time::OffsetDateTime;

pub(super) async fn find_key_check(pool: &PgPool) -> Result<Option<Vec<u8>>> {
    Ok(sqlx::query_scalar!("select key_check from installation")
        .fetch_optional(pool)
        .await?)
}

/// What is stored after that: the given one, or the one that was there.
pub(super) async fn save_key_check_unless_there(
    pool: &PgPool,
    check: &[u8],
    at: OffsetDateTime,
) -> Result<Vec<u8>> {
    sqlx::query!(
        "insert into installation (key_check, created_at) values ($1, $2) on conflict (single) do nothing",
        check,
        at
    )
    .execute(pool)
    .await?;
    Ok(sqlx::query_scalar!("select key_check from installation")
        .fetch_one(pool)
        .await?)
}

/// Numbers over all organizations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub sessions: i64,
    pub mails_queued: i64,
    pub oldest_queued_mail: Option<OffsetDateTime>,
    pub mails_failed: i64,
}

/// Reads indexes only, of which those of mails hold the few that are not sent.
pub(super) async fn count(pool: &PgPool, now: OffsetDateTime, idle_since: OffsetDateTime) -> Result<Counts> {
    Ok(sqlx::query_as!(
        Counts,
        r#"select (select count(*) from sessions where expires_at > $1 and last_seen_at > $2) as "sessions!",
                  (select count(*) from mails where state = 'queued') as "mails_queued!",
                  (select min(created_at) from mails where state = 'queued') as oldest_queued_mail,
                  (select count(*) from mails where state = 'failed') as "mails_failed!""#,
        now,
        idle_since
    )
    .fetch_one(pool)
    .await?)
}

/// The server behind a connection, whatever its schema.
#[derive(Clone, Debug)]
pub struct DatabaseFacts {
    /// As `server_version` says it.
    pub version: String,
    /// `170002` for 17.2.
    pub version_number: i32,
    pub connections_used: i64,
    pub connections_allowed: i32,
    pub now: OffsetDateTime,
}

pub async fn find_database_facts(connection: &mut PgConnection) -> Result<DatabaseFacts> {
    Ok(sqlx::query_as!(
        DatabaseFacts,
        r#"select current_setting('server_version') as "version!",
                  current_setting('server_version_num')::int as "version_number!",
                  (select count(*) from pg_stat_activity where backend_type = 'client backend') as "connections_used!",
                  current_setting('max_connections')::int as "connections_allowed!",
                  clock_timestamp() as "now!""#
    )
    .fetch_one(connection)
    .await?)
}
