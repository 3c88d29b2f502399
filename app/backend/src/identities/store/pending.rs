//! The SQL of identities that belong to no account yet.

use crate::{Error, Result, database::Tx, identities::oauth::Vouched, secret::Token};
use domain::{email_address::EmailAddress, identities::Provider, ids::InvitationId};
use sqlx::{PgConnection, PgPool};
use time::OffsetDateTime;
use uuid::Uuid;

#[expect(clippy::too_many_arguments, reason = "one for each column")]
pub(in crate::identities) async fn save_pending(
    pool: &PgPool,
    token: &Token,
    provider: Provider,
    vouched: &Vouched,
    email: &EmailAddress,
    (first, last): &(String, String),
    invitation: Option<InvitationId>,
    (now, ends): (OffsetDateTime, OffsetDateTime),
) -> Result<()> {
    sqlx::query!(
        "insert into pending_identities
             (token_hash, provider, issuer, subject, email, email_key, first_name, last_name, invitation_id, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        &token.hash()[..],
        provider.key(),
        vouched.issuer,
        vouched.subject,
        email.as_str(),
        email.key(),
        first,
        last,
        invitation.map(|invitation| invitation.0),
        now,
        ends
    )
    .execute(pool)
    .await?;
    Ok(())
}

pub(in crate::identities) struct Pending {
    provider: String,
    issuer: String,
    subject: String,
    pub email: String,
    pub email_key: String,
    pub first_name: String,
    pub last_name: String,
    pub invitation_id: Option<Uuid>,
}

impl Pending {
    pub(in crate::identities) fn provider(&self) -> Result<Provider> {
        self.provider
            .parse()
            .map_err(|()| Error::unavailable("unknown provider"))
    }

    pub(in crate::identities) fn vouched(&self) -> Vouched {
        Vouched {
            issuer: self.issuer.clone(),
            subject: self.subject.clone(),
            email: Some(self.email.clone()),
            first_name: self.first_name.clone(),
            last_name: self.last_name.clone(),
            signed_in_at: None,
        }
    }
}

pub(in crate::identities) async fn find_pending(
    connection: &mut PgConnection,
    token: &Token,
    now: OffsetDateTime,
) -> Result<Option<Pending>> {
    Ok(sqlx::query_as!(
        Pending,
        "select provider, issuer, subject, email, email_key, first_name, last_name, invitation_id
         from pending_identities where token_hash = $1 and expires_at > $2",
        &token.hash()[..],
        now
    )
    .fetch_optional(connection)
    .await?)
}

/// Uses one up; of two at once the second finds none.
pub(in crate::identities) async fn take_pending(
    tx: &mut Tx,
    hash: &[u8; 32],
    now: OffsetDateTime,
) -> Result<Option<Pending>> {
    Ok(sqlx::query_as!(
        Pending,
        "delete from pending_identities where token_hash = $1 and expires_at > $2
         returning provider, issuer, subject, email, email_key, first_name, last_name, invitation_id",
        &hash[..],
        now
    )
    .fetch_optional(&mut **tx)
    .await?)
}

pub(in crate::identities) async fn save_pasted(
    pool: &PgPool,
    token: &Token,
    invitation: InvitationId,
) -> Result<()> {
    sqlx::query!(
        "update pending_identities set invitation_id = $2 where token_hash = $1",
        &token.hash()[..],
        invitation.0
    )
    .execute(pool)
    .await?;
    Ok(())
}

pub(in crate::identities) async fn forget_pending(pool: &PgPool, token: &Token) -> Result<()> {
    sqlx::query!(
        "delete from pending_identities where token_hash = $1",
        &token.hash()[..]
    )
    .execute(pool)
    .await?;
    Ok(())
}
