//! The SQL of the outbox. Putting a mail in and taking it back wants a permit; the worker's own bookkeeping needs
//! none, because it decides nothing: the act was permitted when the mail was queued.

use super::{Message, NewMail};
use crate::{Error, Result, caller::Permit, database::Tx};
use domain::{
    ids::{InvitationId, MailId, UserId},
    mail::DeliveryState,
};
use sqlx::PgPool;
use time::OffsetDateTime;

/// A mail that one worker has until the lease ends. The end of the lease is its number, too: nobody else's is equal,
/// because a mail is leased again only after it.
pub(super) struct Leased {
    pub id: MailId,
    pub invitation: Option<InvitationId>,
    pub user: Option<UserId>,
    pub recipient: String,
    /// `None`: written by a newer program, which has to send it.
    pub message: Option<Message>,
    pub created_at: OffsetDateTime,
    /// This one included.
    pub attempts: i32,
    pub until: OffsetDateTime,
    /// Another is due that nobody has.
    pub more: bool,
}

pub(super) async fn save_new(tx: &mut Tx, permit: &Permit, mail: &NewMail<'_>) -> Result<()> {
    let message = serde_json::to_value(&mail.message).map_err(Error::unavailable)?;
    sqlx::query!(
        "insert into mails (id, organization_id, user_id, invitation_id, recipient, message, created_at, next_attempt_at)
         values ($1, $2, $3, $4, $5, $6, $7, $7)",
        mail.id.0,
        permit.organization.0,
        mail.user.map(|id| id.0),
        mail.invitation.map(|id| id.0),
        mail.recipient,
        message,
        mail.at,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(super) async fn save_for_all_without_two_factor(
    tx: &mut Tx,
    permit: &Permit,
    message: &Message,
    at: OffsetDateTime,
) -> Result<()> {
    let message = serde_json::to_value(message).map_err(Error::unavailable)?;
    sqlx::query!(
        "insert into mails (id, organization_id, user_id, recipient, message, created_at, next_attempt_at)
         select gen_random_uuid(), organization_id, id, email, $2, $3, $3 from users
         where organization_id = $1 and status = 'active' and not two_factor",
        permit.organization.0,
        message,
        at
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(super) async fn delete_queued_of_invitation(
    tx: &mut Tx,
    permit: &Permit,
    invitation: InvitationId,
) -> Result<()> {
    sqlx::query!(
        "delete from mails where organization_id = $1 and invitation_id = $2 and state = 'queued'",
        permit.organization.0,
        invitation.0,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(super) async fn delete_queued_password_links_of(
    tx: &mut Tx,
    permit: &Permit,
    user: UserId,
) -> Result<()> {
    sqlx::query!(
        "delete from mails where organization_id = $1 and user_id = $2 and state = 'queued'
           and message ->> 'kind' = 'password_link'",
        permit.organization.0,
        user.0
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Takes the mail that has waited longest and that nobody has, counting the attempt.
pub(super) async fn lease_due(
    pool: &PgPool,
    now: OffsetDateTime,
    until: OffsetDateTime,
) -> Result<Option<Leased>> {
    let row = sqlx::query!(
        r#"update mails set leased_until = $2, attempts = attempts + 1
         where id = (
             select id from mails
             where state = 'queued' and next_attempt_at <= $1 and (leased_until is null or leased_until <= $1)
             order by next_attempt_at
             limit 1
             for update skip locked
         )
         returning id, invitation_id, user_id, recipient, message, created_at, attempts, exists (
             select from mails other
             where other.state = 'queued' and other.next_attempt_at <= $1
               and (other.leased_until is null or other.leased_until <= $1) and other.id <> mails.id) as "more!""#,
        now,
        until,
    )
    .fetch_optional(pool)
    .await?;
    Ok(row.map(|row| Leased {
        id: MailId(row.id),
        invitation: row.invitation_id.map(InvitationId),
        user: row.user_id.map(UserId),
        recipient: row.recipient,
        message: serde_json::from_value(row.message).ok(),
        created_at: row.created_at,
        attempts: row.attempts,
        until,
        more: row.more,
    }))
}

/// Whether this worker still has the mail: it was not taken back, and the lease has not gone to another.
pub(super) async fn lock_leased(tx: &mut Tx, mail: &Leased) -> Result<bool> {
    let row = sqlx::query_scalar!(
        "select id from mails where id = $1 and state = 'queued' and leased_until = $2 for update",
        mail.id.0,
        mail.until,
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.is_some())
}

pub(super) async fn delete_leased(tx: &mut Tx, mail: &Leased) -> Result<()> {
    sqlx::query!(
        "delete from mails where id = $1 and leased_until = $2",
        mail.id.0,
        mail.until
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// It left, whoever has the lease by now: another worker that failed with it since must not try again.
pub(super) async fn save_sent(pool: &PgPool, mail: &Leased, now: OffsetDateTime) -> Result<()> {
    sqlx::query!(
        "update mails set state = 'sent', finished_at = $2, leased_until = null where id = $1 and state <> 'sent'",
        mail.id.0,
        now,
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// It did not leave. `next` is when to try again; none is a mail that failed for good.
pub(super) async fn save_failure(
    pool: &PgPool,
    mail: &Leased,
    reason: &str,
    now: OffsetDateTime,
    next: Option<OffsetDateTime>,
) -> Result<()> {
    let state = if next.is_some() {
        DeliveryState::Queued
    } else {
        DeliveryState::Failed
    };
    sqlx::query!(
        "update mails
         set state = $3, reason = $4, next_attempt_at = coalesce($6, next_attempt_at), leased_until = null,
             finished_at = case when $3 = 'failed' then $5::timestamptz end
         where id = $1 and state = 'queued' and leased_until = $2",
        mail.id.0,
        mail.until,
        state.as_str(),
        reason,
        now,
        next,
    )
    .execute(pool)
    .await?;
    Ok(())
}
