//! Inviting many: a list is read and judged, line by line, and nothing is sent before somebody says yes to it. Then it is a
//! job, see `jobs`: `send.rs` does one line in a transaction, so that each is invited with its mail or not at all, whatever
//! becomes of the server.
//!
//! A draft is seen by its maker alone; once it is sent, by everybody who may invite.

mod read;
mod send;
mod store;
#[cfg(test)]
mod tests;

pub(crate) use store::stop_all_of;

use crate::{
    Backend, Caller, Error, Result, access, audit,
    caller::{Permit, Target},
    database::{Hold, Tx},
    invitations, jobs,
    throttle::{self, Bucket},
    users,
};
use domain::{
    access::Action,
    bulk_invitations::{
        List, Listed, Lists, MOST_ROWS, Outcome, Progress, Reason, Row, SHOWN_OTHERS, SHOWN_TROUBLE, Stage,
    },
    field::{Faults, Field},
    ids::JobId,
    refusal::Refusal,
};
use read::Line;
use serde_json::json;
use std::{collections::HashMap, slice};
use store::rows::{self, Judged};
use time::Duration;

/// A draft that nobody said yes to for this long goes.
pub(crate) const KEEP_DRAFTS: Duration = Duration::days(7);
/// Of a person, at most; the oldest goes.
const DRAFTS_OF_PERSON: i64 = 20;
/// Lists that are listed.
const LISTED: i64 = 20;

impl Backend {
    /// Reads a list and says of each line what would become of it. Sends nothing. `field`: where a list that is none is said.
    pub async fn draft_bulk_invitation(&self, caller: &Caller, field: Field, list: &[u8]) -> Result<JobId> {
        let permit = caller.permit(Action::InviteUser, Target::Organization(caller.organization))?;
        let lines = read::read(list, self.most_rows()).map_err(|fault| Faults::from((field, fault)))?;
        let job = JobId(self.chance.id(self.now()));
        let mut tx = self.begin(&permit, Hold::Shared).await?;
        let judged = self.judge_lines(&mut tx, &permit, lines).await?;
        jobs::store::save_draft(&mut tx, &permit, (job, caller.user), self.now()).await?;
        rows::save(&mut tx, &permit, job, &judged).await?;
        jobs::store::delete_drafts_but(&mut tx, &permit, caller.user, DRAFTS_OF_PERSON).await?;
        tx.commit().await?;
        Ok(job)
    }

    /// Lines that a list can have: no more than are allowed at once, or nobody could ever say yes to it.
    fn most_rows(&self) -> usize {
        let burst = self.settings.throttles.bulk_invitations_by_organization.burst;
        usize::try_from(burst).unwrap_or(MOST_ROWS).min(MOST_ROWS)
    }

    async fn judge_lines(&self, tx: &mut Tx, permit: &Permit, lines: Vec<Line>) -> Result<Vec<Judged>> {
        let keys: Vec<_> = lines
            .iter()
            .filter_map(|line| Some(line.address.as_ref().ok()?.key().to_owned()))
            .collect();
        let known: HashMap<_, _> = users::store::list_by_email(tx, &keys)
            .await?
            .into_iter()
            .collect();
        let mut names: Vec<_> = lines.iter().flat_map(|line| line.groups.clone()).collect();
        names.sort_unstable();
        names.dedup();
        let groups: HashMap<_, _> = access::store::groups::list_named(tx, permit.organization, &names)
            .await?
            .into_iter()
            .map(|found| (found.asked, (found.id, found.name)))
            .collect();
        let bucket = throttle::taken_address(&self.settings.throttles, permit.organization);
        let mut answers = TakenAnswers::new(bucket);
        let mut judged = Vec::with_capacity(lines.len());
        for line in lines {
            let (chosen, unknown): (Vec<_>, Vec<_>) = line
                .groups
                .into_iter()
                .map(|name| groups.get(&name).cloned().ok_or(name))
                .partition(Result::is_ok);
            let unknown: Vec<_> = unknown.into_iter().filter_map(Result::err).collect();
            let (group_ids, mut group_names): (Vec<_>, Vec<_>) = chosen.into_iter().flatten().unzip();
            let email = line.address.as_ref().map(ToString::to_string).unwrap_or_default();
            let reason = match line.address {
                Err(reason) => Some(reason),
                Ok(address) => {
                    let known = known.get(address.key());
                    let refusal = known.map(|known| invitations::why_not_known(permit, known));
                    answers.judge(self, tx, refusal).await?
                }
            };
            let reason =
                reason.or_else(|| (!unknown.is_empty()).then(|| Reason::UnknownGroups(unknown.clone())));
            group_names.extend(unknown);
            judged.push(Judged {
                line: line.number,
                written: line.written,
                email,
                group_ids,
                group_names,
                outcome: if reason.is_some() {
                    Outcome::Refused.key()
                } else {
                    Outcome::Waiting.key()
                },
                reason,
            });
        }
        answers.end(self, tx).await?;
        Ok(judged)
    }

    /// The yes: from now on it is sent. Again does nothing.
    pub async fn start_bulk_invitation(&self, caller: &Caller, job: JobId) -> Result<()> {
        let permit = caller.permit(Action::InviteUser, Target::Organization(caller.organization))?;
        let mut tx = self.begin(&permit, Hold::Shared).await?;
        match lock_seen(&mut tx, caller, job).await? {
            Stage::Draft => {
                self.say_yes(tx, caller, permit, job, Refusal::NothingToSend)
                    .await
            }
            // Ended here, so that no worker passes over what is still held.
            Stage::Running | Stage::Done => Ok(tx.commit().await?),
        }
    }

    /// The yes to what has failed. Again does nothing while it is sent.
    pub async fn retry_bulk_invitation(&self, caller: &Caller, job: JobId) -> Result<()> {
        let permit = caller.permit(Action::InviteUser, Target::Organization(caller.organization))?;
        let mut tx = self.begin(&permit, Hold::Shared).await?;
        match lock_seen(&mut tx, caller, job).await? {
            Stage::Draft => Err(Refusal::NothingFailed.into()),
            Stage::Running => Ok(tx.commit().await?),
            Stage::Done => {
                rows::save_waiting_again(&mut tx, &permit, job).await?;
                self.say_yes(tx, caller, permit, job, Refusal::NothingFailed)
                    .await
            }
        }
    }

    /// `nothing`: why there is nothing to say yes to, if nothing waits.
    async fn say_yes(
        &self,
        mut tx: Tx,
        caller: &Caller,
        permit: Permit,
        job: JobId,
        nothing: Refusal,
    ) -> Result<()> {
        let counts = rows::count(&mut tx, job).await?;
        if counts.waiting == 0 {
            return Err(nothing.into());
        }
        let groups = rows::list_groups_to_send(&mut *tx, job).await?;
        self.require_proof_for_groups(&mut tx, caller, &groups).await?;
        let now = self.now();
        let bucket = throttle::bulk_invitations(&self.settings.throttles, permit.organization);
        throttle::take_many(&mut tx, &bucket, counts.waiting, now).await?;
        jobs::store::save_started(&mut tx, &permit, job, caller, now).await?;
        let change = json!({ "list": job, "to_invite": counts.waiting, "refused": counts.refused });
        let label = &caller.organization_name;
        audit::record(
            &mut tx,
            &permit.of_list(),
            label,
            audit::Change::made(change),
            now,
        )
        .await?;
        tx.commit().await?;
        self.job_bell.notify_one();
        Ok(())
    }

    /// Forgets a draft. Again does nothing.
    pub async fn drop_bulk_invitation(&self, caller: &Caller, job: JobId) -> Result<()> {
        let permit = caller.permit(Action::InviteUser, Target::Organization(caller.organization))?;
        let mut tx = self.begin(&permit, Hold::Shared).await?;
        match lock_seen(&mut tx, caller, job).await {
            Ok(Stage::Draft) => jobs::store::delete_draft(&mut tx, &permit, job).await?,
            Ok(Stage::Running | Stage::Done) => return Err(Refusal::ListStarted.into()),
            Err(Error::NotFound) => {}
            Err(error) => return Err(error),
        }
        Ok(tx.commit().await?)
    }

    /// The newest lists.
    pub async fn list_bulk_invitations(&self, caller: &Caller) -> Result<Lists> {
        caller.permit(Action::InviteUser, Target::Organization(caller.organization))?;
        let lists = store::list(&self.pool, caller.organization, caller.user, LISTED).await?;
        let now = self.now().into();
        Ok(Lists { lists, now })
    }

    /// A list with what a page shows of its lines.
    pub async fn find_bulk_invitation(&self, caller: &Caller, job: JobId) -> Result<List> {
        let listed = self.find_listed(caller, job).await?;
        let organization = caller.organization;
        let list = |outcomes, most| rows::list(&self.pool, organization, job, outcomes, most);
        let trouble = list(&[Outcome::Refused, Outcome::Failed][..], SHOWN_TROUBLE).await?;
        let others = list(&[Outcome::Waiting, Outcome::Invited][..], SHOWN_OTHERS).await?;
        let groups = rows::list_groups_to_send(&self.pool, job).await?;
        let mut tx = Tx::begin(&self.pool).await?;
        let wants_proof = !self.is_proved(caller)
            && access::store::held::gives_administrator(&mut tx, organization, &groups, self.now()).await?;
        tx.commit().await?;
        Ok(List {
            listed,
            trouble,
            others,
            wants_proof,
            now: self.now().into(),
        })
    }

    /// How far a list is. Whoever asks is judged anew, so that one who looks on for long sees nothing after their last right.
    pub async fn watch_bulk_invitation(&self, caller: &Caller, job: JobId) -> Result<Progress> {
        let permit = caller.permit(Action::InviteUser, Target::Organization(caller.organization))?;
        let mut tx = self.begin(&permit, Hold::Looked).await?;
        let listed = store::find(&mut *tx, caller.organization, caller.user, job).await?;
        tx.commit().await?;
        Ok(listed.ok_or(Error::NotFound)?.progress)
    }

    /// All lines of a list with what became of them, for a file.
    pub async fn export_bulk_invitation(&self, caller: &Caller, job: JobId) -> Result<(Listed, Vec<Row>)> {
        let _turn = self.exports.acquire().await.map_err(Error::unavailable)?;
        let listed = self.find_listed(caller, job).await?;
        let all = rows::list(&self.pool, caller.organization, job, &Outcome::ALL, MOST_ROWS).await?;
        Ok((listed, all))
    }

    async fn find_listed(&self, caller: &Caller, job: JobId) -> Result<Listed> {
        caller.permit(Action::InviteUser, Target::Organization(caller.organization))?;
        store::find(&self.pool, caller.organization, caller.user, job)
            .await?
            .ok_or(Error::NotFound)
    }
}

/// How far a list is that this person sees, held.
async fn lock_seen(tx: &mut Tx, caller: &Caller, job: JobId) -> Result<Stage> {
    let held = store::lock(tx, caller.organization, job).await?;
    held.filter(|held| held.stage != Stage::Draft || held.by == caller.user)
        .map(|held| held.stage)
        .ok_or(Error::NotFound)
}

/// How often an organization is told that addresses belong to others, see `throttle_taken_addresses`: as in a single
/// invitation, with nothing left free and taken are one answer. So one attempt is in hand before anything is said.
struct TakenAnswers {
    bucket: Bucket,
    /// `None`: nothing was asked that needs one.
    in_hand: Option<bool>,
}

impl TakenAnswers {
    fn new(bucket: Bucket) -> Self {
        Self {
            bucket,
            in_hand: None,
        }
    }

    /// Why an address can't be invited, from what is known of it.
    async fn judge(
        &mut self,
        backend: &Backend,
        tx: &mut Tx,
        refusal: Option<Refusal>,
    ) -> Result<Option<Reason>> {
        if let Some(refusal) = refusal
            && refusal != Refusal::AddressTaken
        {
            return Ok(Some(Reason::Refused(refusal)));
        }
        let can_say = match self.in_hand {
            Some(can_say) => can_say,
            None => self.take(backend, tx).await?,
        };
        Ok(match refusal {
            _ if !can_say => Some(Reason::TooManyTaken),
            None => None,
            Some(refusal) => {
                self.take(backend, tx).await?;
                Some(Reason::Refused(refusal))
            }
        })
    }

    async fn take(&mut self, backend: &Backend, tx: &mut Tx) -> Result<bool> {
        let taken = match throttle::take(tx, slice::from_ref(&self.bucket), backend.now()).await {
            Ok(()) => true,
            Err(Error::TooManyAttempts { .. }) => false,
            Err(error) => return Err(error),
        };
        self.in_hand = Some(taken);
        Ok(taken)
    }

    async fn end(self, backend: &Backend, tx: &mut Tx) -> Result<()> {
        match self.in_hand {
            Some(true) => throttle::give_back(tx, &self.bucket, backend.now()).await,
            _ => Ok(()),
        }
    }
}
