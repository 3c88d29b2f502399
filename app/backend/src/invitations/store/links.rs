//! The SQL of the links of invitations.

use crate::{Result, caller::Permit, database::Tx, secret::Token};
use domain::{
    ids::{InvitationId, UserId},
    invitations::{LinkFacts, judge_link},
    refusal::Refusal,
};
use sqlx::{PgConnection, PgExecutor, PgPool};
use time::OffsetDateTime;
use uuid::Uuid;

/// A link with its invitation, whatever became of it.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own, in any combination"
)]
pub(in crate::invitations) struct Link {
    pub id: Uuid,
    pub kind: String,
    pub organization_id: Uuid,
    pub organization: String,
    pub email: String,
    pub user_id: Option<Uuid>,
    pub inviter: Option<String>,
    pub expires_at: OffsetDateTime,
    pub org_id: String,
    pub sso_deployed: bool,
    pub sso_required: bool,
    accepted: bool,
    cancelled: bool,
    replaced: bool,
    organization_closed: bool,
    inviter_lost_the_right: bool,
    /// Whoever copied it had not proved who they are a moment before.
    pub copied_unproved: bool,
}

impl Link {
    pub(in crate::invitations) fn facts(&self) -> LinkFacts {
        LinkFacts {
            accepted: self.accepted,
            cancelled: self.cancelled,
            replaced: self.replaced,
            organization_closed: self.organization_closed,
            inviter_lost_the_right: self.inviter_lost_the_right,
        }
    }

    /// Whether time is all that it lacks.
    pub(in crate::invitations) fn can_ask_again(&self, now: OffsetDateTime) -> bool {
        judge_link(self.facts(), self.expires_at, now) == Err(Refusal::InvitationExpired)
            && !self.inviter_lost_the_right
    }
}

async fn find(executor: impl PgExecutor<'_>, token: &Token, now: OffsetDateTime) -> Result<Option<Link>> {
    Ok(sqlx::query_as!(
        Link,
        r#"select i.id, i.kind, i.organization_id, o.name as organization, i.email, i.user_id,
                  case when by.id is null then null else by.first_name || ' ' || by.last_name end as inviter,
                  i.expires_at, o.org_id, o.sso_required_since is not null as "sso_required!",
                  exists (select from saml_configurations c
                          where c.organization_id = o.id and c.stage = 'live' and c.enabled) as "sso_deployed!",
                  i.accepted_at is not null as "accepted!",
                  i.cancelled_at is not null as "cancelled!",
                  l.replaced_at is not null as "replaced!",
                  o.closed_at is not null as "organization_closed!",
                  exists (
                      -- Of whoever invited or chose the groups, and of whoever copied this link.
                      select from users u where u.id in (i.invited_by, l.minted_by) and (u.status <> 'active'
                          or not exists (select from person_roles h where h.user_id = u.id and h.role = 'iam-admin'
                                             and (h.ends_at is null or h.ends_at > $2)))
                  ) as "inviter_lost_the_right!",
                  l.minted_by is not null and not l.proved as "copied_unproved!"
           from invitation_links l
           join invitations i on i.id = l.invitation_id
           join organizations o on o.id = i.organization_id
           left join users by on by.id = i.invited_by
           where l.token_hash = $1"#,
        &token.hash()[..],
        now
    )
    .fetch_optional(executor)
    .await?)
}

pub(in crate::invitations) async fn find_link(
    pool: &PgPool,
    token: &Token,
    now: OffsetDateTime,
) -> Result<Option<Link>> {
    find(pool, token, now).await
}

/// The invitation of whoever has this address, as if by a link of it that was mailed: the one that is named, else the one
/// that waits for an answer.
pub(in crate::invitations) async fn find_pending_of(
    connection: &mut PgConnection,
    named: Option<InvitationId>,
    email_key: &str,
    now: OffsetDateTime,
) -> Result<Option<Link>> {
    Ok(sqlx::query_as!(
        Link,
        r#"select i.id, i.kind, i.organization_id, o.name as organization, i.email, i.user_id,
                  case when by.id is null then null else by.first_name || ' ' || by.last_name end as inviter,
                  i.expires_at, o.org_id, o.sso_required_since is not null as "sso_required!",
                  exists (select from saml_configurations c
                          where c.organization_id = o.id and c.stage = 'live' and c.enabled) as "sso_deployed!",
                  i.accepted_at is not null as "accepted!",
                  i.cancelled_at is not null as "cancelled!",
                  false as "replaced!",
                  o.closed_at is not null as "organization_closed!",
                  exists (
                      select from users u where u.id = i.invited_by and (u.status <> 'active'
                          or not exists (select from person_roles h where h.user_id = u.id and h.role = 'iam-admin'
                                             and (h.ends_at is null or h.ends_at > $3)))
                  ) as "inviter_lost_the_right!",
                  false as "copied_unproved!"
           from users u
           join invitations i on i.user_id = u.id
           join organizations o on o.id = i.organization_id
           left join users by on by.id = i.invited_by
           where u.email_key = $1 and u.status = 'invited' and ($2::uuid is null or i.id = $2)"#,
        email_key,
        named.map(|named| named.0),
        now
    )
    .fetch_optional(connection)
    .await?)
}

/// The same, as it is now that the organization is held.
pub(in crate::invitations) async fn find_link_in(
    tx: &mut Tx,
    token: &Token,
    now: OffsetDateTime,
) -> Result<Option<Link>> {
    find(&mut **tx, token, now).await
}

/// Holds an invitation and gives it a link, if it can be accepted at this moment. `by`: whoever sees the link beside the
/// invitee, and whether they have just proved who they are.
pub(in crate::invitations) async fn save_link_if_pending(
    tx: &mut Tx,
    id: InvitationId,
    token: &Token,
    by: Option<(UserId, bool)>,
    now: OffsetDateTime,
) -> Result<bool> {
    let saved = sqlx::query!(
        "with pending as (
             select i.id from invitations i
             where id = $2 and accepted_at is null and cancelled_at is null and expires_at > $5
               and exists (select from organizations o where o.id = i.organization_id and o.closed_at is null) for update)
         insert into invitation_links (token_hash, invitation_id, minted_by, proved, created_at)
         select $1, id, $3, $4, $5 from pending",
        &token.hash()[..],
        id.0,
        by.map(|(by, _)| by.0),
        by.is_some_and(|(_, proved)| proved),
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(saved.rows_affected() > 0)
}

pub(in crate::invitations) async fn replace_links(
    tx: &mut Tx,
    _permit: &Permit,
    id: InvitationId,
    now: OffsetDateTime,
) -> Result<()> {
    sqlx::query!(
        "update invitation_links set replaced_at = $2 where invitation_id = $1 and replaced_at is null",
        id.0,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Kills the links that a person copied.
pub(crate) async fn end_all_copied_by(
    tx: &mut Tx,
    permit: &Permit,
    by: UserId,
    now: OffsetDateTime,
) -> Result<()> {
    sqlx::query!(
        "update invitation_links l set replaced_at = $3 from invitations i
         where i.id = l.invitation_id and i.organization_id = $1 and l.minted_by = $2 and l.replaced_at is null",
        permit.organization.0,
        by.0,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
