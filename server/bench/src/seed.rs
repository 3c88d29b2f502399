//! Organizations of a size, made by SQL: people with names that repeat as real ones do, in groups, some of them invited or
//! deactivated.

use sha2::{Digest, Sha256};
use sqlx::{AssertSqlSafe, PgPool, postgres::PgPoolOptions};
use std::time::Duration;
use uuid::Uuid;

/// A database of its own on the cluster at this address; made anew.
pub(crate) async fn create_database(cluster: &str, name: &str) -> String {
    let pool = PgPoolOptions::new()
        .max_connections(1)
        .connect(cluster)
        .await
        .expect("the database");
    for statement in [
        format!("drop database if exists {name} with (force)"),
        format!("create database {name}"),
    ] {
        sqlx::query(AssertSqlSafe(statement))
            .execute(&pool)
            .await
            .expect("a new database");
    }
    let (before, after) = cluster.split_once("://").expect("an address");
    let (place, query) = after.split_once('?').unwrap_or((after, ""));
    let (host, _) = place.rsplit_once('/').expect("the name of a database");
    format!("{before}://{host}/{name}?{query}")
}

pub(crate) async fn connect(url: &str) -> PgPool {
    let pool = PgPoolOptions::new()
        .max_connections(2)
        .acquire_timeout(Duration::from_secs(30));
    pool.connect(url).await.expect("the database")
}

/// The process that all of the database's others come from.
pub(crate) async fn postmaster(pool: &PgPool) -> u32 {
    let backend: i32 = sqlx::query_scalar("select pg_backend_pid()")
        .fetch_one(pool)
        .await
        .expect("a backend");
    let status = std::fs::read_to_string(format!("/proc/{backend}/status")).unwrap_or_default();
    let parent = status.lines().find_map(|line| line.strip_prefix("PPid:"));
    parent
        .and_then(|text| text.trim().parse().ok())
        .expect("a database on this machine")
}

/// 40 first names and 500 last ones: a part of a name finds many of a million, and few of a thousand.
const PEOPLE: &str = "
    insert into users (id, organization_id, email, email_key, first_name, last_name, status, created_at, activated_at,
                       deactivated_at, last_sign_in_at)
    select gen_random_uuid(), $1, 'p' || n || '@bench.example', 'p' || n || '@bench.example',
           case when n % 25 = 3 then '' else (array['Ada','Ben','Cleo','Dora','Emil','Fay','Grete','Hedy','Ida','Jo','Karl',
               'Lise','Mary','Nils','Olga','Paul','Quin','Rosa','Sven','Tilda','Uli','Vera','Willi','Xenia','Yves','Zoe',
               'Anna','Bert','Cara','Dirk','Elsa','Finn','Gina','Hans','Inge','Jan','Klara','Lars','Mona','Noa'])[1 + n % 40] end,
           case when n % 25 = 3 then '' else initcap((array['al','be','co','du','er'])[1 + n / 40 % 5]
               || (array['lin','mar','nor','pel','rad','sten','tov','var','wick','zen'])[1 + n / 200 % 10]
               || (array['', 'berg','dal','feld','hof','man','son','thal','wald','ski'])[1 + n / 2000 % 10]) end,
           case when n % 25 = 3 then 'invited' when n % 25 = 7 then 'deactivated' else 'active' end,
           now() - interval '100 days',
           case when n % 25 = 3 then null else now() - interval '99 days' end,
           case when n % 25 = 7 then now() - interval '9 days' end,
           case when n % 25 = 3 then null else now() - n % 100 * interval '1 day' end
    from generate_series(1, $2::bigint) n";
const INVITATIONS: &str = "
    insert into invitations (id, organization_id, kind, email, user_id, invited_by, created_at, expires_at)
    select gen_random_uuid(), organization_id, 'invitation', email, id, $2, now() - interval '1 day', now() + interval '6 days'
    from users where organization_id = $1 and status = 'invited'";
const MEMBERSHIPS: &str = "
    insert into memberships (organization_id, group_id, user_id, created_at)
    select u.organization_id, g.id, u.id, now()
    from users u join groups g on g.organization_id = u.organization_id
    where u.organization_id = $1 and u.status <> 'invited' and u.id <> $2
      and (g.name = 'read' or g.name = 'metrics' and u.last_sign_in_at > now() - interval '50 days')";

/// Fills the organization that was set up. Its administrator stays the only one.
pub(crate) async fn fill(pool: &PgPool, people: i64) -> (Uuid, Uuid) {
    let (organization, ada): (Uuid, Uuid) = sqlx::query_as("select organization_id, id from users limit 1")
        .fetch_one(pool)
        .await
        .expect("the administrator");
    sqlx::query(PEOPLE)
        .bind(organization)
        .bind(people - 1)
        .execute(pool)
        .await
        .expect("people");
    for statement in [INVITATIONS, MEMBERSHIPS] {
        sqlx::query(statement)
            .bind(organization)
            .bind(ada)
            .execute(pool)
            .await
            .expect("what people have");
    }
    // As a database that has been there for a while.
    sqlx::query("vacuum analyze")
        .execute(pool)
        .await
        .expect("statistics");
    (organization, ada)
}

/// More invitations that nobody has accepted.
pub(crate) async fn invite(pool: &PgPool, organization: Uuid, by: Uuid, count: i64) {
    sqlx::query(
        "insert into users (id, organization_id, email, email_key, status, created_at)
         select gen_random_uuid(), $1, 'i' || n || '@bench.example', 'i' || n || '@bench.example', 'invited', now()
         from generate_series(1, $2::bigint) n",
    )
    .bind(organization)
    .bind(count)
    .execute(pool)
    .await
    .expect("people");
    sqlx::query(
        "insert into invitations (id, organization_id, kind, email, user_id, invited_by, created_at, expires_at)
         select gen_random_uuid(), u.organization_id, 'invitation', u.email, u.id, $2, now(), now() + interval '6 days'
         from users u left join invitations i on i.user_id = u.id
         where u.organization_id = $1 and u.status = 'invited' and i.id is null",
    )
    .bind(organization)
    .bind(by)
    .execute(pool)
    .await
    .expect("invitations");
    sqlx::query("vacuum analyze")
        .execute(pool)
        .await
        .expect("statistics");
}

/// An access token of somebody, as Usher makes them: 43 characters of base 62 and the CRC-32 of all before.
pub(crate) async fn token(pool: &PgPool, organization: Uuid, user: Uuid, name: &str) -> String {
    const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let chance: Uuid = sqlx::query_scalar("select gen_random_uuid()")
        .fetch_one(pool)
        .await
        .expect("chance");
    let chance = chance.simple().to_string();
    let mut text = format!("usher_{chance}{}", &chance[..11]);
    let mut rest = crc32fast::hash(text.as_bytes());
    let mut checksum = [b'0'; 6];
    for letter in checksum.iter_mut().rev() {
        *letter = ALPHABET[rest as usize % 62];
        rest /= 62;
    }
    text.extend(checksum.map(char::from));
    sqlx::query(
        "insert into access_tokens (id, token_hash, organization_id, user_id, name, comment, created_at, second_factor_elsewhere)
         values (gen_random_uuid(), $1, $2, $3, $4, '', now(), false)",
    )
    .bind(&Sha256::digest(text.as_bytes())[..])
    .bind(organization)
    .bind(user)
    .bind(name)
    .execute(pool)
    .await
    .expect("a token");
    text
}
