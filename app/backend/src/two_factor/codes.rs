//! Judging a code that somebody typed, and using it up.

use super::{store, totp};
use crate::{Backend, Result, caller::Permit, database::Tx, sealer::Place, secret::Secret};
use domain::{
    ids::{AuthenticatorId, OrganizationId, UserId},
    two_factor::TypedCode,
};
use time::OffsetDateTime;
use uuid::Uuid;

/// What a typed code may be, found before the act's transaction begins, because it costs time.
pub(super) enum Candidate {
    /// A code of now of these, each with its step.
    OneTime(Vec<(AuthenticatorId, i64)>),
    /// Hashed like the stored ones; `None`: there are none.
    Recovery(Option<String>),
}

/// What was used up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Used {
    Authenticator { name: String },
    RecoveryCode { left: i64 },
}

pub(super) fn place(authenticator: Uuid) -> Place {
    Place {
        table: "authenticators",
        row: authenticator,
    }
}

impl Backend {
    pub(super) async fn judge_code(
        &self,
        organization: OrganizationId,
        user: UserId,
        code: &TypedCode,
    ) -> Result<Candidate> {
        match code {
            TypedCode::OneTime(code) => {
                let now = self.now();
                let mut fitting = Vec::new();
                for row in store::list_secrets(&self.pool, organization, user).await? {
                    let secret = match self.sealer.open(place(row.id), &row.sealed_secret) {
                        Ok(secret) => secret,
                        // After the loss of a key the others of the same person work on.
                        Err(error) => {
                            tracing::error!(%error, authenticator = %row.id, "an authenticator's secret can't be opened");
                            continue;
                        }
                    };
                    if let Some(step) = totp::step_of(&secret, code, now)? {
                        fitting.push((AuthenticatorId(row.id), step));
                    }
                }
                Ok(Candidate::OneTime(fitting))
            }
            TypedCode::Recovery(code) => {
                let like = store::find_any_code(&self.pool, organization, user).await?;
                Ok(Candidate::Recovery(match like {
                    Some(like) => Some(self.hasher.hash_like(Secret::new(code.clone()), like).await?),
                    None => None,
                }))
            }
        }
    }

    /// Uses the code up, within the act that asked for it; `None`: it is wrong, or was used before, be it at this moment.
    pub(super) async fn use_code(
        &self,
        tx: &mut Tx,
        permit: &Permit,
        user: UserId,
        candidate: Candidate,
        now: OffsetDateTime,
    ) -> Result<Option<Used>> {
        match candidate {
            Candidate::OneTime(fitting) => {
                for (authenticator, step) in fitting {
                    if let Some(name) = store::save_step(tx, permit, user, authenticator, step, now).await? {
                        return Ok(Some(Used::Authenticator { name }));
                    }
                }
                Ok(None)
            }
            Candidate::Recovery(None) => Ok(None),
            Candidate::Recovery(Some(hash)) => {
                if !store::save_code_used(tx, permit, user, &hash, now).await? {
                    return Ok(None);
                }
                let left = store::count_codes_left(&mut **tx, permit.organization, user).await?;
                Ok(Some(Used::RecoveryCode { left }))
            }
        }
    }
}
