//! The SQL of choices: people and groups by part of a name, or by id.

use super::held::Holder;
use crate::{
    Result,
    database::{Tx, patterns_of_part},
    users::search::{self, Planned, Shown, Way},
};
use domain::ids::OrganizationId;
use sqlx::{FromRow, PgPool, Postgres, QueryBuilder, postgres::PgArguments, query::QueryAs};
use uuid::Uuid;

#[derive(FromRow)]
pub(crate) struct Offered {
    pub id: Uuid,
    pub name: String,
    pub description: String,
}

// What looks for a text is not checked by a macro, because only so it is planned each time: the best way depends on how
// many have what is looked for, and a plan made for any text reads everybody for some.

/// Groups to choose from, the built-in ones first; those whose name has `search` in it.
pub(crate) async fn list_options(
    pool: &PgPool,
    organization: OrganizationId,
    search: &str,
    limit: i64,
) -> Result<Vec<Offered>> {
    if search.is_empty() {
        return Ok(sqlx::query_as!(
            Offered,
            "select id, name, description from groups where organization_id = $1
             order by built_in desc, lower(name) limit $2",
            organization.0,
            limit
        )
        .fetch_all(pool)
        .await?);
    }
    let mut tx = Tx::begin(pool).await?;
    let found = options(organization, search, limit).fetch_all(&mut *tx).await?;
    tx.commit().await?;
    Ok(found)
}

pub(crate) fn options(
    organization: OrganizationId,
    search: &str,
    limit: i64,
) -> QueryAs<'static, Postgres, Offered, PgArguments> {
    let [pattern, other] = patterns_of_part(search);
    sqlx::query_as(
        "select id, name, description from groups
         where organization_id = $1 and (lower(name) like $2 or lower(name) like $3)
         order by built_in desc, lower(name) limit $4",
    )
    .bind(organization.0)
    .bind(pattern)
    .bind(other)
    .bind(limit)
    .persistent(false)
}

/// People to choose from, those whose name or address has `part` in it.
pub(crate) async fn list_people(
    pool: &PgPool,
    organization: OrganizationId,
    part: &str,
    limit: usize,
) -> Result<Vec<Holder>> {
    let ask = |way| people(organization, part, limit, way);
    search::find(pool, limit, Planned::Once, ask).await
}

pub(crate) fn people(
    organization: OrganizationId,
    search: &str,
    limit: usize,
    way: Way,
) -> QueryBuilder<Postgres> {
    let mut sql = QueryBuilder::new(format!(
        "select u.id, u.first_name || ' ' || u.last_name as name, u.email{} from (",
        way.marks()
    ));
    let shown = Shown {
        way,
        organization,
        search,
        join: "",
        columns: "",
        key: "u.sort_name",
        direction: "asc",
        limit,
    };
    shown.push(&mut sql, |sql| _ = sql.push(" and u.status <> 'invited'"));
    sql.push(format_args!(") u order by {}", shown.order()));
    sql
}

/// People by id, in the order of their names.
pub(crate) async fn list_choices_of_people(
    pool: &PgPool,
    organization: OrganizationId,
    users: &[Uuid],
) -> Result<Vec<Holder>> {
    Ok(sqlx::query_as!(
        Holder,
        r#"select id, first_name || ' ' || last_name as "name!", email from users
           where organization_id = $1 and id = any($2) and status <> 'invited' order by sort_name, id"#,
        organization.0,
        users
    )
    .fetch_all(pool)
    .await?)
}

/// Groups by id, in the order of their names.
pub(crate) async fn list_choices(
    pool: &PgPool,
    organization: OrganizationId,
    groups: &[Uuid],
) -> Result<Vec<Offered>> {
    Ok(sqlx::query_as!(
        Offered,
        "select id, name, description from groups where organization_id = $1 and id = any($2) order by lower(name)",
        organization.0,
        groups
    )
    .fetch_all(pool)
    .await?)
}
