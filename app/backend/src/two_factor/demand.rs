//! An organization that asks everybody for two-factor authentication, from a day on. Nobody is cut off before that day;
//! from then on whoever has none is allowed nothing but their own settings, and gets everything back with their first
//! authenticator: that is judged with every request, by no job.

use super::store;
use crate::{
    Backend, Caller, Result, audit,
    caller::{Permit, Target},
    database::{Hold, Tx},
    mail::{self, Message},
};
use domain::{
    access::Action,
    field::{Faults, Field},
    ids::{OrganizationId, UserId},
    moment::Moment,
    refusal::Refusal,
    two_factor::{Demand, Missing, demand_from, reminders_due},
};
use serde_json::json;

/// People without it who are named on the page.
const NAMED: i64 = 20;

impl Backend {
    /// From when everybody needs it, and who lacks it.
    pub async fn two_factor_demand(&self, caller: &Caller) -> Result<Demand> {
        caller.permit(Action::ViewUsers, Target::Organization(caller.organization))?;
        let from = store::find_demand(&self.pool, caller.organization).await?;
        let mut missing: Vec<_> = store::list_missing(&self.pool, caller.organization, NAMED + 1)
            .await?
            .into_iter()
            .map(|row| Missing {
                id: UserId(row.id),
                name: row.name,
                email: row.email,
            })
            .collect();
        let more = missing.len() > usize::try_from(NAMED).unwrap_or_default();
        missing.truncate(usize::try_from(NAMED).unwrap_or_default());
        Ok(Demand {
            from: from.map(Into::into),
            missing,
            more,
            is_enrolled: caller.two_factor,
            wants_proof: !self.is_proved(caller),
            now: self.now().into(),
        })
    }

    /// Asks everybody for it from the first moment of a day on, in UTC, and tells those who lack it. The same once more
    /// changes nothing and mails nothing.
    pub async fn ask_for_two_factor(&self, caller: &Caller, day: &str) -> Result<()> {
        let permit = caller.permit(Action::AskForTwoFactor, Target::Organization(caller.organization))?;
        let now = self.now();
        let from = demand_from(day, now).map_err(|fault| Faults::from((Field::From, fault)))?;
        self.require_proof(caller)?;
        let mut tx = self.begin(&permit, Hold::Alone).await?;
        let before = store::find_demand(&mut *tx, permit.organization).await?;
        if before == Some(from) {
            return Ok(());
        }
        if !store::has_enrolled_administrator(&mut tx, &permit).await? {
            return Err(Refusal::LastEnrolledAdministrator.into());
        }
        store::save_demand(&mut tx, &permit, Some(from), reminders_due(from, now)).await?;
        let message = Message::TwoFactorAskedFor {
            organization: caller.organization_name.clone(),
            from: from.into(),
        };
        mail::queue_to_all_without_two_factor(&mut tx, &permit, &message, now).await?;
        let moment = |time: Option<time::OffsetDateTime>| time.map(|time| Moment::from(time).rfc3339());
        let change = audit::Change::from_to(
            json!({ "from": moment(before) }),
            json!({ "from": moment(Some(from)) }),
        );
        audit::record(&mut tx, &permit, &caller.organization_name, change, now).await?;
        tx.commit().await?;
        self.mail_bell.notify_one();
        Ok(())
    }

    /// Asks nobody for it any more. Again does nothing.
    pub async fn stop_asking_for_two_factor(&self, caller: &Caller) -> Result<()> {
        let permit = caller.permit(Action::AskForTwoFactor, Target::Organization(caller.organization))?;
        self.require_proof(caller)?;
        let now = self.now();
        let mut tx = self.begin(&permit, Hold::Alone).await?;
        let Some(before) = store::find_demand(&mut *tx, permit.organization).await? else {
            return Ok(());
        };
        store::save_demand(&mut tx, &permit, None, 0).await?;
        let change = audit::Change::from_to(
            json!({ "from": Moment::from(before).rfc3339() }),
            json!({ "from": null }),
        );
        audit::record(&mut tx, &permit, &caller.organization_name, change, now).await?;
        Ok(tx.commit().await?)
    }

    /// Reminds those who still lack it a week and a day before it counts; says how many organizations were due. Each
    /// reminder is sent once, whichever server does it.
    pub async fn remind_of_two_factor(&self) -> Result<u64> {
        let now = self.now();
        let mut reminded = 0;
        loop {
            let mut tx = Tx::begin(&self.pool).await?;
            let Some(due) = store::lock_due_reminder(&mut tx, now).await? else {
                return Ok(reminded);
            };
            let permit = Permit::reminding(OrganizationId(due.id));
            store::save_reminded(&mut tx, &permit, reminders_due(due.from, now)).await?;
            let message = Message::TwoFactorAskedFor {
                organization: due.name.clone(),
                from: due.from.into(),
            };
            mail::queue_to_all_without_two_factor(&mut tx, &permit, &message, now).await?;
            audit::record(&mut tx, &permit, &due.name, audit::Change::nothing(), now).await?;
            tx.commit().await?;
            self.mail_bell.notify_one();
            reminded += 1;
        }
    }
}
