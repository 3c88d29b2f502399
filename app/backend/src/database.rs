//! The connection to the database: schema, and the transaction in which a permitted act happens.

mod acts;

pub(crate) use acts::Places;
pub use acts::Tx;

use crate::{
    Backend, Error, Result, access,
    caller::{Actor, Permit},
    organization, scim,
};
use domain::{access::decide, ids::OrganizationId};
use sqlx::{PgConnection, PgPool, migrate::MigrateError};

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!();

/// Brings the schema up to date. Safe for several servers that start at once: an advisory lock lets one do it. Where
/// nothing is missing, nothing is locked: the lock is a session's, and a pooler of transactions would keep it for ever.
pub async fn migrate(connection: &mut PgConnection) -> Result<(), MigrateError> {
    match missing_migrations(connection).await? {
        Some(0) => Ok(()),
        _ => MIGRATIONS.run(connection).await,
    }
}

/// Whether the database answers and has the schema of this program.
pub async fn check(pool: &PgPool) -> Result<()> {
    let newest: Option<i64> = sqlx::query_scalar("select max(version) from _sqlx_migrations where success")
        .fetch_one(pool)
        .await?;
    let wanted = MIGRATIONS.iter().map(|m| m.version).max();
    if newest >= wanted {
        Ok(())
    } else {
        Err(Error::unavailable("migrations are missing"))
    }
}

/// What one host of several is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// It is a replica.
    pub in_recovery: bool,
    /// It takes no writes, for that reason or another.
    pub read_only: bool,
}

pub async fn find_standing(connection: &mut PgConnection) -> sqlx::Result<Standing> {
    let (in_recovery, read_only) = sqlx::query_as(
        "select pg_is_in_recovery(), pg_is_in_recovery() or current_setting('transaction_read_only')::bool",
    )
    .fetch_one(connection)
    .await?;
    Ok(Standing {
        in_recovery,
        read_only,
    })
}

/// Grows with each promotion, so that of two hosts that take writes it tells the one that was promoted later.
pub async fn find_timeline(connection: &mut PgConnection) -> sqlx::Result<String> {
    sqlx::query_scalar("select left(pg_walfile_name(pg_current_wal_lsn()), 8)")
        .fetch_one(connection)
        .await
}

/// How many migrations of this program the database has not had; `None` if it has had none at all.
///
/// # Errors
/// One that it has had and that this program does not know, or knows otherwise.
pub async fn missing_migrations(connection: &mut PgConnection) -> Result<Option<usize>, MigrateError> {
    let there: bool = sqlx::query_scalar("select to_regclass('_sqlx_migrations') is not null")
        .fetch_one(&mut *connection)
        .await?;
    if !there {
        return Ok(None);
    }
    let applied: Vec<(i64, Vec<u8>)> =
        sqlx::query_as("select version, checksum from _sqlx_migrations where success order by version")
            .fetch_all(&mut *connection)
            .await?;
    for (version, checksum) in &applied {
        match MIGRATIONS.iter().find(|known| known.version == *version) {
            None => return Err(MigrateError::VersionMissing(*version)),
            Some(known) if known.checksum[..] != checksum[..] => {
                return Err(MigrateError::VersionMismatch(*version));
            }
            Some(_) => {}
        }
    }
    Ok(Some(MIGRATIONS.iter().count() - applied.len()))
}

/// How an act holds its organization while it happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    /// Not held: something is looked at, by whoever looks on for long and is judged with each look.
    Looked,
    /// Beside other acts, but not beside one that takes rights away.
    Shared,
    /// Alone: acts that decide about administrators or change somebody's status.
    Alone,
}

impl Backend {
    /// Begins the transaction of something that will hold this organization, when it is its turn.
    pub(crate) async fn begin_in(&self, organization: OrganizationId) -> Result<Tx> {
        Tx::begin_act(&self.pool, &self.places, organization).await
    }

    /// Begins the transaction of a permitted act, when it is its turn. The organization is held and the actor judged again,
    /// so that an act that was under way when its actor was deactivated or signed out does not happen after it.
    pub(crate) async fn begin(&self, permit: &Permit, hold: Hold) -> Result<Tx> {
        // Those who only look wait for nobody.
        let mut tx = match hold {
            Hold::Looked => Tx::begin(&self.pool).await?,
            Hold::Shared | Hold::Alone => self.begin_in(permit.organization).await?,
        };
        organization::store::lock_organization(&mut tx, permit.organization, hold)
            .await?
            .ok_or(Error::NotFound)?;
        if let (Some(action), Actor::User { id, .. }) = (permit.action, &permit.actor) {
            let roles = access::store::held::find_roles_of_active(
                &mut tx,
                *id,
                permit.credential.as_ref(),
                self.now(),
            )
            .await?
            .ok_or(Error::SignedOut)?;
            if let domain::access::Decision::Denied { needs } = decide(&roles, action) {
                return Err(Error::Forbidden { needs });
            }
        }
        if let Actor::Scim { token, part, .. } = permit.actor {
            scim::judge_again(&mut tx, permit.organization, token, part).await?;
        }
        Ok(tx)
    }
}

impl Backend {
    /// Whether the database answers and has the schema of this program.
    pub async fn check(&self) -> Result<()> {
        check(&self.pool).await
    }
}

/// A text without the one character that PostgreSQL takes in none.
pub(crate) fn storable(text: &str) -> String {
    text.replace('\0', "")
}

/// Longer texts are cut before they are looked for: no name or address is longer.
const LONGEST_PART: usize = 254;

/// A pattern that finds a text anywhere in a lower-case one, with the signs of the pattern language taken literally.
pub(crate) fn pattern_of_part(text: &str) -> String {
    format!("%{}%", literally(text))
}

/// Two patterns, either of which finds a text in a lower-case one: anywhere in it, but one letter or two only where a
/// word begins. Indexes of text know three signs in a row or the beginning of a word; for less everybody would be read.
pub(crate) fn patterns_of_part(text: &str) -> [String; 2] {
    let part = literally(text);
    match text.chars().count() {
        1 | 2 => [format!("{part}%"), format!("% {part}%")],
        _ => [format!("%{part}%"), format!("%{part}%")],
    }
}

fn literally(text: &str) -> String {
    let mut pattern = String::new();
    // PostgreSQL takes no NUL, and nobody is found by a control character.
    for c in text
        .chars()
        .map(lower)
        .filter(|c| !c.is_control())
        .take(LONGEST_PART)
    {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern
}

/// As `lower` of PostgreSQL has it with the locales of the system and its own `C.UTF-8`, which make one letter of each and
/// look at no word: of `str::to_lowercase` a final sigma is another letter, and a capital I with a dot is two. (With ICU
/// these two are found in lower case only.)
fn lower(c: char) -> char {
    c.to_lowercase().next().unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::future::join_all;
    use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

    async fn applied(pool: &PgPool) -> Vec<i64> {
        sqlx::query_scalar("select version from _sqlx_migrations where success order by version")
            .fetch_all(pool)
            .await
            .unwrap()
    }

    async fn run(pool: &PgPool, sql: &'static str) {
        sqlx::query(sql).execute(pool).await.unwrap();
    }

    #[test]
    fn one_letter_or_two_are_found_where_a_word_begins_and_more_anywhere() {
        assert_eq!(patterns_of_part(""), ["%%", "%%"]);
        assert_eq!(patterns_of_part("A"), ["a%", "% a%"]);
        assert_eq!(patterns_of_part("%b"), ["\\%b%", "% \\%b%"]);
        assert_eq!(patterns_of_part("Ada"), ["%ada%", "%ada%"]);
    }

    fn all() -> Vec<i64> {
        MIGRATIONS.iter().map(|migration| migration.version).collect()
    }

    #[sqlx::test(migrations = false)]
    async fn rel_06_ten_servers_on_one_empty_database_apply_the_schema_once(
        pool: PgPoolOptions,
        options: PgConnectOptions,
    ) {
        let pool = pool.max_connections(10).connect_with(options).await.unwrap();
        let mut connections = Vec::new();
        for _ in 0..10 {
            connections.push(pool.acquire().await.unwrap());
        }
        let servers = connections.iter_mut().map(|connection| migrate(connection));
        for outcome in join_all(servers).await {
            outcome.unwrap();
        }
        drop(connections);
        assert_eq!(applied(&pool).await, all());
        migrate(&mut pool.acquire().await.unwrap()).await.unwrap();
        assert_eq!(applied(&pool).await, all());
        check(&pool).await.unwrap();
    }

    #[sqlx::test]
    async fn rel_06_a_changed_and_a_newer_schema_are_refused(pool: PgPool) {
        run(
            &pool,
            "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
             values (9999, 'of tomorrow', true, '', 0)",
        )
        .await;
        assert!(matches!(
            migrate(&mut pool.acquire().await.unwrap()).await,
            Err(MigrateError::VersionMissing(9999))
        ));
        run(&pool, "delete from _sqlx_migrations where version = 9999").await;
        run(
            &pool,
            "update _sqlx_migrations set checksum = 'other' where version = 1",
        )
        .await;
        assert!(matches!(
            migrate(&mut pool.acquire().await.unwrap()).await,
            Err(MigrateError::VersionMismatch(1))
        ));
    }

    #[sqlx::test(migrations = false)]
    async fn rel_06_a_migration_that_fails_leaves_nothing_behind(pool: PgPool) {
        // The second migration makes `throttles` first and then finds this in its way.
        run(&pool, "create table known_browsers ()").await;
        assert!(migrate(&mut pool.acquire().await.unwrap()).await.is_err());
        assert_eq!(applied(&pool).await, [1]);
        let half: Option<String> = sqlx::query_scalar("select to_regclass('throttles')::text")
            .fetch_one(&pool)
            .await
            .unwrap();
        assert_eq!(half, None);
        assert!(check(&pool).await.is_err());
        run(&pool, "drop table known_browsers").await;
        migrate(&mut pool.acquire().await.unwrap()).await.unwrap();
        assert_eq!(applied(&pool).await, all());
    }
}
