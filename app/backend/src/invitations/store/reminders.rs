//! The SQL of reminders.

use crate::{Result, caller::Permit, database::Tx};
use domain::ids::{InvitationId, UserId};
use time::OffsetDateTime;
use uuid::Uuid;

/// An invitation whose invitee is to be reminded.
pub(in crate::invitations) struct Due {
    pub id: Uuid,
    pub organization_id: Uuid,
    pub organization: String,
    pub user_id: Uuid,
    pub email: String,
    /// `None`: the operator.
    pub inviter: Option<String>,
    pub expires_at: OffsetDateTime,
}

/// One that ends until `soon`, but not one whose time began a moment ago (it ends after `sent_before`) or whose links lead
/// nowhere because of who sent it.
pub(in crate::invitations) async fn lock_due(
    tx: &mut Tx,
    now: OffsetDateTime,
    soon: OffsetDateTime,
    sent_before: OffsetDateTime,
) -> Result<Option<Due>> {
    Ok(sqlx::query_as!(
        Due,
        r#"select i.id, i.organization_id, o.name as organization, i.user_id as "user_id!", i.email,
                  (select by.first_name || ' ' || by.last_name from users by where by.id = i.invited_by) as inviter,
                  i.expires_at
           from invitations i join organizations o on o.id = i.organization_id
           where i.accepted_at is null and i.cancelled_at is null and i.reminded_at is null
             and i.expires_at > $1 and i.expires_at <= least($2::timestamptz, $3::timestamptz)
             and i.user_id is not null and o.closed_at is null
             and not exists (
                 select from users u where u.id = i.invited_by and (u.status <> 'active'
                     or not exists (select from person_roles h where h.user_id = u.id and h.role = 'iam-admin'
                                        and (h.ends_at is null or h.ends_at > $1))))
           order by i.expires_at limit 1 for update of i skip locked"#,
        now,
        soon,
        sent_before
    )
    .fetch_optional(&mut **tx)
    .await?)
}

pub(in crate::invitations) async fn save_reminded(
    tx: &mut Tx,
    permit: &Permit,
    id: InvitationId,
    now: OffsetDateTime,
) -> Result<()> {
    sqlx::query!(
        "update invitations set reminded_at = $3 where organization_id = $1 and id = $2",
        permit.organization.0,
        id.0,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(in crate::invitations) struct Inviter {
    pub id: Uuid,
    pub email: String,
    pub organization_id: Uuid,
    pub organization: String,
}

/// An administrator of whose invitations one ended since, and who does not know it.
pub(in crate::invitations) async fn find_inviter_to_tell(
    tx: &mut Tx,
    now: OffsetDateTime,
    since: OffsetDateTime,
) -> Result<Option<Inviter>> {
    Ok(sqlx::query_as!(
        Inviter,
        r#"select u.id, u.email, u.organization_id, o.name as organization
           from invitations i
           join users u on u.id = i.invited_by
           join organizations o on o.id = u.organization_id
           where i.accepted_at is null and i.cancelled_at is null and i.expiry_told_at is null
             and i.expires_at <= $1 and i.expires_at > $2 and u.status = 'active' and o.closed_at is null
             and exists (select from person_roles h where h.user_id = u.id and h.role = 'iam-admin'
                            and (h.ends_at is null or h.ends_at > $1))
           order by i.expires_at limit 1"#,
        now,
        since
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// Notes that somebody is told of what ended; the addresses. What another server has in hand is passed over.
pub(in crate::invitations) async fn save_told(
    tx: &mut Tx,
    permit: &Permit,
    inviter: UserId,
    (now, since): (OffsetDateTime, OffsetDateTime),
    limit: i64,
) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar!(
        "update invitations set expiry_told_at = $3 where id in (
             select id from invitations
             where organization_id = $1 and invited_by = $2 and accepted_at is null and cancelled_at is null
               and expiry_told_at is null and expires_at <= $3 and expires_at > $4
             order by expires_at limit $5 for update skip locked)
         returning email",
        permit.organization.0,
        inviter.0,
        now,
        since,
        limit
    )
    .fetch_all(&mut **tx)
    .await?)
}
