//! What an act does to what people hold: measured around the act itself, in its transaction. A preview is the same act
//! that is not committed, so what is shown and what happens can't differ.

use super::store::held::{self, Scope};
use crate::{Backend, Caller, Error, Result, database::Tx, organization};
use domain::{
    access::{
        Difference, Held, Preview,
        difference::{Change, NAMED_PEOPLE, ShownChange},
    },
    ids::{OrganizationId, PolicyId, UserId},
    refusal::Refusal,
};
use tokio::task::spawn_blocking;
use uuid::Uuid;

/// How far an act goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Intent {
    /// Says what would change and changes nothing.
    Preview,
    /// Happens, unless somebody becomes an IAM Admin or stays one for longer, or whoever acts stops being one, now or
    /// earlier, or policies name what is deleted: that wants a second yes.
    Save,
    /// Happens if it changes what was shown: the second yes was given to that, see [`Preview::fingerprint`].
    Shown(u64),
    /// Happens whatever it changes: the second yes was given.
    Confirmed,
}

/// What the scope held before the act.
pub(crate) struct Measure {
    scope: Scope,
    before: Held,
    naming: Vec<PolicyId>,
}

impl Measure {
    /// The policies that are listed beside what changes: the yes is to these, too.
    pub(crate) fn beside(self, naming: Vec<PolicyId>) -> Self {
        Self { naming, ..self }
    }
}

impl Intent {
    /// Whether the act happens for somebody at a page, who can be asked for a proof of who they are.
    pub(crate) fn can_be_asked(self) -> bool {
        matches!(self, Self::Save | Self::Shown(_))
    }
}

impl Backend {
    pub(crate) async fn measure(
        &self,
        tx: &mut Tx,
        organization: OrganizationId,
        scope: Scope,
    ) -> Result<Measure> {
        let before = held::list_held(tx, organization, &scope, self.now()).await?;
        let naming = Vec::new();
        Ok(Measure {
            scope,
            before,
            naming,
        })
    }

    /// What has changed since, as whoever acts sees it; `by` is nobody where no person acts.
    ///
    /// # Errors
    /// What would end the power of the one whom single sign-on does not bind.
    pub(crate) async fn compare(
        &self,
        tx: &mut Tx,
        organization: OrganizationId,
        by: Option<UserId>,
        measure: Measure,
    ) -> Result<Preview> {
        let Measure {
            scope,
            before,
            naming,
        } = measure;
        let after = held::list_held(tx, organization, &scope, self.now()).await?;
        let difference = spawn_blocking(move || Difference::between(&before, &after))
            .await
            .map_err(Error::unavailable)?;
        if difference.ends_administrators() {
            // Whoever alone can sign in when single sign-on fails must be able to mend it.
            let named = organization::store::find_break_glass(tx, organization).await?;
            if named.is_some_and(|named| difference.ends_administrator(named)) {
                return Err(Refusal::BreakGlass.into());
            }
        }
        Ok(Preview {
            naming,
            ..self.show(tx, organization, by, &difference).await?
        })
    }

    /// What has changed since, and whether it may be kept by what was asked.
    pub(crate) async fn judge(
        &self,
        tx: &mut Tx,
        caller: &Caller,
        measure: Measure,
        intent: Intent,
    ) -> Result<Preview> {
        let preview = self
            .compare(tx, caller.organization, Some(caller.user), measure)
            .await?;
        let is_yes = match intent {
            Intent::Preview | Intent::Confirmed => true,
            Intent::Save => false,
            Intent::Shown(fingerprint) => fingerprint == preview.fingerprint(),
        };
        // No confirmation helps a token, so none is asked for.
        if intent != Intent::Confirmed && preview.gives_administrator() {
            caller.session()?;
        }
        if preview.wants_confirmation() && !is_yes {
            return Err(Refusal::WantsConfirmation.into());
        }
        // Whoever finds a session open makes nobody an IAM Admin.
        if matches!(intent, Intent::Shown(_)) && preview.gives_administrator() {
            self.require_proof(caller)?;
        }
        if intent == Intent::Preview {
            held::judge_now(tx).await?;
        }
        Ok(preview)
    }

    /// Asks for a recent proof where one of these groups makes its members IAM Admins, whoever of them is active now.
    pub(crate) async fn require_proof_for_groups(
        &self,
        tx: &mut Tx,
        caller: &Caller,
        groups: &[Uuid],
    ) -> Result<()> {
        if !groups.is_empty()
            && held::gives_administrator(tx, caller.organization, groups, self.now()).await?
        {
            self.require_proof(caller)?;
        }
        Ok(())
    }

    async fn show(
        &self,
        tx: &mut Tx,
        organization: OrganizationId,
        by: Option<UserId>,
        difference: &Difference,
    ) -> Result<Preview> {
        Ok(Preview {
            gained: self.show_change(tx, organization, &difference.gained).await?,
            lost: self.show_change(tx, organization, &difference.lost).await?,
            cuts_self_off: by.is_some_and(|user| difference.takes_administrator_from(user)),
            makes_administrator: difference.makes_administrator(),
            shortens_own: by.is_some_and(|user| difference.shortened.contains(&user)),
            lengthens_administrator: !difference.lengthened.is_empty(),
            naming: Vec::new(),
        })
    }

    async fn show_change(
        &self,
        tx: &mut Tx,
        organization: OrganizationId,
        change: &Change,
    ) -> Result<Vec<ShownChange>> {
        let catalogue = &self.settings.catalogue;
        let mut shown = Vec::with_capacity(change.len());
        for (role, users) in change {
            let ids: Vec<Uuid> = users.iter().map(|UserId(id)| *id).collect();
            let people = held::list_names(tx, organization, &ids, named()).await?;
            shown.push(ShownChange {
                role: catalogue.name(role).to_owned(),
                more: users.len() - people.len(),
                people,
            });
        }
        Ok(shown)
    }
}

fn named() -> i64 {
    i64::try_from(NAMED_PEOPLE).unwrap_or(i64::MAX)
}

/// The difference as the audit log keeps it.
pub(crate) fn recorded(preview: &Preview) -> serde_json::Value {
    serde_json::json!({ "gained": preview.gained, "lost": preview.lost })
}
