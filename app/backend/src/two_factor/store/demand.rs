//! The SQL of organizations that ask for two-factor authentication.

use crate::{Result, caller::Permit, database::Tx};
use domain::ids::OrganizationId;
use sqlx::{PgExecutor, PgPool};
use time::OffsetDateTime;
use uuid::Uuid;

/// From when everybody needs it.
pub(crate) async fn find_demand(
    executor: impl PgExecutor<'_>,
    organization: OrganizationId,
) -> Result<Option<OffsetDateTime>> {
    Ok(sqlx::query_scalar!(
        "select two_factor_from from organizations where id = $1",
        organization.0
    )
    .fetch_one(executor)
    .await?)
}

pub(in crate::two_factor) async fn save_demand(
    tx: &mut Tx,
    permit: &Permit,
    from: Option<OffsetDateTime>,
    reminders: i16,
) -> Result<()> {
    sqlx::query!(
        "update organizations set two_factor_from = $2, two_factor_reminders = $3 where id = $1",
        permit.organization.0,
        from,
        reminders
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// What the trigger asks of an organization once it has a day.
pub(in crate::two_factor) async fn has_enrolled_administrator(tx: &mut Tx, permit: &Permit) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select exists (
               select from person_roles h join users u on u.id = h.user_id
               where h.organization_id = $1 and h.role = 'iam-admin' and h.ends_at is null
                 and u.status = 'active' and u.two_factor
           ) as "has!""#,
        permit.organization.0
    )
    .fetch_one(&mut **tx)
    .await?)
}

/// Asks nobody any more where no administrator is left who has it: the operator lets one in who has lost theirs.
pub(crate) async fn stop_asking_unless_enrolled(tx: &mut Tx, permit: &Permit) -> Result<bool> {
    let stopped = sqlx::query!(
        "update organizations set two_factor_from = null, two_factor_reminders = 0
         where id = $1 and two_factor_from is not null and not exists (
             select from person_roles h join users u on u.id = h.user_id
             where h.organization_id = $1 and h.role = 'iam-admin' and h.ends_at is null
               and u.status = 'active' and u.two_factor)",
        permit.organization.0
    )
    .execute(&mut **tx)
    .await?;
    Ok(stopped.rows_affected() == 1)
}

pub(in crate::two_factor) struct MissingRow {
    pub id: Uuid,
    pub name: String,
    pub email: String,
}

pub(in crate::two_factor) async fn list_missing(
    pool: &PgPool,
    organization: OrganizationId,
    limit: i64,
) -> Result<Vec<MissingRow>> {
    Ok(sqlx::query_as!(
        MissingRow,
        r#"select id, first_name || ' ' || last_name as "name!", email from users
           where organization_id = $1 and not two_factor and status = 'active' order by sort_name, id limit $2"#,
        organization.0,
        limit
    )
    .fetch_all(pool)
    .await?)
}

pub(in crate::two_factor) struct Due {
    pub id: Uuid,
    pub name: String,
    pub from: OffsetDateTime,
}

/// An organization with a reminder to be sent, which no other server has in hand.
pub(in crate::two_factor) async fn lock_due_reminder(
    tx: &mut Tx,
    now: OffsetDateTime,
) -> Result<Option<Due>> {
    Ok(sqlx::query_as!(
        Due,
        r#"select id, name, two_factor_from as "from!" from organizations
           where closed_at is null and two_factor_from > $1
             and two_factor_reminders < case when two_factor_from <= $1 + interval '1 day' then 2
                                             when two_factor_from <= $1 + interval '7 days' then 1 else 0 end
           limit 1 for no key update skip locked"#,
        now
    )
    .fetch_optional(&mut **tx)
    .await?)
}

pub(in crate::two_factor) async fn save_reminded(tx: &mut Tx, permit: &Permit, reminders: i16) -> Result<()> {
    sqlx::query!(
        "update organizations set two_factor_reminders = $2 where id = $1",
        permit.organization.0,
        reminders
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
