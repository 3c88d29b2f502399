//! The SQL of invitations.

mod links;
pub(in crate::invitations) mod reminders;

pub(crate) use links::end_all_copied_by;
pub(super) use links::{Link, find_link, find_link_in, find_pending_of, replace_links, save_link_if_pending};

use crate::{Error, Result, caller::Permit, database::Tx, mail::Message};
use domain::{
    email_address::EmailAddress,
    ids::{InvitationId, OrganizationId, UserId},
    invitations::InvitationKind,
};
use time::OffsetDateTime;
use uuid::Uuid;

pub(super) async fn save_new(
    tx: &mut Tx,
    permit: &Permit,
    id: InvitationId,
    kind: InvitationKind,
    (user, email): (UserId, &str),
    now: OffsetDateTime,
    expires_at: OffsetDateTime,
) -> Result<()> {
    sqlx::query!(
        "insert into invitations (id, organization_id, kind, email, user_id, invited_by, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        id.0,
        permit.organization.0,
        kind.as_str(),
        email,
        user.0,
        permit.person().map(|inviter| inviter.0),
        now,
        expires_at
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(super) async fn save_groups(
    tx: &mut Tx,
    permit: &Permit,
    id: InvitationId,
    groups: &[Uuid],
) -> Result<()> {
    if groups.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "insert into invitation_groups (organization_id, invitation_id, group_id)
         select $1, $2, unnest($3::uuid[]) on conflict do nothing",
        permit.organization.0,
        id.0,
        groups
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(super) async fn delete_other_groups(
    tx: &mut Tx,
    _permit: &Permit,
    id: InvitationId,
    keep: &[Uuid],
) -> Result<()> {
    sqlx::query!(
        "delete from invitation_groups where invitation_id = $1 and group_id <> all($2)",
        id.0,
        keep
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(super) async fn list_groups(tx: &mut Tx, id: InvitationId) -> Result<Vec<Uuid>> {
    Ok(sqlx::query_scalar!(
        "select group_id from invitation_groups where invitation_id = $1",
        id.0
    )
    .fetch_all(&mut **tx)
    .await?)
}

pub(super) async fn list_group_names(tx: &mut Tx, id: InvitationId) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar!(
        "select g.name from invitation_groups i join groups g on g.id = i.group_id where i.invitation_id = $1 order by g.name",
        id.0
    )
    .fetch_all(&mut **tx)
    .await?)
}

pub(super) struct Pending {
    pub id: Uuid,
    pub kind: String,
    pub email: String,
    pub open: bool,
}

impl Pending {
    pub(super) fn address(&self) -> Result<EmailAddress> {
        EmailAddress::parse(&self.email).map_err(|_| Error::unavailable("an address in the database is none"))
    }

    /// The mail that brings a link of this invitation.
    pub(super) fn message(
        &self,
        organization: String,
        inviter: Option<String>,
        expires_at: OffsetDateTime,
    ) -> Message {
        let expires_at = expires_at.into();
        match self.kind.as_str() {
            "activation" => Message::Activation {
                organization,
                expires_at,
            },
            _ => Message::Invitation {
                organization,
                inviter,
                expires_at,
            },
        }
    }
}

/// The invitation by which a person came, held. `None`: the organization has no such person.
pub(super) async fn lock_of_user(
    tx: &mut Tx,
    organization: OrganizationId,
    user: UserId,
) -> Result<Option<Pending>> {
    Ok(sqlx::query_as!(
        Pending,
        r#"select id, kind, email, accepted_at is null and cancelled_at is null as "open!"
           from invitations where organization_id = $1 and user_id = $2 for update"#,
        organization.0,
        user.0
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// Whoever resends answers for the invitation from then on.
pub(super) async fn save_resent(
    tx: &mut Tx,
    permit: &Permit,
    id: InvitationId,
    by: UserId,
    expires_at: OffsetDateTime,
) -> Result<()> {
    sqlx::query!(
        "update invitations set expires_at = $3, invited_by = $4, reminded_at = null, expiry_told_at = null
         where organization_id = $1 and id = $2",
        permit.organization.0,
        id.0,
        expires_at,
        by.0
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The clock starts again; whoever answers for the invitation still does.
pub(super) async fn save_extended(
    tx: &mut Tx,
    permit: &Permit,
    id: InvitationId,
    expires_at: OffsetDateTime,
) -> Result<()> {
    sqlx::query!(
        "update invitations set expires_at = $3, reminded_at = null, expiry_told_at = null
         where organization_id = $1 and id = $2",
        permit.organization.0,
        id.0,
        expires_at
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(super) async fn save_cancelled(
    tx: &mut Tx,
    permit: &Permit,
    id: InvitationId,
    now: OffsetDateTime,
) -> Result<()> {
    sqlx::query!(
        "update invitations set cancelled_at = $3 where organization_id = $1 and id = $2",
        permit.organization.0,
        id.0,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(super) async fn save_accepted(
    tx: &mut Tx,
    permit: &Permit,
    id: InvitationId,
    now: OffsetDateTime,
) -> Result<()> {
    sqlx::query!(
        "update invitations set accepted_at = $3 where organization_id = $1 and id = $2",
        permit.organization.0,
        id.0,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The groups of the invitation that still exist count from now on.
pub(super) async fn save_memberships(
    tx: &mut Tx,
    permit: &Permit,
    id: InvitationId,
    user: UserId,
    now: OffsetDateTime,
) -> Result<()> {
    sqlx::query!(
        "insert into memberships (organization_id, group_id, user_id, created_at)
         select g.organization_id, g.id, $3, $4
         from invitation_groups i join groups g on g.id = i.group_id
         where g.organization_id = $1 and i.invitation_id = $2",
        permit.organization.0,
        id.0,
        user.0,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Whoever chooses the groups answers for the invitation from then on.
pub(super) async fn save_answered_by(
    tx: &mut Tx,
    permit: &Permit,
    id: InvitationId,
    by: UserId,
) -> Result<()> {
    sqlx::query!(
        "update invitations set invited_by = $3 where organization_id = $1 and id = $2",
        permit.organization.0,
        id.0,
        by.0
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Ends the pending invitations that a person sent.
pub(crate) async fn end_all_sent_by(
    tx: &mut Tx,
    permit: &Permit,
    by: UserId,
    now: OffsetDateTime,
) -> Result<u64> {
    let ended = sqlx::query!(
        "update invitations set expires_at = $3
         where organization_id = $1 and invited_by = $2 and accepted_at is null and cancelled_at is null and expires_at > $3",
        permit.organization.0,
        by.0,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(ended.rows_affected())
}
