//! The SQL of the audit log. The table refuses updates and deletes by itself.

use super::Change;
use crate::{
    Result,
    caller::{Actor, Permit},
    database::Tx,
};
use time::OffsetDateTime;

pub(super) async fn save_entry(
    tx: &mut Tx,
    permit: &Permit,
    label: &str,
    change: &Change,
    at: OffsetDateTime,
) -> Result<()> {
    let (actor_kind, actor_id, actor_label) = match &permit.actor {
        Actor::User { id, label } => ("user", Some(id.0), label.as_str()),
        Actor::Operator => ("operator", None, "Operator"),
        Actor::Anonymous => ("anonymous", None, "Somebody signed out"),
    };
    let (target_kind, target_id) = permit.target.kind_and_id();
    sqlx::query!(
        "insert into audit (organization_id, at, actor_kind, actor_id, actor_label, action, target_kind, target_id,
                            target_label, before, after, result, address, request_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        permit.organization.0,
        at,
        actor_kind,
        actor_id,
        actor_label,
        permit.act,
        target_kind,
        target_id,
        label,
        change.before,
        change.after,
        if change.refused { "refused" } else { "done" },
        permit.client.address,
        permit.client.request_id
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
