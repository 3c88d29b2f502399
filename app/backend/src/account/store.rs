//! The SQL of one's own account.

use crate::{Result, caller::Permit, database::Tx};
use domain::{ids::UserId, theme::Theme};

pub(super) async fn save_theme(tx: &mut Tx, permit: &Permit, user: UserId, theme: Theme) -> Result<()> {
    sqlx::query!(
        "update users set theme = $3 where organization_id = $1 and id = $2",
        permit.organization.0,
        user.0,
        theme.as_str()
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
