//! The SQL of choices: people and groups by part of a name, or by id.

use super::held::Holder;
use crate::Result;
use domain::ids::OrganizationId;
use sqlx::PgPool;
use uuid::Uuid;

pub(crate) struct Offered {
    pub id: Uuid,
    pub name: String,
    pub description: String,
}

/// Groups to choose from, the built-in ones first.
pub(crate) async fn list_options(
    pool: &PgPool,
    organization: OrganizationId,
    pattern: &str,
    limit: i64,
) -> Result<Vec<Offered>> {
    Ok(sqlx::query_as!(
        Offered,
        "select id, name, description from groups where organization_id = $1 and lower(name) like $2
         order by built_in desc, lower(name) limit $3",
        organization.0,
        pattern,
        limit
    )
    .fetch_all(pool)
    .await?)
}

/// People to choose from.
pub(crate) async fn list_people(
    pool: &PgPool,
    organization: OrganizationId,
    pattern: &str,
    limit: i64,
) -> Result<Vec<Holder>> {
    Ok(sqlx::query_as!(
        Holder,
        r#"select id, first_name || ' ' || last_name as "name!", email from users
           where organization_id = $1 and status <> 'invited' and search like $2 order by sort_name, id limit $3"#,
        organization.0,
        pattern,
        limit
    )
    .fetch_all(pool)
    .await?)
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
