//! The SQL of signing in.

use crate::{Result, caller::Permit, database::Tx};
use domain::{email_address::EmailAddress, ids::UserId};
use sqlx::PgPool;
use uuid::Uuid;

pub(super) struct Account {
    pub user: Uuid,
    pub organization: Uuid,
    pub organization_name: String,
    pub email: String,
    /// Of the person; `closed`, which is none of theirs, in an organization that is closed.
    pub status: String,
    pub hash: Option<String>,
    /// Whether their organization lets them in by single sign-on alone.
    pub is_bound_to_sso: bool,
    /// Whether this person has signed in with this browser before.
    pub knows_browser: bool,
}

pub(super) async fn find_account(
    pool: &PgPool,
    email: &EmailAddress,
    browser: Option<[u8; 32]>,
) -> Result<Option<Account>> {
    Ok(sqlx::query_as!(
        Account,
        r#"select u.id as "user", u.organization_id as organization, o.name as organization_name, u.email,
                  case when o.closed_at is null then u.status else 'closed' end as "status!", p.hash as "hash?",
                  is_bound_to_sso(o, u.id) as "is_bound_to_sso!",
                  exists (select from known_browsers k where k.user_id = u.id and k.token_hash = $2) as "knows_browser!"
           from users u
           join organizations o on o.id = u.organization_id
           left join passwords p on p.user_id = u.id
           where u.email_key = $1"#,
        email.key(),
        browser.as_ref().map(|hash| &hash[..])
    )
    .fetch_optional(pool)
    .await?)
}

/// Whether the person is active, may come in by a password and has this hash of it, now that their organization is held; and, if so, whether a
/// code is asked for.
pub(super) async fn find_two_factor_of(
    tx: &mut Tx,
    permit: &Permit,
    user: UserId,
    hash: &str,
) -> Result<Option<bool>> {
    Ok(sqlx::query_scalar!(
        "select u.two_factor from users u join passwords p on p.user_id = u.id join organizations o on o.id = u.organization_id
         where u.organization_id = $1 and u.id = $2 and u.status = 'active' and p.hash = $3
           and not is_bound_to_sso(o, u.id)",
        permit.organization.0,
        user.0,
        hash
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// Puts a hash that costs more in the place of one for the same password.
pub(super) async fn save_costlier(tx: &mut Tx, permit: &Permit, user: UserId, hash: &str) -> Result<()> {
    sqlx::query!(
        "update passwords p set hash = $3 from users u
         where u.id = p.user_id and u.organization_id = $1 and u.id = $2",
        permit.organization.0,
        user.0,
        hash
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
