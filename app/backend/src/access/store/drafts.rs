//! The SQL of policies that somebody has begun to write.

use crate::{Result, caller::Permit, database::Tx};
use domain::ids::{DraftId, OrganizationId, UserId};
use serde_json::Value;
use sqlx::PgPool;
use time::OffsetDateTime;
use uuid::Uuid;

pub(crate) struct Row {
    pub policy_id: Option<Uuid>,
    pub version: i32,
    pub draft: Value,
}

pub(crate) async fn find(
    pool: &PgPool,
    organization: OrganizationId,
    user: UserId,
    draft: DraftId,
) -> Result<Option<Row>> {
    Ok(sqlx::query_as!(
        Row,
        "select policy_id, version, draft from policy_drafts where organization_id = $1 and user_id = $2 and id = $3",
        organization.0,
        user.0,
        draft.0
    )
    .fetch_optional(pool)
    .await?)
}

/// Saves a draft of this person, anew or in place of what it was.
pub(crate) async fn save(
    tx: &mut Tx,
    permit: &Permit,
    (draft, user): (DraftId, UserId),
    row: &Row,
    now: OffsetDateTime,
) -> Result<()> {
    sqlx::query!(
        "insert into policy_drafts (id, organization_id, user_id, policy_id, version, draft, saved_at)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (id) do update set version = excluded.version, draft = excluded.draft, saved_at = excluded.saved_at
         where policy_drafts.organization_id = $2 and policy_drafts.user_id = $3",
        draft.0,
        permit.organization.0,
        user.0,
        row.policy_id,
        row.version,
        row.draft,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Keeps the newest few of a person.
pub(crate) async fn delete_all_but(tx: &mut Tx, permit: &Permit, user: UserId, newest: i64) -> Result<()> {
    sqlx::query!(
        "delete from policy_drafts where organization_id = $1 and user_id = $2 and id not in (
             select id from policy_drafts where user_id = $2 order by saved_at desc, id desc limit $3)",
        permit.organization.0,
        user.0,
        newest
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(crate) async fn delete(tx: &mut Tx, permit: &Permit, user: UserId, draft: DraftId) -> Result<()> {
    sqlx::query!(
        "delete from policy_drafts where organization_id = $1 and user_id = $2 and id = $3",
        permit.organization.0,
        user.0,
        draft.0
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
