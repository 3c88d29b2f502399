//! Sends a list: one line in one transaction, in the name of whoever said yes.

use super::store::{self, Sender, rows};
use crate::{
    Backend, Error, Result, access, audit,
    caller::Permit,
    database::{Hold, Tx},
    invitations::{self, Inviter},
    jobs::{self, Lease},
    throttle, users,
};
use domain::{
    bulk_invitations::Reason,
    email_address::EmailAddress,
    ids::{GroupId, UserId},
    refusal::Refusal,
};
use serde_json::json;
use std::slice;

impl Backend {
    /// Sends the next line of a list. Whether there may be more to do.
    pub(crate) async fn send_next_of_list(&self, lease: &mut Lease) -> Result<bool> {
        let Some(sender) = store::find_sender(&self.pool, lease.job).await? else {
            return Ok(false);
        };
        let by = (UserId(sender.id), sender.label.as_str());
        let user = UserId(self.chance.id(self.now()));
        let permit = Permit::inviting_of_list(lease.organization, by, user);
        let mut tx = match self.begin(&permit, Hold::Shared).await {
            Ok(tx) => tx,
            // Deactivated, without the role, or of an organization that is closed.
            Err(Error::SignedOut | Error::Forbidden { .. } | Error::NotFound) => {
                return self.give_up(lease, &sender).await;
            }
            Err(error) => return Err(error),
        };
        if !jobs::store::hold(&mut tx, lease, self.now()).await? {
            return Ok(false);
        }
        let Some(row) = rows::lock_next(&mut tx, lease).await? else {
            self.finish(tx, lease, &sender).await?;
            return Ok(false);
        };
        let line = (&*lease, row.line);
        match self.invite_row(&mut tx, &permit, &sender, user, &row).await? {
            Ok(()) => rows::save_invited(&mut tx, &permit, line, user).await?,
            Err(reason) => rows::save_failed(&mut tx, &permit, line, &reason).await?,
        }
        tx.commit().await?;
        self.mail_bell.notify_one();
        Ok(true)
    }

    /// Judged as a single invitation is, at this moment. Writes all of it or nothing.
    async fn invite_row(
        &self,
        tx: &mut Tx,
        permit: &Permit,
        sender: &Sender,
        user: UserId,
        row: &rows::Waiting,
    ) -> Result<Result<(), Reason>> {
        let Ok(email) = EmailAddress::parse(&row.email) else {
            return Ok(Err(Reason::NotAnAddress));
        };
        if let Some(refusal) = invitations::why_not(tx, permit, &email).await? {
            return self.say_why(tx, permit, refusal).await.map(Err);
        }
        let groups: Vec<_> = row.group_ids.iter().copied().map(GroupId).collect();
        let groups = match invitations::chosen_groups(tx, permit, &groups).await {
            Err(Error::Invalid(_)) => return Ok(Err(Reason::GroupGone)),
            groups => groups?,
        };
        let age = sender.started_at - sender.proved_at;
        let is_proved = !age.is_negative() && age <= self.settings.proof_lifetime;
        if !is_proved
            && access::store::held::gives_administrator(tx, permit.organization, &row.group_ids, self.now())
                .await?
        {
            return Ok(Err(Reason::MakesAdministrator));
        }
        // Those of the person and the organization were counted at the yes, all at once.
        let bucket = throttle::mail_to(&self.settings.throttles, &email);
        match throttle::take(tx, slice::from_ref(&bucket), self.now()).await {
            Err(Error::TooManyAttempts { .. }) => return Ok(Err(Reason::TooManyMails)),
            taken => taken?,
        }
        if !users::store::save_invited(tx, permit, user, &email, self.now()).await? {
            throttle::give_back(tx, &bucket, self.now()).await?;
            // Somebody else invited the same address in this very moment, and it is known who.
            let refusal = invitations::why_not(tx, permit, &email).await?;
            let refusal = refusal.unwrap_or(Refusal::AddressTaken);
            return self.say_why(tx, permit, refusal).await.map(Err);
        }
        let inviter = Inviter {
            organization: sender.organization.clone(),
            name: sender.name.clone(),
        };
        self.send_invitation(tx, permit, inviter, (user, &email), &groups)
            .await?;
        Ok(Ok(()))
    }

    /// That an address belongs to others is said only so often. The dry run was limited the same way, so nobody can learn of
    /// many here but by inviting as many.
    async fn say_why(&self, tx: &mut Tx, permit: &Permit, refusal: Refusal) -> Result<Reason> {
        if refusal == Refusal::AddressTaken {
            let bucket = throttle::taken_address(&self.settings.throttles, permit.organization);
            match throttle::take(tx, slice::from_ref(&bucket), self.now()).await {
                Err(Error::TooManyAttempts { .. }) => return Ok(Reason::TooManyTaken),
                taken => taken?,
            }
        }
        Ok(Reason::Refused(refusal))
    }

    /// Whoever said yes may not invite any more: what waits fails, and the next yes is somebody else's.
    async fn give_up(&self, lease: &mut Lease, sender: &Sender) -> Result<bool> {
        let permit = finishing(lease, sender);
        let mut tx = Tx::begin(&self.pool).await?;
        if jobs::store::hold(&mut tx, lease, self.now()).await? {
            rows::save_rest_failed(&mut tx, &permit, lease, &Reason::MayNotInvite).await?;
            self.finish(tx, lease, sender).await?;
        }
        Ok(false)
    }

    async fn finish(&self, mut tx: Tx, lease: &Lease, sender: &Sender) -> Result<()> {
        let permit = finishing(lease, sender);
        let counts = rows::count(&mut tx, lease.job).await?;
        jobs::store::save_done(&mut tx, lease, self.now()).await?;
        let change = json!({ "list": lease.job, "invited": counts.invited, "failed": counts.failed });
        let change = audit::Change::made(change);
        audit::record(&mut tx, &permit, &sender.organization, change, self.now()).await?;
        tx.commit().await?;
        tracing::info!(job = %lease.job, counts.invited, counts.failed, "a list of invitations is done");
        Ok(())
    }
}

fn finishing(lease: &Lease, sender: &Sender) -> Permit {
    Permit::finishing_list(lease.organization, (UserId(sender.id), &sender.label))
}
