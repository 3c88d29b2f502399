//! Single sign-on by SAML, each case under its id.

mod codes;
mod consumer;
mod crafted;
mod elsewhere;
mod fetching;
mod limits;
mod meanwhile;
mod newcomers;
mod other_ways;
mod people;
mod proof;
mod relay_state;
mod required;
mod settings;
mod test_sign_in;
mod vectors;

use crate::{
    identity_provider::{deploy, org_id, typed},
    stage::db_count,
    visitor::{TestConsole, Visitor},
};
use backend::sso::SsoTyped;
use sqlx::{AssertSqlSafe, PgPool};

/// Ada, whose organization with this Org ID has single sign-on as typed.
async fn scene_with(pool: PgPool, rules: SsoTyped) -> (TestConsole, Visitor, String) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    deploy(&console, &ada, rules).await;
    let org_id = org_id(&console, &ada).await;
    (console, ada, org_id)
}

/// The same as most organizations have it.
async fn scene(pool: PgPool) -> (TestConsole, Visitor, String) {
    scene_with(pool, typed()).await
}

/// One column of somebody.
async fn of(pool: &PgPool, email: &str, what: &str) -> String {
    let query = format!("select {what} from users where email_key = $1");
    sqlx::query_scalar(AssertSqlSafe(query))
        .bind(email)
        .fetch_one(pool)
        .await
        .unwrap()
}

async fn roles_of(pool: &PgPool, email: &str) -> i64 {
    let rows = format!("person_roles where user_id = (select id from users where email_key = '{email}')");
    db_count(pool, &rows).await
}

async fn groups_of(pool: &PgPool, email: &str) -> String {
    of(
        pool,
        email,
        "coalesce((select string_agg(g.name, ',' order by g.name) from memberships m join groups g on g.id = m.group_id
                   where m.user_id = users.id), '')",
    )
    .await
}
